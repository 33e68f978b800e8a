"""How long a session was treated: by the device's clock for the record, by the server's while it runs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from courses.models import Pause, Session
from courses.treatment.minutes import MS_PER_MINUTE, Delivered, Stretch, StretchKind, delivered
from devices.models import Recording
from devices.storage import gaps_of

TENTH = Decimal("0.1")


def delivered_in(session: Session) -> Delivered:
    """What the recording shows of the session: its span within the hour, less the pauses and the gaps.

    Nothing is assumed where the recording, its end, its clock or its gaps are not known.
    """
    recording = session.recording
    if recording is None or session.started_at is None:
        return delivered(())
    gaps = gaps_of(recording)
    if gaps is None or recording.clock_offset_ms is None:
        begun = Stretch(StretchKind.RUN, _ms(recording.started_at), None)
        return delivered([begun])
    start_ms = _ms(recording.started_at)
    lost = [
        Stretch(StretchKind.GAP, start_ms + round(from_s * 1000), start_ms + round(to_s * 1000))
        for from_s, to_s in gaps
    ]
    return delivered([*_run(session, recording), *_pauses(session.pauses.all(), recording), *lost])


def minutes_of(found: Delivered) -> Decimal | None:
    """Minutes to a tenth, cut and not rounded: what was not delivered is not claimed."""
    if found.delivered_ms is None:
        return None
    return (Decimal(found.delivered_ms) / MS_PER_MINUTE).quantize(TENTH, rounding=ROUND_DOWN)


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


def _pauses(pauses: Iterable[Pause], recording: Recording) -> list[Stretch]:
    return [
        Stretch(
            StretchKind.PAUSE,
            _ms(_device_time(pause.started_at, recording)),
            _ms(_device_time(pause.ended_at, recording)) if pause.ended_at else None,
        )
        for pause in pauses
    ]


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
