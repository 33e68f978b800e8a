"""The rows under a session that its signature stands for, in the order in which they are signed, and those written beside it.

Who reads many sessions fetches the rows of all with them (``prefetches``); of a session that was fetched alone they are
read as they stand now.
"""

from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from courses.models import (
    Amendment,
    BodyMark,
    Countersignature,
    Hold,
    HoldOverride,
    Pause,
    Reading,
    Session,
    SettingChange,
    TreatmentEvent,
    VitalSigns,
)

#: By the name of the part in the signed content: its rows, and the relation from the session.
SIGNED: dict[str, tuple[QuerySet[Any], str]] = {
    "vital_signs": (VitalSigns.objects.select_related("recorded_by").order_by("-phase"), "vital_signs"),
    "readings": (Reading.objects.select_related("recorded_by", "struck_by").order_by("at"), "readings"),
    "events": (
        TreatmentEvent.objects.select_related("recorded_by", "struck_by").order_by("at", "pk"),
        "treatment_events",
    ),
    "changes": (
        SettingChange.objects.select_related("recorded_by", "struck_by").order_by("at", "pk"),
        "setting_changes",
    ),
    "pauses": (Pause.objects.select_related("paused_by", "resumed_by").order_by("started_at"), "pauses"),
    "body_marks": (BodyMark.objects.select_related("recorded_by").order_by("phase", "region"), "body_marks"),
    "holds": (Hold.objects.select_related("held_by", "seen_by").order_by("held_at"), "holds"),
    "hold_overrides": (
        HoldOverride.objects.select_related("decided_by", "signature").order_by("decided_at"),
        "hold_overrides",
    ),
}
#: What is written beside a signed session, in order of time.
BESIDE: dict[str, tuple[QuerySet[Any], str]] = {
    "amendments": (
        Amendment.objects.select_related("author", "signature").order_by("made_at", "pk"),
        "amendments",
    ),
    "countersignatures": (
        Countersignature.objects.select_related("signature").order_by("amendments"),
        "countersignatures",
    ),
}
_ALL = SIGNED | BESIDE


def _kept(part: str) -> str:
    """The attribute of a session that was fetched with these rows: no relation, so that nothing else fills it."""
    return f"charted_{part}"


def prefetches() -> "list[Prefetch[Any, Any, Any]]":
    """What a query of sessions fetches with them: one query a part, however many sessions."""
    return [Prefetch(relation, rows.all(), to_attr=_kept(part)) for part, (rows, relation) in _ALL.items()]


def rows_of(session: Session, part: str) -> list[Any]:
    """The rows of one part."""
    kept: list[Model] | None = getattr(session, _kept(part), None)
    return list(_ALL[part][0].filter(session=session)) if kept is None else kept
