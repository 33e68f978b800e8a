"""Addresses of research exports."""

from django.urls import URLPattern, path

from courses.research import data_set_views, views

urlpatterns: list[URLPattern] = [
    path("courses/<str:code>/research/", views.of_course, name="research"),
    path("figures/data-set/", data_set_views.data_set, name="data-set"),
    path("research/<str:code>/", views.detail, name="research-export"),
    path("research/<str:code>/file/", views.download, name="research-file"),
]
