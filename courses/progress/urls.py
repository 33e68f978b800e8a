"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.progress import supervision_views, views

urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("courses/<str:code>/", views.detail, name="detail"),
    path("courses/<str:code>/review/", views.review, name="review"),
    path("courses/<str:code>/outcomes/<str:point>/", views.outcome, name="outcome"),
    path("supervision/", supervision_views.supervision, name="supervision"),
    path("supervision/begin/", supervision_views.begin, name="supervision-begin"),
    path("supervision/end/", supervision_views.end, name="supervision-end"),
    path("supervision/note/", supervision_views.note, name="supervision-note"),
]
