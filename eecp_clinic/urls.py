"""Every address of the application."""

from django.urls import include, path

from eecp_clinic import views

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.health, name="health"),
    path("drafts/", include("eecp_clinic.drafts.urls")),
    path("account/", include("allauth.account.urls")),
    path("patients/", include("patients.urls")),
    path("devices/", include("devices.urls")),
    path("api/v1/", include("devices.api.urls")),
    path("fhir/R4/", include("courses.fhir.urls")),
    path("", include("courses.urls")),
]
