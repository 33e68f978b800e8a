"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.ordering import views

urlpatterns: list[URLPattern] = [
    path("patients/<str:patient_code>/orders/new/", views.new, name="order-new"),
    path("orders/<str:code>/", views.detail, name="order"),
    path("orders/<str:code>/edit/", views.edit, name="order-edit"),
    path("orders/<str:code>/sign/", views.sign, name="order-sign"),
    path("courses/<str:code>/stop/", views.stop, name="stop"),
]
