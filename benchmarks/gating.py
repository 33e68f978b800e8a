"""How fast one hour of counterpulsation is judged, beside public tools that look at part of it.

One simulated hour (ECG 500 Hz, pulse wave 125 Hz, three cuffs 50 Hz, events) goes through

- our whole analysis: beats, triggers, valves, pulse wave, pressures, minutes, grade;
- SleepECG's compiled detector alone: R peaks and nothing else, the floor;
- NeuroKit's ecg_process and ppg_process: both signals cleaned, delineated and rated, no device;
- the wfdb package's xqrs on ten minutes, times six.

The repetitions are interleaved, so that what else the machine does hits all alike, and each ratio is the median of
the ratios within a round. Every part runs once before on two minutes, so that nothing is measured that is compiled or
imported. Memory is measured in a fresh process: the highest resident size while the hour is loaded and analysed, above
what the process held with all libraries imported and warmed up; the input itself is counted. Longer sessions are the
same hour repeated.

The last line on standard output is JSON. Run it with `make bench-gating`.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from sleepecg.heartbeats import detect_heartbeats

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating_cli import r_peaks_of
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform

CONFIG = GatingConfig(prescribed_pressure_mmhg=260)
HOURS = (1, 2, 4, 8)
ECG_HZ = 500.0
GOALS = {
    "analysis_over_sleepecg": "at most 3",
    "neurokit_over_analysis": "at least 20",
    "peak_mb": "below 300",
    "growth_exponent": "about 1",
    "beats_s_per_30min": "",
}


def hour_of(minutes: float = 60.0) -> Waveform:
    """A simulated session with some premature beats."""
    known = synthetic_ecg(60 * minutes, ECG_HZ, Rhythm(pvc_share=0.03), seed=7)
    return simulate(known.ecg, Settings(), seed=7, r_s=known.r_s).waveform


def cut(waveform: Waveform, seconds: float) -> Waveform:
    channels = (Channel(c.name, c.rate_hz, c.samples[: int(seconds * c.rate_hz)]) for c in waveform.channels)
    return Waveform(tuple(channels), tuple(event for event in waveform.events if event.t_s < seconds))


def repeated(waveform: Waveform, times: int) -> Waveform:
    channels = (Channel(c.name, c.rate_hz, np.tile(c.samples, times)) for c in waveform.channels)
    length_s = waveform.duration_s
    events = (Event(e.t_s + k * length_s, e.kind, e.cuff) for k in range(times) for e in waveform.events)
    return Waveform(tuple(channels), tuple(events))


def seconds_of(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def parts_of(waveform: Waveform) -> dict[str, Callable[[], object]]:
    """What is measured on one session, by name."""
    import neurokit2
    from wfdb.processing import xqrs_detect

    samples = {channel.name: channel.samples for channel in waveform.channels}
    ecg, pleth = samples[ChannelName.ECG], samples[ChannelName.PLETH]

    def neurokit() -> None:
        neurokit2.ecg_process(ecg, sampling_rate=int(ECG_HZ))
        neurokit2.ppg_process(pleth, sampling_rate=125)

    return {
        "analysis": lambda: analyse(waveform, CONFIG),
        "sleepecg": lambda: detect_heartbeats(ecg, ECG_HZ),
        "neurokit": neurokit,
        "xqrs": lambda: xqrs_detect(ecg[: int(600 * ECG_HZ)], ECG_HZ, verbose=False),
    }


def compare(hour: Waveform, rounds: int) -> dict[str, list[float]]:
    """Seconds of each part in each round; xqrs is extrapolated from ten minutes."""
    for run in parts_of(cut(hour, 120)).values():
        run()
    parts = parts_of(hour)
    taken: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name, run in parts.items():
            taken[name].append(seconds_of(run) * (6 if name == "xqrs" else 1))
    return taken


def growth(hour: Waveform, repeats: int = 2) -> tuple[dict[int, float], float]:
    """Best seconds by hours, and the exponent of their power law."""
    best = dict.fromkeys(HOURS, math.inf)
    for _ in range(repeats):
        for hours in HOURS:
            best[hours] = min(best[hours], seconds_of(partial(analyse, repeated(hour, hours), CONFIG)))
    exponent = np.polyfit(np.log(list(best)), np.log(list(best.values())), 1)[0]
    return best, float(exponent)


def beats_seconds(rounds: int) -> float:
    """Best seconds of our R peaks on half an hour at 360 Hz."""
    known = synthetic_ecg(1800, 360.0, Rhythm(pvc_share=0.03), seed=7)
    r_peaks_of(known.ecg.samples[: 60 * 360], 360.0)
    return min(seconds_of(lambda: r_peaks_of(known.ecg.samples, 360.0)) for _ in range(max(3, rounds)))


def peak_mb(hour: Waveform) -> float:
    """Megabytes that loading and judging the hour needs, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hour.npz")
        content: dict[str, Any] = {channel.name.value: channel.samples for channel in hour.channels}
        for kind in EventKind:
            for cuff in Cuff:
                content[f"event {kind} {cuff}"] = hour.event_times_s(kind, cuff)
        np.savez(path, **content)
        rates = json.dumps({channel.name.value: channel.rate_hz for channel in hour.channels})
        done = subprocess.run(
            [sys.executable, __file__, "--memory-of", path, rates], check=True, capture_output=True, text=True
        )
    return float(done.stdout)


def memory_of(path: str, rates: str) -> float:
    """In the fresh process: warm up, forget the peak so far, then load and judge."""
    analyse(hour_of(2), CONFIG)
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts anew from here
    before = _status_mb("VmRSS")
    stored = np.load(path)
    events = [
        Event(t_s, EventKind(name.split(" ")[1]), Cuff(name.split(" ")[2]))
        for name in stored.files
        if name.startswith("event ")
        for t_s in stored[name].tolist()
    ]
    channels = (Channel(ChannelName(name), rate, stored[name]) for name, rate in json.loads(rates).items())
    analyse(Waveform(tuple(channels), tuple(sorted(events))), CONFIG)
    return _status_mb("VmHWM") - before


def _status_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the gating engine beside public tools.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-of", nargs=2, metavar=("FILE", "RATES"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        print(memory_of(*arguments.memory_of))
        return 0
    warnings.simplefilter("ignore")  # the peers warn of their own use of their libraries
    try:
        import neurokit2
        import wfdb
    except ImportError as missing:
        print(
            f"{missing.name} is not installed; get the peers with `uv sync --group bench`.", file=sys.stderr
        )
        return 2
    print(f"{os.cpu_count()} processors, numpy {np.__version__}, wfdb {wfdb.__version__}, ", end="")
    print(f"NeuroKit {neurokit2.__version__}; simulated hour, {arguments.rounds} rounds")

    hour = hour_of()
    taken = compare(hour, arguments.rounds)
    for name, label in (
        ("analysis", "our whole analysis of one hour"),
        ("sleepecg", "SleepECG, R peaks of the same hour"),
        ("xqrs", "wfdb xqrs, R peaks, ten minutes x 6"),
        ("neurokit", "NeuroKit ecg_process + ppg_process"),
    ):
        print(f"  {label:<38} median {median(taken[name]):8.2f} s   best {min(taken[name]):8.2f} s")
    best, exponent = growth(hour)
    print("  " + ", ".join(f"{hours} h in {seconds:.2f} s" for hours, seconds in best.items()))
    result = {
        "analysis_over_sleepecg": _ratio(taken, "analysis", "sleepecg"),
        "neurokit_over_analysis": _ratio(taken, "neurokit", "analysis"),
        "peak_mb": round(peak_mb(hour), 1),
        "growth_exponent": round(exponent, 3),
        "beats_s_per_30min": round(beats_seconds(arguments.rounds), 3),
    }
    for key, goal in GOALS.items():
        print(f"  {key:<38} {result[key]:8.2f}   {goal}".rstrip())
    print(json.dumps(result))
    return 0


def _ratio(taken: dict[str, list[float]], over: str, under: str) -> float:
    return round(median(a / b for a, b in zip(taken[over], taken[under], strict=True)), 2)


if __name__ == "__main__":
    sys.exit(main())
