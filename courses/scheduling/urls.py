"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.scheduling import views

urlpatterns: list[URLPattern] = [
    path("today/", views.today, name="today"),
    path("week/", views.week, name="week"),
]
