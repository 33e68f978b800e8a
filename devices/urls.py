"""Addresses of this app."""

from django.urls import path

from devices import import_views, live_views, replay_views, views

app_name = "devices"
urlpatterns = [
    path("", views.index, name="list"),
    path("add/", views.add, name="add"),
    path("recordings/<uuid:uuid>/live.json", live_views.live, name="live"),
    path("recordings/<uuid:uuid>/stream", live_views.stream, name="stream"),
    path("recordings/live.json", live_views.live_several, name="live-several"),
    path("recordings/stream", live_views.stream_several, name="stream-several"),
    path("recordings/<uuid:uuid>/file", views.recording_file, name="recording-file"),
    path("recordings/<uuid:uuid>/move/", import_views.move, name="move-recording"),
    path("recordings/<uuid:uuid>/<str:sha256>/tiles/<int:level>/<int:index>", replay_views.tile, name="tile"),
    path("recordings/<uuid:uuid>/<str:sha256>/events", replay_views.events, name="recording-events"),
    path("reports/<str:code>/beats", replay_views.beats, name="report-beats"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/edit/", views.edit, name="edit"),
    path("<str:code>/import/", import_views.upload, name="import"),
    path("<str:code>/import/<str:taken>/", import_views.confirm, name="import-confirm"),
    path("<str:code>/import/<str:taken>/discard/", import_views.discard, name="import-discard"),
    path("<str:code>/enrol/", views.enrol, name="enrol"),
    path("<str:code>/keys/", views.make_key, name="make-key"),
    path("<str:code>/keys/<str:prefix>/revoke/", views.revoke_key, name="revoke-key"),
]
