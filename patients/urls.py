"""Addresses of this app."""

from django.urls import path

from patients import views

app_name = "patients"
urlpatterns = [
    path("", views.index, name="list"),
    path("<str:code>/", views.detail, name="detail"),
]
