"""Simulated sessions as files: scenarios by name or from a file, run and written with their truth."""

import json
from importlib.resources import files
from pathlib import Path

from devices.records.content import BadRecord, Floats
from devices.records.names import ecg_of
from devices.records.opening import read_record, without_extension
from devices.records.saving import marks_of, signals_of
from devices.records.units import ecg_in_mv
from devices.records.wfdb_reading import beats_beside
from devices.records.wfdb_writing import write_wfdb
from devices.simulator.scenario import InvalidScenario, read_scenario, run
from devices.simulator.truth import to_dict
from devices.waveform import Channel, ChannelName


def titles() -> list[tuple[str, str]]:
    """Name and title of each packaged scenario, by name."""
    return [(name, read_scenario(text).title) for name, text in sorted(_packaged().items())]


def write_session(scenario: str, seed: int, folder: Path, ecg_record: str | None = None) -> None:
    """Write ``session.hea``, ``.dat``, ``.eecp`` and ``truth.json`` into a folder, which is made where missing.

    Parameters
    ----------
    scenario
        Path of a TOML file, or the name of a packaged scenario.
    ecg_record
        A record whose ECG takes the place of the simulated one, with the beats of its ``.atr`` file where
        there is one.

    Raises
    ------
    BadRecord
        The scenario or the record cannot be used.
    """
    text = _text_of(scenario)
    ecg, r_s = _known_ecg(ecg_record) if ecg_record is not None else (None, None)
    try:
        simulation = run(read_scenario(text), seed, ecg=ecg, r_s=r_s)
    except InvalidScenario as error:
        raise BadRecord(str(error)) from error
    truth = json.dumps(to_dict(simulation), indent=1, ensure_ascii=False, allow_nan=False)
    signals = signals_of(simulation.waveform, simulation.units)
    folder.mkdir(parents=True, exist_ok=True)
    write_wfdb(folder / "session", signals, marks_of(simulation.waveform))
    (folder / "truth.json").write_text(f"{truth}\n", encoding="utf-8")


def _packaged() -> dict[str, str]:
    """The text of each packaged scenario by its name."""
    folder = files("devices.simulator") / "scenarios"
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }


def _text_of(scenario: str) -> str:
    packaged = _packaged()
    if scenario in packaged:
        return packaged[scenario]
    try:
        return Path(scenario).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadRecord(
            f"There is no scenario {scenario}; give a TOML file, or a name that `eecp-gating scenarios` lists."
        ) from None
    except ValueError as error:  # also what is not UTF-8
        raise BadRecord(f"The scenario {scenario[:80]} is not a text: {error}.") from error


def _known_ecg(place: str) -> tuple[Channel, Floats | None]:
    """The ECG of a record, and its true R times where experts have marked them."""
    signal = ecg_of(read_record(place).signals)
    if signal is None:
        raise BadRecord(f"The record {place} has no ECG; give one that has.")
    return Channel(ChannelName.ECG, signal.rate_hz, ecg_in_mv(signal)), beats_beside(
        without_extension(place), "atr"
    )
