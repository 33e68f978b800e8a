"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.treatment.views import (
    amending,
    happenings,
    limits,
    live,
    ready,
    recording,
    repeating,
    replay,
    report,
    rules,
    session,
    unmatched,
    wall,
)

urlpatterns: list[URLPattern] = [
    path("appointments/<str:code>/open/", session.open_hour, name="open-session"),
    path("sessions/<str:code>/", session.detail, name="session"),
    path("sessions/<str:code>/ready/", ready.ready, name="session-ready"),
    path("sessions/<str:code>/start/", ready.start, name="session-start"),
    path("sessions/<str:code>/hold/", ready.hold, name="session-hold"),
    path("sessions/<str:code>/hold/seen/", ready.see, name="session-hold-seen"),
    path("sessions/<str:code>/hold/release/", ready.release, name="session-hold-release"),
    path("sessions/<str:code>/pause/", session.pause, name="session-pause"),
    path("sessions/<str:code>/resume/", session.resume, name="session-resume"),
    path("sessions/<str:code>/end/", session.end, name="session-end"),
    path("sessions/<str:code>/again/", repeating.give_again, name="session-again"),
    path("sessions/<str:code>/after/", session.after, name="session-after"),
    path("sessions/<str:code>/sign/", session.sign, name="session-sign"),
    path("sessions/<str:code>/replay/", replay.replay, name="session-replay"),
    path("sessions/<str:code>/figures/", live.figures, name="session-figures"),
    path("sessions/<str:code>/readings/", live.add_reading, name="session-readings"),
    path("sessions/<str:code>/events/", happenings.add_event, name="session-events"),
    path(
        "sessions/<str:code>/events/<str:event>/outcome/",
        happenings.say_outcome,
        name="session-event-outcome",
    ),
    path("sessions/<str:code>/changes/", happenings.add_change, name="session-changes"),
    path("sessions/<str:code>/strike/<str:kind>/<int:number>/", happenings.strike, name="session-strike"),
    path("sessions/<str:code>/recording/detach/", recording.detach, name="session-detach"),
    path("sessions/<str:code>/recording/<uuid:uuid>/", recording.choose, name="session-recording"),
    path("sessions/<str:code>/analysis/", report.analysis, name="session-analysis"),
    path("sessions/<str:code>/reports/<str:report>/", report.detail, name="session-report"),
    path(
        "sessions/<str:code>/reports/<str:report>/minutes/<int:number>/", report.minute, name="session-minute"
    ),
    path("wall/", wall.wall, name="wall"),
    path("wall/names/", wall.names, name="wall-names"),
    path("sessions/<str:code>/verification/", session.verification, name="session-verification"),
    path("sessions/<str:code>/amend/", amending.amend, name="session-amend"),
    path("reviews/countersign/", amending.countersign_list, name="countersign-list"),
    path("reviews/countersign/sign/", amending.countersign, name="countersign"),
    path("limits/", limits.index, name="limits"),
    path("limits/<slug:rule>/", limits.change, name="limit"),
    path("rules/", rules.index, name="treatment-rules"),
    path("unmatched/", unmatched.index, name="unmatched"),
    path("unmatched/<uuid:uuid>/attach/", unmatched.attach, name="attach-recording"),
]
