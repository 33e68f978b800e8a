"""Addresses of this app."""

from django.urls import path

from devices import views

app_name = "devices"
urlpatterns = [
    path("", views.index, name="list"),
    path("<str:code>/", views.detail, name="detail"),
]
