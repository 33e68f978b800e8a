"""Which seconds of each signal can be read, and why the others cannot.

A second map holds one code a second. The first reason found stays, so that each unreadable second is counted
once. Nothing is said of seconds in which a channel does not exist: the whole map then reads "absent".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.gating.beats import Detections
from devices.gating.config import GatingConfig
from devices.gating.figures import unknown
from devices.gating.report import Bools, Figure, Floats, Quality, Reason
from devices.gating.traces import Seconds, is_too_slow, runs, seconds_of
from devices.waveform import Channel, ChannelName, Waveform

#: Why a second cannot be read; the index in this tuple is the code in a map.
READABLE, ABSENT, MISSING, FLAT, CLIPPED, DISAGREE, NO_BEATS, NOISY, SHAPE, TOO_SLOW = range(10)
REASONS = (
    Reason("readable", "Readable."),
    Reason("absent", "The recording has no such channel."),
    Reason("missing", "No samples arrived."),
    Reason("flat", "The signal is flat: the lead or probe is likely off."),
    Reason("clipped", "The signal sits at the end of its range."),
    Reason("disagree", "Two detectors disagree about the beats: the ECG is too noisy."),
    Reason("no_beats", "No beats can be seen."),
    Reason("noisy", "The pulse is buried in noise."),
    Reason("shape", "The pulse looks unlike the other pulses of this session."),
    Reason("too_slow", "The signal was sampled too slowly for anything in it to be timed."),
)
WINDOW_S = 10  # [E] stretch over which the agreement of the detectors is judged


@dataclass(frozen=True, slots=True, eq=False)
class SecondMap:
    """One code of ``REASONS`` per second of the recording; shape (seconds,)."""

    codes: NDArray[np.int8]

    @property
    def readable(self) -> Bools:
        return np.asarray(self.codes == READABLE)

    def mark(self, seconds: Bools, code: int) -> None:
        """Give these seconds the code, where they were readable so far."""
        self.codes[seconds & self.readable] = code


def raw_map(waveform: Waveform, name: ChannelName, config: GatingConfig) -> SecondMap:
    """What the samples alone say: missing, flat, clipped."""
    seconds = int(np.ceil(waveform.duration_s - 1e-9))
    channel = waveform.channel(name)
    if channel is None or channel.samples.size == 0:
        return SecondMap(np.full(seconds, ABSENT, dtype=np.int8))
    if is_too_slow(channel):
        return SecondMap(np.full(seconds, TOO_SLOW, dtype=np.int8))
    stats = seconds_of(channel)
    codes = np.full(seconds, MISSING, dtype=np.int8)
    n = min(seconds, stats.spread.size)
    codes[:n] = READABLE
    found = SecondMap(codes[:n])
    found.mark(stats.missing_share[:n] > 0.1, MISSING)
    least, rail = _limits(channel, stats, config)
    found.mark((stats.spread < least)[:n] | (stats.same_share > 0.9)[:n], FLAT)
    found.mark(stats.rail_share[:n] > rail, CLIPPED)
    codes[:n] = found.codes
    return SecondMap(codes)


def _limits(channel: Channel, stats: Seconds, config: GatingConfig) -> tuple[float, float]:
    """Least range of a living second, and the share of a second at the rail that spoils it. [E]"""
    if channel.name is ChannelName.ECG:
        return config.ecg_flat_mv, 0.2
    spread = stats.spread[np.isfinite(stats.spread)]
    usual = float(np.percentile(spread, 80)) if spread.size else 0.0
    return 0.03 * usual, 0.1


def pressure_map(waveform: Waveform, names: tuple[ChannelName, ...], inflations_s: Floats) -> SecondMap:
    """Readable where every recorded cuff has samples that move whenever valves say they should."""
    seconds = int(np.ceil(waveform.duration_s - 1e-9))
    result = SecondMap(np.full(seconds, READABLE if names else ABSENT, dtype=np.int8))
    gated = np.zeros(seconds, dtype=np.bool_)
    at = inflations_s[(inflations_s >= 0) & (inflations_s < seconds)].astype(np.int64)
    gated[at] = True
    for name in names:
        channel = waveform.channel(name)
        if channel is None or channel.samples.size == 0:
            continue
        stats = seconds_of(channel)
        missing, flat = np.ones(seconds, dtype=np.bool_), np.zeros(seconds, dtype=np.bool_)
        n = min(seconds, stats.spread.size)
        missing[:n] = stats.missing_share[:n] > 0.1
        flat[:n] = stats.same_share[:n] > 0.9
        result.mark(missing, MISSING)
        # Empty cuffs may well be flat; a flat line under a working valve is a transducer that is off.
        result.mark(flat & gated, FLAT)
    return result


def mark_disagreement(ecg: SecondMap, found: Detections, config: GatingConfig) -> None:
    """Windows of ten seconds in which the detectors agree too little (bSQI), or in which no beat is seen."""
    n = ecg.codes.size
    if not n:
        return
    agreed = _per_second(found.agreed_s, n)
    disputed = _per_second(found.disputed_s, n)
    window = np.arange(n) // WINDOW_S
    both, single = np.bincount(window, agreed), np.bincount(window, disputed)
    # n_match / (n_a + n_b - n_match): each disputed beat was seen by one detector only.
    union = both + single
    low = (union > 0) & (both < config.detector_agreement_share * union)
    ecg.mark(low[window], DISAGREE)
    ecg.mark(_silent(found, n), NO_BEATS)


def _silent(found: Detections, n: int) -> Bools:
    """Seconds further than four seconds from any detected beat."""
    seen = np.sort(np.concatenate((found.agreed_s, found.disputed_s)))
    if not seen.size:
        return np.ones(n, dtype=np.bool_)
    middle = np.arange(n) + 0.5
    last = np.searchsorted(seen, middle)
    after = np.where(last < seen.size, seen[np.clip(last, 0, seen.size - 1)] - middle, np.inf)
    before = np.where(last > 0, middle - seen[np.clip(last - 1, 0, seen.size - 1)], np.inf)
    return np.minimum(before, after) > 4.0


def mark_beats(pleth: SecondMap, from_s: Floats, to_s: Floats, bad: Bools, code: int) -> None:
    """Mark each second in which more than half of the time belongs to pulses that cannot be read."""
    n = pleth.codes.size
    time_bad = np.zeros(n + 2)
    for start, stop in zip(from_s[bad], to_s[bad], strict=True):
        first, last = int(start), min(int(stop), n)
        if first == last:
            time_bad[first] += stop - start
            continue
        time_bad[first] += first + 1 - start
        time_bad[first + 1 : last] += 1.0
        time_bad[last] += stop - last
    pleth.mark(time_bad[:n] > 0.5, code)


def _per_second(times_s: Floats, n: int) -> Floats:
    second = np.clip(times_s.astype(np.int64), 0, n - 1)
    return np.bincount(second, minlength=n).astype(np.float64)


def quality_of(maps: dict[str, SecondMap], duration_s: float) -> Quality:
    """Shares, longest unreadable stretch and seconds by reason for the maps of ECG, pleth and pressure."""
    longest: dict[str, float] = {}
    reasons: dict[str, dict[str, float]] = {}
    for name, found in maps.items():
        length = _lengths(found.codes.size, duration_s)
        starts, stops = runs(~found.readable)
        until = np.concatenate(([0.0], np.cumsum(length)))
        longest[name] = float((until[stops] - until[starts]).max()) if starts.size else 0.0
        seconds = np.bincount(found.codes, weights=length, minlength=len(REASONS))
        reasons[name] = {
            REASONS[code].code: float(seconds[code]) for code in range(1, len(REASONS)) if seconds[code] > 0
        }
    ecg, pleth, pressure = (_share(maps[name], duration_s) for name in ("ecg", "pleth", "pressure"))
    return Quality(ecg, pleth, pressure, longest, reasons)


def _lengths(n: int, duration_s: float) -> Floats:
    length = np.ones(n)
    if n:
        length[-1] = duration_s - (n - 1)
    return length


def _share(found: SecondMap, duration_s: float) -> Figure:
    if not found.codes.size:
        return unknown("1", Reason("empty", "The recording holds no signal."))
    for code in (ABSENT, TOO_SLOW):
        if bool((found.codes == code).all()):
            return unknown("1", REASONS[code])
    share = float((_lengths(found.codes.size, duration_s) * found.readable).sum() / duration_s)
    return Figure(share, "1", found.codes.size, 1.0)
