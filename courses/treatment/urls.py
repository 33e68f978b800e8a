"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.treatment import views

urlpatterns: list[URLPattern] = [
    path("sessions/<str:code>/", views.session, name="session"),
]
