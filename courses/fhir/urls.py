"""Addresses of the FHIR R4 API, below /fhir/R4/: two a type of resource, made from the list of types."""

from django.urls import URLPattern, path, re_path

from courses.fhir import views
from courses.fhir.registry import TYPES

app_name = "fhir"


def _of(kind: str) -> list[URLPattern]:
    return [
        path(kind, views.search, {"kind": kind}, name=f"{kind}-search"),
        path(f"{kind}/<str:code>", views.read, {"kind": kind}, name=f"{kind}-read"),
    ]


urlpatterns = [
    path("metadata", views.metadata, name="metadata"),
    path("Patient/<str:code>/$everything", views.everything, name="everything"),
    path("Patient/<str:code>/export", views.export, name="export"),
    *(pattern for kind in TYPES for pattern in _of(kind.name)),
    # Any other address, also one with a line break in it.
    re_path(r"^(?P<rest>[\s\S]*)$", views.nothing, name="nothing"),
]
