"""Addresses of drafts."""

from django.urls import URLPattern, path

from eecp_clinic.drafts import views

app_name = "drafts"
urlpatterns: list[URLPattern] = [
    path("", views.ping, name="ping"),
    path("<str:subject>/", views.subject, name="subject"),
    path("<str:subject>/here/", views.here, name="here"),
    path("<str:subject>/forms/<slug:form>/", views.form, name="form"),
]
