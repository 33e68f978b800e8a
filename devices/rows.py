"""What the pages of devices show, worked out here so that the templates only lay it out."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices import clocks
from devices.health import SignalLine, running, signal_line, status_of, warnings_of
from devices.models import (
    AgentKey,
    AgentStatus,
    ChunkConflict,
    Device,
    GatingReport,
    Recording,
    RecordingImport,
)
from eecp_clinic.models import Clinic

Kind = ChunkConflict.Kind
#: Recordings on one page of a device.
PAGE_SIZE = 25
_GRADE_STATES = {"A": "go", "B": "go", "C": "look", "D": "stop"}


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One line of the list of devices."""

    device: Device
    line: SignalLine
    status: AgentStatus | None
    running: Recording | None
    key: AgentKey | None
    warnings: list[str]
    clock: str
    device_clock: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of a device's keys; ``state`` is good, replaced (still good), over or revoked."""

    key: AgentKey
    state: str


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One line of a device's recordings; None is not known. ``began_at`` is by the server, where the bedside differs."""

    recording: Recording
    began_at: datetime | None
    state: str
    words: str
    minutes: str | None
    gap: str | None
    grade: str | None
    grade_state: str
    problems: list[str]
    is_imported: bool


def devices_of(clinic: Clinic, now: datetime) -> QuerySet[Device]:
    """The clinic's devices with all that a row needs, in a fixed number of queries."""
    return (
        Device.objects.of(clinic)
        .select_related("agent_status")
        .prefetch_related(
            Prefetch(
                "recordings",
                Recording.objects.open().order_by("-started_at").defer("manifest", "live"),
                to_attr="open_recordings",
            ),
            Prefetch("agent_keys", AgentKey.objects.good(now), to_attr="good_keys"),
        )
    )


def device_row(device: Device, now: datetime) -> DeviceRow:
    keys = getattr(device, "good_keys", None)
    if keys is None:
        keys = list(device.agent_keys.good(now)[:1])
    status = status_of(device)
    return DeviceRow(
        device=device,
        line=signal_line(device, now),
        status=status,
        running=running(device),
        key=keys[0] if keys else None,
        warnings=warnings_of(status),
        clock=clocks.clock_of(status),
        device_clock=clocks.device_clock_of(status),
    )


def keys_of(device: Device, now: datetime) -> list[KeyRow]:
    """A device's keys, newest first."""
    return [KeyRow(key, _key_state(key, now)) for key in device.agent_keys.all()]


def _key_state(key: AgentKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "good"
    return "replaced" if key.expires_at > now else "over"


def recordings_of(device: Device) -> QuerySet[Recording]:
    """A device's recordings, newest first, with their reports and conflicts."""
    reports = GatingReport.objects.order_by("-made_at").defer("report", "config")
    return (
        device.recordings.annotate(
            conflict_count=Count("conflicts", filter=Q(conflicts__kind=Kind.NUMBER), distinct=True),
            overlap_count=Count("conflicts", filter=Q(conflicts__kind=Kind.SAMPLES), distinct=True),
            version_count=Count("files", distinct=True),
        )
        .select_related("source_import")
        .prefetch_related(Prefetch("reports", reports, to_attr="newest_reports"))
        .order_by("-started_at")
        .defer("live")
    )


def recording_row(recording: Recording) -> RecordingRow:
    state, words = _state_of(recording)
    reports = [r for r in getattr(recording, "newest_reports", []) if r.input_sha256 == recording.file_sha256]
    grade = reports[0].grade if reports and recording.stored_at else None
    return RecordingRow(
        recording=recording,
        began_at=clocks.began_at(recording) if clocks.is_told(recording.clock_offset_ms) else None,
        state=state,
        words=words,
        minutes=_minutes(recording),
        gap=_gap(recording),
        grade=grade,
        grade_state=_GRADE_STATES.get(grade or "", "idle"),
        problems=_problems(recording),
        is_imported=getattr(recording, "source_import", None) is not None,
    )


@dataclass(frozen=True, slots=True)
class FoundRow:
    """What was read in a file that waits to be confirmed."""

    kind: str
    duration: str
    channels: list[dict[str, object]]
    events: str
    left_out: str
    notes: list[str]


def found_row(taken: RecordingImport) -> FoundRow:
    found = taken.found
    minutes, seconds = divmod(round(found["duration_s"]), 60)
    events = found["events"]
    words = {"trigger": _("triggers"), "inflate": _("inflations"), "deflate": _("deflations")}
    return FoundRow(
        kind=found["kind"],
        duration=f"{minutes} min {seconds:02d} s",
        channels=[channel | {"missing": _seconds(channel["missing_s"])} for channel in found["channels"]],
        events=", ".join(f"{events[kind]} {word}" for kind, word in words.items() if events[kind]),
        left_out=", ".join(found["left_out"]),
        notes=found["notes"],
    )


def _seconds(value: float) -> str:
    """A little is not nothing."""
    return _("under 0.1 s") if 0 < value < 0.1 else f"{_trimmed(value)} s"


def place_of(recording: Recording) -> str:
    """The address of the line of a recording on its device's page."""
    newer = recording.device.recordings.filter(started_at__gt=recording.started_at).count()
    return f"{recording.device.get_absolute_url()}?page={newer // PAGE_SIZE + 1}#recording-{recording.pk}"


def _state_of(recording: Recording) -> tuple[str, str]:
    if recording.is_open:
        return "run", _("Running")
    if recording.failure:
        return "stop", _("Could not be stored")
    if recording.stored_at is None:
        return "look", _("Ended, being stored")
    return ("go", _("Stored and verified")) if recording.is_verified else ("look", _("Stored"))


def _problems(recording: Recording) -> list[str]:
    found = [recording.failure] if recording.failure else []
    if recording.closed_at is not None and recording.last_seq is None:
        found.append(_("Closed because the agent fell silent; its end is the last sample that arrived."))
    if recording.stored_at is not None and recording.late_chunks_at is not None:
        found.append(_("More arrived after it was stored; it is being made part of a new version."))
    versions = getattr(recording, "version_count", 0)
    if versions > 1:
        found.append(_("Version %(n)s of its file; every earlier one is kept.") % {"n": versions})
    return found + clocks.notes_of(recording) + _conflicts(recording)


def _conflicts(recording: Recording) -> list[str]:
    """What contradicts something that came before it."""
    found = []
    conflicts, overlaps = getattr(recording, "conflict_count", 0), getattr(recording, "overlap_count", 0)
    if conflicts:
        found.append(
            ngettext(
                "%(n)s chunk came twice with different content; the first is used, both are kept.",
                "%(n)s chunks came twice with different content; the first of each is used, all are kept.",
                conflicts,
            )
            % {"n": conflicts}
        )
    if overlaps:
        found.append(
            ngettext(
                "%(n)s chunk holds samples of a time that an earlier one holds; it is kept and not in the file.",
                "%(n)s chunks hold samples of a time that an earlier one holds; they are kept and not in the file.",
                overlaps,
            )
            % {"n": overlaps}
        )
    return found


def _minutes(recording: Recording) -> str | None:
    if recording.ended_at is None:
        return None
    return _trimmed((recording.ended_at - recording.started_at).total_seconds() / 60)


def _gap(recording: Recording) -> str | None:
    return None if recording.gap_seconds is None else _trimmed(recording.gap_seconds)


def _trimmed(value: float) -> str:
    """At most one decimal, and no zero at the end."""
    return f"{value:.1f}".removesuffix(".0")
