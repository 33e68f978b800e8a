"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.progress import views

urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("courses/<str:code>/", views.detail, name="detail"),
]
