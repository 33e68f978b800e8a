"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.billing import views

urlpatterns: list[URLPattern] = [
    path("claims/", views.claims, name="claims"),
]
