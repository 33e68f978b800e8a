"""The replay of a session: its waves from the stored file, its beats from the report, and the places to jump to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import Session
from courses.treatment.page import banner_of
from courses.treatment.replay_jumps import (
    CHANNEL_WORDS,
    Jump,
    Timeline,
    charted_jumps,
    gap_jumps,
    minute_jumps,
    worst_jump,
)
from devices.access import SHORT_SHA256
from devices.beat_marks import COLUMNS
from devices.clocks import began_at, note_for_page
from devices.edf import CannotStore
from devices.models import GatingReport, Recording, StoredFile
from devices.protocol import ProtocolError
from devices.services import file_of, latest_report
from devices.tile_store import head_of
from devices.tiles import BASE_SPAN_S, EVENT_KINDS, FACTOR, TileChannel, TileHead

#: A cuff is drawn from no pressure to a little above what may be ordered; the others by what was measured.
CUFF_MMHG = (-5.0, 300.0)
LARGEST_T_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Opened:
    """What can be replayed: one version of the file, and the report that judged it, where there is one."""

    recording: Recording
    stored: Recording | StoredFile
    report: GatingReport | None
    head: TileHead

    @property
    def timeline(self) -> Timeline:
        return Timeline(began_at(self.recording), self.head.duration_s)

    @property
    def minutes(self) -> list[dict[str, Any]]:
        return self.report.report.get("minutes", []) if self.report is not None else []


def opened(session: Session) -> tuple[Opened | None, str]:
    """What there is to replay, or in a sentence why nothing is. A signed session shows what it was signed with."""
    recording = session.recording
    if recording is None:
        return None, _("No recording is bound to this session, so there are no waves to show.")
    if recording.is_open:
        return None, _(
            "The recording is still running. Its waves can be replayed once it has ended and was stored."
        )
    if recording.stored_at is None:
        why = recording.failure or _("Usually this takes under a minute. Open this page again.")
        return None, _("The recording has ended and is not stored yet. %(why)s") % {"why": why}
    report = session.gating_report or latest_report(recording)
    judged = file_of(report) if report is not None else None
    stored: Recording | StoredFile = judged or recording
    try:
        return Opened(recording, stored, report, head_of(recording, stored)), ""
    except (CannotStore, ProtocolError, FileNotFoundError):
        return None, _(
            "The file of this recording is missing or has changed since it was stored. "
            "Tell your administrator: a backup may hold it."
        )


def replay_context(session: Session, now: datetime, t_s: float | None) -> dict[str, Any]:
    """The page. ``t_s`` is where it opens, in seconds from the first sample; None is the whole hour."""
    context: dict[str, Any] = {
        "session": session,
        "patient": session.course.patient,
        "device": session.device,
        "banner": banner_of(session, now),
        "clock_note": note_for_page(session.recording),
    }
    found, refusal = opened(session)
    if found is None:
        return context | {"refusal": refusal}
    jumps = minute_jumps(found.timeline, found.minutes)
    gaps = gap_jumps(found.timeline, found.head.gaps, len(found.head.channels))
    charted = charted_jumps(found.timeline, session)
    return context | {
        "found": found,
        "worst": worst_jump(found.minutes, jumps),
        "groups": [
            ("charted", _("Charted by people"), charted),
            ("gap", _("Gaps: nothing was measured"), gaps),
            ("minute", _("Minutes of the report"), jumps),
        ],
        "gaps_unlisted": len(found.head.gaps) - len(gaps),
        "data": _data(found, session, [*charted, *gaps], t_s),
    }


def _data(found: Opened, session: Session, marks: list[Jump], t_s: float | None) -> dict[str, Any]:
    """What replay.js needs to begin; samples, events and beats it fetches by themselves."""
    head, uuid, sha256 = found.head, found.recording.pk, found.stored.file_sha256[:SHORT_SHA256]
    began = session.course.clinic.local(found.timeline.began_at)
    names = [channel.name for channel in head.channels]
    return {
        "t_s": t_s,
        "duration_s": head.duration_s,
        "clock_s": began.hour * 3600 + began.minute * 60 + began.second,
        "base_span_s": BASE_SPAN_S,
        "factor": FACTOR,
        "levels": head.levels,
        "channels": [_channel(channel) for channel in head.channels],
        "tiles_url": reverse("devices:tile", args=[uuid, sha256, 0, 0]).removesuffix("0/0"),
        "events_url": reverse("devices:recording-events", args=[uuid, sha256]),
        "event_kinds": [(kind.value, cuff.value) for kind, cuff in EVENT_KINDS],
        "beats_url": _beats_url(found.report),
        "beat_columns": COLUMNS,
        "grades": [row.get("grade", "") for row in found.minutes],
        "gaps": [(gap.from_s, gap.to_s, [names.index(name) for name in gap.channels]) for gap in head.gaps],
        "marks": sorted((jump.t_s, jump.kind, jump.label) for jump in marks if jump.t_s is not None),
    }


def _beats_url(report: GatingReport | None) -> str:
    """Where the beats are; empty where no report has any."""
    return reverse("devices:report-beats", args=[report.code]) if report and report.beats_file else ""


def _channel(channel: TileChannel) -> dict[str, Any]:
    low, high = channel.low, channel.high
    if channel.name.startswith("CUFF"):
        low, high = CUFF_MMHG[0], max(CUFF_MMHG[1], high or 0.0)
    return {
        "name": channel.name,
        "label": str(CHANNEL_WORDS.get(channel.name, channel.name)),
        "unit": "" if channel.unit == "1" else channel.unit,
        "rate_hz": channel.rate_hz,
        "scale": channel.scale,
        "behind": channel.behind,
        "low": low,
        "high": high,
    }


def asked_second(text: str) -> float | None:
    """The second that an address asks for; None where it asks for none that could be."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= LARGEST_T_S else None
