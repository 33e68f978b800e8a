"""The last minute of a running recording, judged by the engine for the tile; a worker does it."""

import math
from datetime import datetime
from typing import Any

from devices.assembly import assemble
from devices.beat_file import to_plain
from devices.gating.average import averages
from devices.gating.calibration import Calibration
from devices.gating.config import GatingConfig
from devices.gating.live import LAST_S, MARGIN_S, LiveMinute, area_ratio, judge_head, judge_tail
from devices.live import Tail, tail
from devices.live_expected import expected_of
from devices.models import Recording
from devices.overlaps import without_overlaps
from devices.prescription import config_for
from devices.protocol import ProtocolError
from devices.recordings import contents, manifest_of
from devices.running import joined, running_in

FIGURES_S = LAST_S + MARGIN_S
HEAD_S = 60.0  # the beats before inflation, and some after; while they are fresh the calibration is sought
#: The last minute's grade stands for a minute of the recording if it was judged so soon after that minute's end.
GRADE_WITHIN_S = 15.0
#: What is kept of each minute beside its grade.
TREND = ("ds_peak", "pressure_mmhg", "hr_bpm")


def refresh_figures(*, recording: Recording, now: datetime) -> bool:
    """Judge the last minute of a running recording and keep the figures beside it; False where there are none."""
    try:
        found = tail(recording, FIGURES_S)
    except ProtocolError:
        return False  # the row was not made by an agent: the failure says so when it ends
    if found is None:
        return False
    config = config_for(recording)
    known, unassisted, head_chunks = _calibration(recording, found, config)
    judged = judge_tail(found.waveform, config, known)
    minute = judged.minute
    expected = expected_of(judged.beats, config, minute.inflation_basis)
    before = recording.live or {}
    figures = minute.to_dict() | {
        "until_s": round(found.until_s, 3),
        "grades": grades_so_far(before, found.until_s, minute.grade),
        "minutes": minutes_so_far(before, found.until_s, minute),
        "expected": None if expected is None else expected.to_plain(),
        "running": running_so_far(before, found),
        "ds_area": area_ratio(judged.beats),
        "calibration": None if known is None else known.to_plain(),
        "unassisted": unassisted,
        "head_chunks": head_chunks,
        "beat": to_plain(averages(judged.waveform, judged.beats).whole),
    }
    return bool(Recording.objects.open().filter(pk=recording.pk).update(live=figures, live_at=now))


def _calibration(
    recording: Recording, found: Tail, config: GatingConfig
) -> tuple[Calibration | None, dict[str, Any] | None, int]:
    """What the session's first minute taught, its usual unassisted beat, and from how many chunks they come.

    Learnt once and kept with the figures. A head that taught nothing is judged again only when it has grown.
    """
    live = recording.live or {}
    kept, tried = live.get("calibration"), live.get("head_chunks", 0)
    if kept is not None:
        return Calibration.from_plain(kept), live.get("unassisted"), tried
    if not HEAD_S <= found.until_s <= 3 * HEAD_S:
        return None, live.get("unassisted"), tried
    head = recording.chunks.order_by("seq").filter(
        seq__lt=math.ceil(HEAD_S * _chunks_a_second(recording, found))
    )
    there = head.count()
    if there <= tried:
        return None, live.get("unassisted"), tried
    manifest = manifest_of(recording)
    first, _ = without_overlaps(contents(head, manifest))
    waveform = assemble(manifest, first)[0]
    known, beats = judge_head(waveform, config)
    return known, to_plain(averages(waveform, beats).unassisted), there


def _chunks_a_second(recording: Recording, found: Tail) -> int:
    """Agents cut a second into one chunk or two; what has arrived says which."""
    highest = max((last for _, last in recording.received), default=0)
    return max(1, round((highest + 1) / found.until_s))


def grades_so_far(before: dict[str, Any], until_s: float, grade: str) -> dict[str, str]:
    """The grade of each minute that is over, by its number, as it stood when the minute had just ended.

    The figures end ``MARGIN_S`` before the newest sample, so a minute is theirs only then. A minute that nobody
    judged in time stays out: nothing is put in its place. The report judges all of them again when the recording has
    ended.
    """
    grades: dict[str, str] = dict(before.get("grades", {}))
    just_over = _minute_just_over(until_s)
    if just_over is not None:
        grades.setdefault(just_over, str(grade))
    return grades


def minutes_so_far(
    before: dict[str, Any], until_s: float, minute: LiveMinute
) -> dict[str, dict[str, float | None]]:
    """The figures of each minute that is over, for the trend of the hour; kept as its grade is."""
    minutes: dict[str, dict[str, float | None]] = dict(before.get("minutes", {}))
    just_over = _minute_just_over(until_s)
    if just_over is not None:
        minutes.setdefault(just_over, {name: getattr(minute, name) for name in TREND})
    return minutes


def _minute_just_over(until_s: float) -> str | None:
    ended, over_s = divmod(until_s, 60.0)
    return str(int(ended) - 1) if ended >= 1 and MARGIN_S <= over_s <= GRADE_WITHIN_S else None


def running_so_far(before: dict[str, Any], found: Tail) -> list[list[float]]:
    """From and to, in seconds from the first sample, of the gated running that was seen so far.

    What nobody looked at, because the worker was away for longer than a tail, stays out.
    """
    seen = [
        (found.from_s + stretch.from_s, found.from_s + stretch.to_s)
        for stretch in running_in(found.waveform.events)
        if stretch.gated
    ]
    known = joined([*before.get("running", []), *seen])
    return [[round(from_s, 3), round(to_s, 3)] for from_s, to_s in known]
