"""Addresses of the agent protocol, below /api/v1/."""

from django.urls import path, re_path

from devices.api import views

app_name = "api"
urlpatterns = [
    path("schema", views.SchemaView.as_view(), name="schema"),
    path("enrol", views.EnrolView.as_view(), name="enrol"),
    path("key", views.KeyView.as_view(), name="key"),
    path("heartbeat", views.HeartbeatView.as_view(), name="heartbeat"),
    path("recordings/<uuid:uuid>", views.RecordingView.as_view(), name="recording"),
    path("recordings/<uuid:uuid>/chunks", views.ChunksView.as_view(), name="chunks"),
    path("recordings/<uuid:uuid>/close", views.CloseView.as_view(), name="close"),
    path("recordings/<uuid:uuid>/state", views.StateView.as_view(), name="state"),
    # Any other address, also one with a line break in it, which <path:...> would let through to the clinic's pages.
    re_path(r"^(?P<rest>[\s\S]*)$", views.NothingView.as_view(), name="nothing"),
]
