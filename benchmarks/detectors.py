"""R-peak detectors side by side: accuracy on expert-annotated records, in noise, and time. Writes nothing.

    EECP_SHARED=/path/to/shared .venv/bin/python benchmarks/detectors.py

What the figures mean stands in docs/benchmarks.md.
"""

import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from sleepecg.heartbeats import detect_heartbeats

from benchmarks._records import RECORDS, SHARED, Floats, Lead, mitdb, with_electrode_motion
from benchmarks._score import localisation_ms, score
from benchmarks._stress import cases
from devices.gating.detector import r_peaks

Detector = Callable[[Floats, float], Floats]


def _sleepecg(samples: Floats, rate_hz: float) -> Floats:
    peaks: Floats = detect_heartbeats(samples, rate_hz).astype(np.float64)
    return peaks


def _neurokit(method: str) -> Detector:
    import neurokit2

    def detect(samples: Floats, rate_hz: float) -> Floats:
        clean = neurokit2.ecg_clean(samples, sampling_rate=rate_hz, method=method)
        found = neurokit2.ecg_findpeaks(clean, sampling_rate=rate_hz, method=method)["ECG_R_Peaks"]
        return np.asarray(found, dtype=np.float64)

    return detect


def _detectors() -> dict[str, Detector]:
    found: dict[str, Detector] = {"ours": r_peaks, "sleepecg": _sleepecg}
    try:
        found |= {name: _neurokit(name) for name in ("neurokit", "pantompkins1985")}
    except ImportError:
        print("NeuroKit is not installed (uv sync --group bench): its detectors are left out.")
    return found


def _f1(detect: Detector, lead: Lead, from_s: float = 300.0) -> float:
    try:
        found_s = detect(lead.samples_mv, lead.rate_hz) / lead.rate_hz
    except (ValueError, IndexError):  # a peer that refuses a record has found nothing in it
        return 0.0
    return score(found_s, lead.beats_s, from_s).f1


def _clean(detectors: Mapping[str, Detector]) -> None:
    leads = [(record, 0) for record in RECORDS] + [("100", 1), ("105", 1)]
    print("\nF1 in per cent, from minute 5, one-to-one within 150 ms")
    print(f"{'record/lead':18}" + "".join(f"{name:>17}" for name in detectors))
    table = []
    for record, channel in leads:
        row = [_f1(detect, mitdb(record, channel)) for detect in detectors.values()]
        table.append(row)
        print(f"{record + '/' + str(channel):18}" + "".join(f"{value:17.2f}" for value in row))
    print(f"{'mean':18}" + "".join(f"{value:17.2f}" for value in np.mean(table, axis=0)))


def _noisy(detectors: Mapping[str, Detector]) -> None:
    print(
        "\nF1 with electrode motion, first leads, mean of three starts of the noise; both noise channels apart"
    )
    print(f"{'SNR/noise':18}" + "".join(f"{name:>17}" for name in detectors))
    for snr_db in (12, 6, 0):
        for channel in (0, 1):
            leads = [
                with_electrode_motion(mitdb(record), snr_db, channel, offset)
                for record in RECORDS
                for offset in (0, 31_000, 77_000)
            ]
            row = [np.mean([_f1(detect, lead) for lead in leads]) for detect in detectors.values()]
            print(f"{snr_db:2} dB / {channel:<10}" + "".join(f"{value:17.2f}" for value in row))


def _placed(detectors: Mapping[str, Detector]) -> None:
    print(
        "\nLocalisation against the experts' marks: p95 of |error - median error| in ms, median of the first leads"
    )
    for name, detect in detectors.items():
        p95 = [
            localisation_ms(detect(lead.samples_mv, lead.rate_hz) / lead.rate_hz, lead.beats_s)[1]
            for lead in (mitdb(record) for record in RECORDS)
        ]
        print(f"{name:18}{np.median(p95):8.1f}")


def _stress(detectors: Mapping[str, Detector]) -> None:
    print("\nF1 on drawn ECGs, 3 minutes each at 360 Hz")
    print(f"{'case':26}" + "".join(f"{name:>17}" for name in detectors))
    for case, drawn in cases().items():
        lead = Lead(drawn.samples, drawn.rate_hz, drawn.beats_s)
        row = [_f1(detect, lead, 0.0) for detect in detectors.values()]
        print(f"{case:26}" + "".join(f"{value:17.1f}" for value in row))


def _timed(detectors: Mapping[str, Detector]) -> None:
    lead = mitdb("119")
    print("\nSeconds for 30 minutes at 360 Hz, best of 9, and the ratio to sleepecg in the same run")
    best = dict.fromkeys(detectors, float("inf"))
    for _ in range(9):
        for name, detect in detectors.items():
            start = time.perf_counter()
            detect(lead.samples_mv, lead.rate_hz)
            best[name] = min(best[name], time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"{name:18}{seconds:8.4f} {seconds / best['sleepecg']:8.2f}")


def main() -> None:
    """Print all tables."""
    warnings.simplefilter("ignore")  # the peers' and wfdb's own
    detectors = _detectors()
    _stress(detectors)
    if not (SHARED / "data/ecg/mitdb").is_dir():
        print(
            f"\n{SHARED} holds no records: set EECP_SHARED to the folder of shared data for the other tables."
        )
        return
    for table in (_clean, _noisy, _placed, _timed):
        table(detectors)


if __name__ == "__main__":
    main()
