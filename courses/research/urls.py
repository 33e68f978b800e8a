"""Addresses of research exports."""

from django.urls import URLPattern, path

from courses.research import views

urlpatterns: list[URLPattern] = [
    path("courses/<str:code>/research/", views.of_course, name="research"),
    path("research/<str:code>/", views.detail, name="research-export"),
    path("research/<str:code>/file/", views.download, name="research-file"),
]
