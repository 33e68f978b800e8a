"""The wall: every device of the clinic at a glance, for whoever walks by, so it names patients as the clinic chose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from courses.models import Pause, Session
from courses.treatment.dose import time_on
from courses.treatment.tile import DS_TARGET, LIGHTS, STALE_AFTER_S, age_of, number
from devices.models import Device
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic, User
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class WallFigure:
    """``value`` None is not known."""

    label: str
    value: str | None
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class WallTile:
    """One device; ``url`` empty means that nobody is treated on it. ``recording`` empty: no trace to show."""

    device: str
    url: str = ""
    who: str = ""
    session: str = ""
    minute: str = ""
    state: str = ""
    grade: str = ""
    light: str = "idle"
    figures: tuple[WallFigure, ...] = ()
    is_stale: bool = False
    recording: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Wall:
    """``shown`` changes when a tile comes, goes, or gets or loses its trace."""

    tiles: list[WallTile]
    shown: str


def wall_of(clinic: Clinic, now: datetime) -> Wall:
    """All devices in use with the sessions that run on them; three queries for any number of devices."""
    running = {session.device_id: session for session in _running(clinic)}
    devices = Device.objects.of(clinic).filter(Q(is_active=True) | Q(pk__in=running)).order_by("name")
    tiles = [
        _tile(running[device.pk], clinic, now) if device.pk in running else WallTile(device.name)
        for device in devices
    ]
    return Wall(tiles, " ".join(f"{tile.url}={tile.recording}" for tile in tiles if tile.url))


def _running(clinic: Clinic) -> list[Session]:
    done = Count(
        "course__sessions", filter=Q(course__sessions__state__in=[Session.State.ENDED, Session.State.SIGNED])
    )
    return list(
        Session.objects.of(clinic)
        .running()
        .annotate(done=done)
        .select_related("course__patient", "course__order", "device", "recording")
        .prefetch_related(Prefetch("pauses", Pause.objects.order_by("started_at")))
    )


def _minute(passed: int, ordered: int) -> str:
    """Where the hour stands; one that nobody ended is not counted on."""
    if passed >= ordered:
        return _("past its %(total)d min") % {"total": ordered}
    return _("minute %(n)d of %(total)d") % {"n": passed + 1, "total": ordered}


def _tile(session: Session, clinic: Clinic, now: datetime) -> WallTile:
    order, recording = session.course.order, session.recording
    live: dict[str, Any] = (recording.live or {}) if recording is not None else {}
    age_s = age_of(recording, now)
    is_stale = age_s is None or age_s > STALE_AFTER_S
    minutes = int(time_on(session, now).total_seconds() // 60)
    done: int = session.done  # type: ignore[attr-defined]  # annotated in _running
    return WallTile(
        device=session.device.name,
        url=session.get_absolute_url(),
        who=who(session.course.patient, clinic),
        session=_("session %(n)d of %(total)d") % {"n": done + 1, "total": order.sessions},
        minute=_minute(minutes, order.session_minutes),
        state=_("Paused") if session.state == Session.State.PAUSED else "",
        grade=grade_word(live.get("grade")),
        light="idle" if is_stale else LIGHTS.get(str(live.get("grade")), "idle"),
        figures=(
            WallFigure(
                _("Pressure"),
                number(live.get("pressure_mmhg")),
                "mmHg",
                _("ordered %(target)s") % {"target": order.pressure_target_mmhg},
            ),
            WallFigure(
                _("D/S peak"),
                number(live.get("ds_peak"), 2),
                "",
                _("target %(low).1f to %(high).1f") % {"low": DS_TARGET[0], "high": DS_TARGET[1]},
            ),
            WallFigure(_("Heart rate"), number(live.get("hr_bpm")), "bpm", ""),
        ),
        is_stale=is_stale,
        recording=str(recording.pk) if recording is not None and recording.is_open else "",
        anchor=f"wall-{session.code}",
    )


def grade_word(grade: str | None) -> str:
    """The letter with its word; 'not known yet' where nothing was judged."""
    if grade is None:
        return _("Gating not known yet")
    words = {"A": _("good"), "B": _("fair"), "C": _("look"), "D": _("poor")}
    if grade not in words:
        return _("Gating not assessable")
    return _("Gating %(letter)s, %(word)s") % {"letter": grade, "word": words[grade]}


def who(patient: Patient, clinic: Clinic) -> str:
    """Whom a tile is about, in as few letters as the clinic chose; empty where it says the device alone."""
    if clinic.wall_shows == Clinic.WallShows.NAME:
        return f"{patient.family_name.upper()}, {patient.given_name}"
    if clinic.wall_shows == Clinic.WallShows.INITIALS:
        return "".join(f"{name[:1].upper()}." for name in (patient.given_name, patient.family_name) if name)
    return ""


@transaction.atomic
def choose_names(*, clinic: Clinic, shows: str, actor: User, now: datetime) -> None:
    """How the wall names patients from now on. Raises InvalidInput."""
    if shows not in Clinic.WallShows.values:
        raise InvalidInput(_("Choose one of the three ways in which the wall can name a patient."))
    clinic.wall_shows = shows
    clinic.save(update_fields=["wall_shows"])
    audit.record(
        "clinic.wall_names_chosen",
        subject=f"clinic:{clinic.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        shows=shows,
    )
