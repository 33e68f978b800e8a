"""Counterpulsation by construction: every answer is known because every time was put there.

This is a drawing, not physiology: smooth pulses placed at given times. It shares no code with the engine nor
with the project's simulator.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform, in_time_order

Floats = NDArray[np.float64]

FOOT_AFTER_R_S = 0.25
EJECTION_S = 0.30
TRIGGER_DELAY_S = 0.02
CALM_S = 30.0  # no inflation before this time


@dataclass
class Session:
    """What to draw. Times in ms are measured as the report measures them."""

    minutes: float = 3.0
    rr_s: Floats | None = None  # intervals; without them a steady 800 ms with slight breathing
    seed: int = 1
    inflation_ms: float = -10.0  # start of augmentation minus aortic closure
    lead_r_ms: float = 150.0  # next R minus deflation command
    pressure_mmhg: float = 260.0
    augmentation: float = 1.3
    rise_s: float = 0.12  # of the dicrotic and the augmented wave
    jitter_ms: float = 2.0
    ecg_rate_hz: float = 250.0
    ecg_noise_mv: float = 0.01
    pleth_noise: float = 0.002
    calm_s: float = CALM_S
    late_beats: set[int] = field(default_factory=set)  # beats whose deflation comes 200 ms later
    early_beats: set[int] = field(default_factory=set)  # beats inflated 110 ms earlier
    missed: set[int] = field(default_factory=set)  # beats without a trigger (nor valves)
    extra_s: tuple[float, ...] = ()  # triggers that no beat asked for
    ectopic: set[int] = field(default_factory=set)  # beats with a wide, inverted QRS

    def beats(self) -> Floats:
        if self.rr_s is not None:
            return 0.5 + np.concatenate(([0.0], np.cumsum(self.rr_s)))
        n = int(self.minutes * 60 / 0.8) - 1
        rr = 0.8 + 0.02 * np.sin(2 * np.pi * 0.25 * 0.8 * np.arange(n))
        return 0.5 + np.concatenate(([0.0], np.cumsum(rr)))


def draw(session: Session) -> Waveform:
    """The waveform of a session."""
    rng = np.random.default_rng(session.seed)
    r_s = session.beats()
    r_s = r_s[r_s < session.minutes * 60 - 0.2]
    n = r_s.size
    gated = (r_s > session.calm_s) & np.append(np.ones(n - 1, dtype=np.bool_), False)
    gated[[i for i in session.missed if i < n]] = False
    jitter = session.jitter_ms / 1000 * rng.standard_normal(n)
    shift = np.array([-0.11 if i in session.early_beats else 0.0 for i in range(n)])
    augmented_s = r_s + FOOT_AFTER_R_S + EJECTION_S + session.inflation_ms / 1000 + jitter + shift
    inflate_s = augmented_s - 0.33  # calf valve; arrival in the finger takes this long
    later = np.array([0.2 if i in session.late_beats else 0.0 for i in range(n)])
    deflate_s = np.append(r_s[1:], r_s[-1] + 0.8) - session.lead_r_ms / 1000 + later
    events = [
        Event(t, EventKind.TRIGGER)
        for t in (
            *(
                r + TRIGGER_DELAY_S + 0.002 * rng.standard_normal()
                for i, r in enumerate(r_s)
                if i not in session.missed
            ),
            *session.extra_s,
        )
    ]
    for i in np.flatnonzero(gated):
        for step, cuff in enumerate((Cuff.CALF, Cuff.THIGH, Cuff.HIP)):
            events.append(Event(float(inflate_s[i]) + 0.04 * step, EventKind.INFLATE, cuff))
            events.append(Event(float(deflate_s[i]), EventKind.DEFLATE, cuff))
    end = session.minutes * 60
    channels = (
        Channel(ChannelName.ECG, session.ecg_rate_hz, _ecg(session, r_s, end, rng)),
        Channel(ChannelName.PLETH, 125.0, _pleth(session, r_s, augmented_s, gated, end, rng)),
        *(
            Channel(name, 50.0, _cuff(session, inflate_s[gated] + 0.04 * step, deflate_s[gated], end, rng))
            for step, name in enumerate((ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP))
        ),
    )
    return Waveform(channels, in_time_order(e for e in events if 0 <= e.t_s <= end))


def _ecg(session: Session, r_s: Floats, end: float, rng: np.random.Generator) -> Floats:
    time = np.arange(round(end * session.ecg_rate_hz)) / session.ecg_rate_hz
    ecg = session.ecg_noise_mv * rng.standard_normal(time.size) + 0.05 * np.sin(2 * np.pi * 0.2 * time)
    normal = (
        (-0.16, 0.1, 0.02),
        (-0.025, -0.1, 0.008),
        (0.0, 1.0, 0.01),
        (0.025, -0.2, 0.009),
        (0.28, 0.25, 0.04),
    )
    wide = ((0.0, -1.2, 0.035), (0.08, 0.3, 0.03), (0.3, 0.3, 0.05))
    for i, r in enumerate(r_s):
        a, b = np.searchsorted(time, [r - 0.3, r + 0.5])
        for at, height, width in wide if i in session.ectopic else normal:
            ecg[a:b] += height * np.exp(-0.5 * ((time[a:b] - r - at) / width) ** 2)
    return ecg


def _wave(t: Floats, rise_s: float, decay_s: float) -> Floats:
    """0 before 0, a smooth rise of ``rise_s`` to 1, then a decay."""
    up = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / rise_s, 0, 1))
    return up * np.exp(-np.clip(t - rise_s, 0, None) / decay_s)


def _pleth(
    session: Session,
    r_s: Floats,
    augmented_s: Floats,
    gated: NDArray[np.bool_],
    end: float,
    rng: np.random.Generator,
) -> Floats:
    time = np.arange(round(end * 125)) / 125.0
    pleth = session.pleth_noise * rng.standard_normal(time.size)
    for i, r in enumerate(r_s):
        foot = r + FOOT_AFTER_R_S
        a, b = np.searchsorted(time, [foot, foot + 2.0])
        pleth[a:b] += _wave(time[a:b] - foot, 0.12, 0.12)
        # The valve shuts in inflated beats too: the augmentation comes on top of the dicrotic wave.
        waves = [(foot + EJECTION_S, 0.15)]
        if gated[i]:
            waves.append((augmented_s[i], session.augmentation))
        for start, height in waves:
            a, b = np.searchsorted(time, [start, start + 1.5])
            pleth[a:b] += height * _wave(time[a:b] - start, session.rise_s, 0.1)
    return pleth


def _cuff(session: Session, on_s: Floats, off_s: Floats, end: float, rng: np.random.Generator) -> Floats:
    """First-order filling (40 ms) and emptying (35 ms): below 20 % after 56 ms."""
    time = np.arange(round(end * 50)) / 50.0
    cuff = 0.3 * rng.standard_normal(time.size)
    for on, off in zip(on_s, off_s, strict=True):
        a, b = np.searchsorted(time, [on, off + 0.5])
        t = time[a:b]
        full = 1 - np.exp(-(np.minimum(t, off) - on) / 0.04)
        cuff[a:b] += session.pressure_mmhg * full * np.exp(-np.clip(t - off, 0, None) / 0.035)
    return cuff
