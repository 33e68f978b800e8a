"""The truth of a simulation as plain data, ready for JSON: units in the names, None for what is not known."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.simulator.ecg import onsets
from devices.simulator.limits import Intervals
from devices.simulator.rhythm import BeatKind
from devices.simulator.session import Simulation, Truth
from devices.simulator.session_truth import timing

Times = NDArray[np.float64]

FORMAT = "eecp-simulation-truth/1"
_SECONDS, _MILLIMETRES, _RATIO = 6, 2, 4  # decimal places
_CUFF_NAMES = ("calf", "thigh", "hip")


def to_dict(simulation: Simulation) -> dict[str, Any]:
    """Everything that is true of the simulated recording.

    ``session`` holds the figures, ``beats`` one list a quantity with an entry a beat, ``triggers`` and ``strokes``
    what the console did, ``unreadable`` and ``noise`` where signals are bad and why. Times are seconds on the
    clock of the ECG; the events in the recording are off by ``session.drift_ppm``.
    """
    truth, waveform = simulation.truth, simulation.waveform
    return {
        "format": FORMAT,
        "title": simulation.title,
        "seed": simulation.seed,
        "duration_s": _number(waveform.duration_s, _SECONDS),
        "units": {str(name): unit for name, unit in simulation.units.items()},
        "rates_hz": {str(channel.name): channel.rate_hz for channel in waveform.channels},
        "prescribed_pressure_mmhg": simulation.setup.settings.pressure_mmhg,
        "expected": dict(simulation.expected),
        "session": {name: _plain(value) for name, value in asdict(truth.session).items()},
        "found": {
            "inflation_lead_ms": _number(simulation.setup.settings.inflation_lead_ms, _RATIO),
            "lag_s": _number(truth.lag_s, _SECONDS),
            "monitor_delay_s": _number(truth.monitor_s, _SECONDS),
            **{
                f"travel_{cuff}_s": _number(t, _SECONDS)
                for cuff, t in zip(_CUFF_NAMES, truth.travel_s, strict=True)
            },
        },
        "unreadable": unreadable(simulation),
        "noise": _noise(simulation),
        "beats": _beats(simulation),
        "triggers": {
            "at_s": _list(truth.trigger_s, _SECONDS),
            "beat": [None if beat < 0 else beat for beat in truth.matches.of_trigger.tolist()],
        },
        "strokes": _strokes(truth),
    }


def unreadable(simulation: Simulation) -> dict[str, list[dict[str, Any]]]:
    """Stretches in which nothing true can be read from a channel, with the cause."""
    setup = simulation.setup
    gaps = _stretches(setup.recorder.gaps_s, "gap")
    return {
        "ecg": [*_stretches(setup.lead.lead_off_s, "lead_off"), *gaps],
        "pleth": [
            *_stretches(setup.finger.probe_off_s, "probe_off"),
            *_stretches(setup.finger.motion_s, "motion"),
            *gaps,
        ],
        "pressure": gaps,
        "events": [*_stretches(setup.recorder.events_missing_s, "events_missing"), *gaps],
    }


def _stretches(stretches: Intervals, cause: str) -> list[dict[str, Any]]:
    return [{"from_s": start, "to_s": stop, "cause": cause} for start, stop in stretches]


def _noise(simulation: Simulation) -> list[dict[str, Any]]:
    """Noise on the ECG that leaves it more or less readable: stretches and ratio in dB."""
    lead = simulation.setup.lead
    everywhere = ((0.0, simulation.waveform.duration_s),)
    return [
        {"from_s": start, "to_s": stop, "cause": cause, "snr_db": snr}
        for cause, snr, stretches in (
            ("electrode_motion", lead.noise_snr_db, lead.noise_s),
            ("muscle", lead.emg_snr_db, lead.emg_s),
        )
        if snr is not None
        for start, stop in stretches or everywhere
    ]


def _beats(simulation: Simulation) -> dict[str, list[Any]]:
    truth = simulation.truth
    acts, finger, timed = truth.acts, truth.finger, timing(truth.beats, truth.acts)
    shown, unfiltered = finger.shown, finger.unfiltered
    kinds = truth.kinds
    seconds = {
        "r_s": truth.beats.r_s,
        **_onsets(truth, fibrillating=truth.session.atrial_fibrillation),
        "opening_s": truth.beats.opening_s,
        "closing_s": truth.beats.closing_s,
        "foot_s": finger.foot_s,
        "peak_s": shown.systolic_peak_s,
        "notch_s": finger.notch_s,
        "augmentation_onset_s": finger.onset_s,
        "augmentation_peak_s": np.where(np.isnan(finger.onset_s), np.nan, shown.diastolic_peak_s),
        "trigger_s": truth.matches.of_beat_s,
        **{f"inflate_{cuff}_s": acts.inflate_s[:, k] for k, cuff in enumerate(_CUFF_NAMES)},
        "arrival_at_root_s": acts.arrival_s,
        "deflate_s": acts.deflate_s,
        "empty_s": acts.empty_s,
    }
    others = {
        "off_inf_ms": timed.off_inf_ms,
        "lead_r_ms": timed.lead_r_ms,
        "lead_ej_ms": timed.lead_ej_ms,
        "plateau_mmhg": acts.plateau_mmhg,
        "ds_amplitude": shown.amplitude,
        "ds_area": shown.area,
        "ds_amplitude_unfiltered": unfiltered.amplitude,
        "ds_area_unfiltered": unfiltered.area,
    }
    return {
        "class": [None] * truth.beats.r_s.size
        if kinds is None
        else [BeatKind(k).name.lower() for k in kinds],
        "triggered": np.isfinite(truth.matches.of_beat_s).tolist(),
        **{name: _list(values, _SECONDS) for name, values in seconds.items()},
        **{name: _list(values, _RATIO) for name, values in others.items()},
    }


def _onsets(truth: Truth, *, fibrillating: bool | None) -> dict[str, Times]:
    """Where the waves of a synthetic ECG begin and end; nothing is known of a given one."""
    if truth.kinds is None:
        return {}
    return asdict(onsets(truth.beats.r_s, truth.kinds, fibrillating=bool(fibrillating)))


def _strokes(truth: Truth) -> dict[str, Any]:
    """Commands and pressures of each stroke; 10, 50, 90 % of the target filling, 90, 50, 10 % of the start emptying."""
    strokes: dict[str, Any] = {
        "target_mmhg": _list((stroke.target_mmhg for stroke in truth.strokes), _MILLIMETRES),
    }
    for cuff in truth.cuffs:
        strokes[f"inflate_{cuff.cuff.value}_s"] = _list(cuff.inflate_s, _SECONDS)
        strokes[f"pressure_rise_{cuff.cuff.value}_s"] = [_list(row, _SECONDS) for row in cuff.rise_s]
        strokes[f"pressure_fall_{cuff.cuff.value}_s"] = [_list(row, _SECONDS) for row in cuff.fall_s]
    strokes["deflate_s"] = _list((stroke.deflate_s for stroke in truth.strokes), _SECONDS)
    return strokes


def _plain(value: object) -> object:
    if isinstance(value, float):
        return _number(value, _RATIO)
    return list(value) if isinstance(value, tuple) else value


def _list(values: Iterable[float], places: int) -> list[float | None]:
    return [_number(float(value), places) for value in values]


def _number(value: float, places: int) -> float | None:
    return round(value, places) if np.isfinite(value) else None
