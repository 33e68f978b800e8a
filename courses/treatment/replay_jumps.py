"""Where one may want to go in a session's waves: its worst minute, its gaps, what was charted, and every minute."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Reading, Session
from courses.treatment.report_minutes import lines_of, worst_of
from courses.treatment.tile import signed
from devices.tiles import TileGap

#: So much before a moment is shown as well, so that what led to it is seen.
LEAD_S = 2.0
MINUTE_S = 60.0
_PADDING_S = 1.0
_GAPS_LISTED = 60
CHANNEL_WORDS = {
    "ECG": gettext_lazy("ECG"),
    "PLETH": gettext_lazy("finger pulse"),
    "CUFF_CALF": gettext_lazy("calf cuff"),
    "CUFF_THIGH": gettext_lazy("thigh cuff"),
    "CUFF_HIP": gettext_lazy("hip cuff"),
}


@dataclass(frozen=True, slots=True)
class Jump:
    """A place in the recording: from ``t_s``, ``span_s`` long; ``t_s`` None lies outside of it and cannot be shown.

    ``at`` is the same moment by the server's clock, ``light`` the state that the words speak of.
    """

    kind: str
    label: str
    t_s: float | None
    span_s: float
    at: datetime
    detail: str = ""
    light: str = ""

    @property
    def elapsed(self) -> str:
        """Minutes and seconds from the first sample: 12:05."""
        if self.t_s is None:
            return ""
        minutes, seconds = divmod(int(self.t_s), 60)
        return f"{minutes}:{seconds:02d}"

    @property
    def shown_s(self) -> float:
        """Where the window begins that shows it."""
        lead = 0.0 if self.kind in {"minute", "worst"} else LEAD_S
        return round(max(0.0, (self.t_s or 0.0) - lead), 1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The recording's place in time: ``began_at`` by the server's clock, and how long it is."""

    began_at: datetime
    duration_s: float

    def jump(self, kind: str, label: str, t_s: float, span_s: float, **more: str) -> Jump:
        at = self.began_at + timedelta(seconds=t_s)
        inside = 0.0 <= t_s <= self.duration_s
        return Jump(kind, label, round(t_s, 1) if inside else None, span_s, at, **more)

    def of_moment(self, kind: str, label: str, at: datetime, span_s: float = 20.0, **more: str) -> Jump:
        return self.jump(kind, label, (at - self.began_at).total_seconds(), span_s, **more)


def minute_jumps(timeline: Timeline, minutes: Sequence[Mapping[str, Any]]) -> list[Jump]:
    return [
        timeline.jump(
            "minute",
            _("Minute %(n)d") % {"n": line.minute},
            (line.minute - 1) * MINUTE_S,
            MINUTE_S,
            detail=" ".join((line.grade, *line.reasons)),
            light=line.light,
        )
        for line in lines_of(minutes)
    ]


def worst_jump(minutes: Sequence[Mapping[str, Any]], jumps: Sequence[Jump]) -> Jump | None:
    """The worst minute; None where all are an A or nothing was judged."""
    worst = worst_of(minutes)
    return None if worst is None else jumps[worst - 1]


def gap_jumps(timeline: Timeline, gaps: Sequence[TileGap], channels: int) -> list[Jump]:
    """The longest gaps in order of time."""
    listed = sorted(
        sorted(gaps, key=lambda gap: gap.from_s - gap.to_s)[:_GAPS_LISTED], key=lambda g: g.from_s
    )
    return [_gap(timeline, gap, whole=len(gap.channels) == channels) for gap in listed]


def _gap(timeline: Timeline, gap: TileGap, *, whole: bool) -> Jump:
    length_s = gap.to_s - gap.from_s
    label = _("Gap of %(s)s s") % {"s": f"{length_s:.1f}"}
    names = ", ".join(str(CHANNEL_WORDS.get(name, name)) for name in gap.channels)
    said = _("all signals") if whole else names
    return timeline.jump(
        "gap", label, gap.from_s, max(10.0, 2 * length_s + _PADDING_S), detail=said, light="look"
    )


def charted_jumps(timeline: Timeline, session: Session) -> list[Jump]:
    """What people wrote down, in order of time: start, readings, events, changes, pauses, end; nothing that is struck."""
    found = [
        *_start_and_end(timeline, session),
        *_pauses(timeline, session),
        *_readings(timeline, session),
        *_events(timeline, session),
        *_changes(timeline, session),
    ]
    return sorted(found, key=lambda jump: jump.at)


def _start_and_end(timeline: Timeline, session: Session) -> Iterable[Jump]:
    if session.started_at is not None:
        yield timeline.of_moment("event", _("Session started"), session.started_at)
    if session.ended_at is not None:
        reason = session.get_stop_reason_display() if session.stop_reason else ""
        yield timeline.of_moment("event", _("Session ended"), session.ended_at, detail=str(reason))


def _pauses(timeline: Timeline, session: Session) -> Iterable[Jump]:
    for pause in session.pauses.all():
        yield timeline.of_moment("pause", _("Pause"), pause.started_at, detail=pause.reason, light="look")
        if pause.ended_at is not None:
            yield timeline.of_moment("pause", _("Went on after the pause"), pause.ended_at)


def _events(timeline: Timeline, session: Session) -> Iterable[Jump]:
    for event in session.treatment_events.all():
        if event.is_struck:
            continue
        said = [event.get_severity_display(), *event.actions_display(), event.note]
        yield timeline.of_moment(
            "happened", event.get_kind_display(), event.at, detail=", ".join(filter(None, said)), light="look"
        )


def _changes(timeline: Timeline, session: Session) -> Iterable[Jump]:
    for change in session.setting_changes.all():
        if change.is_struck:
            continue
        before = _("not known") if change.from_value is None else change.from_value
        values = {"from": before, "to": change.to_value, "unit": change.unit, "why": change.why}
        detail = _("%(from)s to %(to)s %(unit)s: %(why)s") % values
        yield timeline.of_moment("change", change.get_what_display(), change.at, detail=detail)


def _readings(timeline: Timeline, session: Session) -> Iterable[Jump]:
    for reading in session.readings.all():
        if not reading.is_struck:
            detail = ", ".join(filter(None, (*_values(reading), reading.note)))
            yield timeline.of_moment("reading", _("Reading"), reading.at, detail=detail)


def _values(reading: Reading) -> Iterable[str]:
    """What was read, each with its word and unit."""
    known = (
        (_("cuff"), reading.pressure_mmhg, "mmHg"),
        (_("HR"), reading.heart_rate_bpm, "bpm"),
        (_("BP systolic"), reading.systolic_mmhg, "mmHg"),
        (_("diastolic"), reading.diastolic_mmhg, "mmHg"),
        (_("SpO₂"), reading.spo2_percent, "%"),
        (_("D/S"), reading.ds_peak, ""),
        (_("inflation"), signed(reading.inflation_ms), "ms"),
    )
    return [
        f"{word} {value}\N{NO-BREAK SPACE}{unit}".strip() for word, value, unit in known if value is not None
    ]
