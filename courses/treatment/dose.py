"""How long a session was treated: by the device's clock for the record, by the server's while it runs.

The device ran where its valve events say so, and was gated where a trigger of the ECG came before the inflation
(``devices.running``). Everything else of the hour is taken off, and named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from courses.models import Pause, Session
from courses.treatment.charted_rows import rows_of
from courses.treatment.minutes import MS_PER_MINUTE, Delivered, Stretch, StretchKind, delivered
from devices.models import Recording
from devices.running import Running, standstills
from devices.storage import gaps_of, running_of

TENTH = Decimal("0.1")


def delivered_in(session: Session) -> Delivered:
    """What the recording shows of the session: its span within the hour, less the pauses and the gaps.

    Nothing is assumed where the recording, its end, its clock or its gaps are not known.
    """
    recording = session.recording
    if recording is None or session.started_at is None:
        return delivered(())
    gaps, running = gaps_of(recording), running_of(recording)
    if gaps is None or running is None or recording.clock_offset_ms is None or recording.ended_at is None:
        begun = Stretch(StretchKind.RUN, _ms(recording.started_at), None)
        return delivered([begun])
    if not running:
        return delivered(())
    lost = [_placed(recording, StretchKind.GAP, *gap) for gap in gaps]
    pauses = _pauses(rows_of(session, "pauses"), recording)
    return delivered([*_run(session, recording), *pauses, *lost, *_not_gated(recording, running)])


def minutes_so_far(session: Session) -> Decimal | None:
    """Minutes of gated running that the figures of a running recording have seen within the hour, cut to a tenth.

    For a row of the flowsheet; the record is ``delivered_in``. None where the device gives no such figure.
    """
    recording = session.recording
    live = recording.live if recording is not None else None
    if recording is None or session.started_at is None or recording.clock_offset_ms is None:
        return None
    if not live or "running" not in live:
        return None
    start_ms = _ms(_device_time(session.started_at, recording))
    until_ms = _ms(recording.started_at) + round(live["until_s"] * 1000)
    seen = [_placed(recording, StretchKind.RUN, *span) for span in live["running"]]
    runs = [
        replace(run, start_ms=max(run.start_ms, start_ms)) for run in seen if (run.end_ms or 0) > start_ms
    ]
    pauses = _pauses(session.pauses.all(), recording, open_until_ms=until_ms)
    return _minutes(delivered([*runs, *pauses]).at_least_ms)


def minutes_of(found: Delivered) -> Decimal | None:
    """Minutes to a tenth, cut and not rounded: what was not delivered is not claimed."""
    return None if found.delivered_ms is None else _minutes(found.delivered_ms)


def _minutes(ms: int) -> Decimal:
    return (Decimal(ms) / MS_PER_MINUTE).quantize(TENTH, rounding=ROUND_DOWN)


def _placed(recording: Recording, kind: StretchKind, from_s: float, to_s: float) -> Stretch:
    """Seconds from the first sample as a stretch of device time."""
    start_ms = _ms(recording.started_at)
    return Stretch(kind, start_ms + round(from_s * 1000), start_ms + round(to_s * 1000))


def _not_gated(recording: Recording, running: Sequence[Running]) -> list[Stretch]:
    """Where the cuffs stood still, and where they worked without the ECG."""
    assert recording.ended_at is not None  # noqa: S101  # the caller has looked
    until_s = (_ms(recording.ended_at) - _ms(recording.started_at)) / 1000
    still = [_placed(recording, StretchKind.PAUSE, *span) for span in standstills(running, until_s)]
    free = [r for r in running if not r.gated]
    return [*still, *(_placed(recording, StretchKind.UNGATED, r.from_s, r.to_s) for r in free)]


def _run(session: Session, recording: Recording) -> list[Stretch]:
    """The recording within the hour as charted; what ran before the start or after the end is not treatment."""
    if session.started_at is None:
        return []
    start = max(recording.started_at, _device_time(session.started_at, recording))
    ends = [recording.ended_at]
    if session.ended_at is not None:
        ends.append(_device_time(session.ended_at, recording))
    if None in ends:
        return [Stretch(StretchKind.RUN, _ms(start), None)]
    end = min(moment for moment in ends if moment is not None)
    return [Stretch(StretchKind.RUN, _ms(start), _ms(end))] if end > start else []


def _pauses(pauses: Iterable[Pause], recording: Recording, open_until_ms: int | None = None) -> list[Stretch]:
    """The charted pauses by the device's clock; one that is open ends at ``open_until_ms``, or is not known to end."""
    found = []
    for pause in pauses:
        start_ms = _ms(_device_time(pause.started_at, recording))
        end_ms = _ms(_device_time(pause.ended_at, recording)) if pause.ended_at else open_until_ms
        found.append(
            Stretch(StretchKind.PAUSE, start_ms, end_ms if end_ms is None else max(start_ms, end_ms))
        )
    return found


def _device_time(moment: datetime, recording: Recording) -> datetime:
    return moment + timedelta(milliseconds=recording.clock_offset_ms or 0)


def _ms(moment: datetime) -> int:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def time_on(session: Session, now: datetime) -> timedelta:
    """How long the session has run by the server's clock, without its pauses; for the screen, not the record."""
    if session.started_at is None:
        return timedelta()
    until = session.ended_at or now
    paused = sum(
        ((pause.ended_at or until) - pause.started_at for pause in session.pauses.all()), start=timedelta()
    )
    return max(timedelta(), until - session.started_at - paused)
