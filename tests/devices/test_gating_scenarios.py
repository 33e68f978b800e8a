"""Simulated sessions written as files: the same bytes for the same seed, and their truth beside them."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from devices.gating_cli import BAD_INPUT, OK, main
from devices.records.opening import read_record
from devices.records.recording import recording_of
from devices.records.saving import signals_of
from devices.records.wfdb_writing import write_wfdb
from devices.waveform import ChannelName
from tests.devices.records.samples import waveform

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[2] / "../shared")) / "data/ecg"
SCENARIO = 'title = "A short one"\nminutes = 1\n'


def simulate(scenario: object, folder: Path, *more: object, seed: int = 3) -> int:
    words = ["simulate", "--scenario", scenario, "--seed", seed, "--out", folder, *more]
    return main([str(word) for word in words])


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    (tmp_path / "short.toml").write_text(SCENARIO)
    return tmp_path / "short.toml"


def test_session_is_written_with_its_truth_and_can_be_judged(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(scenario, tmp_path / "new/folder") == OK
    truth = json.loads((tmp_path / "new/folder/truth.json").read_text())
    assert truth["seed"] == 3
    found = recording_of(read_record(str(tmp_path / "new/folder/session")))
    assert [channel.name for channel in found.waveform.channels] == list(ChannelName)
    assert found.waveform.duration_s == truth["duration_s"]
    assert found.notes == ()
    assert main(["analyse", str(tmp_path / "new/folder/session"), "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    assert report["beats"]["n"] == pytest.approx(len(truth["beats"]["r_s"]), abs=3)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(scenario: Path, tmp_path: Path) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert simulate(scenario, tmp_path / folder, seed=seed) == OK
    for name in ("session.hea", "session.dat", "session.eecp", "truth.json"):
        first, same, other = ((tmp_path / folder / name).read_bytes() for folder in "abc")
        assert first == same
        assert first != other


def test_packaged_scenarios_are_listed_and_run_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenarios"]) == OK
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"perfect", "unit-kpa", "fibrillation"} <= set(names)
    assert names == sorted(names)


def test_pressure_in_another_unit_is_written_and_read_as_such(tmp_path: Path) -> None:
    assert simulate("unit-kpa", tmp_path / "s") == OK
    found = recording_of(read_record(str(tmp_path / "s/session")))
    assert [source.unit for source in found.sources if "CUFF" in source.channel] == ["kPa"] * 3
    thigh = found.waveform.channel(ChannelName.CUFF_THIGH)
    assert thigh is not None
    assert 200 < np.nanmax(thigh.samples) < 350


def test_real_ecg_takes_the_place_of_the_simulated_one(scenario: Path, tmp_path: Path) -> None:
    place = SHARED / "mitdb/100"
    if not place.with_suffix(".dat").exists():
        pytest.skip(f"the public record {place} is not here; set EECP_SHARED to the folder that holds it")
    assert simulate(scenario, tmp_path / "s", "--ecg", f"{place}.hea") == OK
    truth = json.loads((tmp_path / "s/truth.json").read_text())
    expected_s = np.array([77, 370, 662, 946]) / 360  # the first beats as experts marked them
    assert truth["beats"]["r_s"][:4] == pytest.approx(expected_s, abs=0.01)
    ecg = read_record(str(tmp_path / "s/session")).signals[0]
    assert ecg.rate_hz == 360


@pytest.mark.parametrize(
    ("text", "says"),
    [("minutes = 'long'", "minutes"), ("minutes = ", "TOML"), ("speed = 3", "no key 'speed'"), ("\xff", "")],
)
def test_scenario_that_cannot_be_run_is_refused(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_bytes(text.encode("latin-1"))
    assert simulate(tmp_path / "bad.toml", tmp_path / "s") == BAD_INPUT
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("given", ["no-such-scenario", ".", "a" * 5000, "nul\0byte"])
def test_scenario_that_is_not_there_is_refused(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(given, tmp_path / "s") == BAD_INPUT
    assert capsys.readouterr().err.count("\n") == 1


def test_ecg_that_is_none_is_refused(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_wfdb(tmp_path / "cuffs", signals_of(waveform())[1:], ())
    assert simulate(scenario, tmp_path / "s", "--ecg", tmp_path / "cuffs") == BAD_INPUT
    assert "has no ECG" in capsys.readouterr().err
    assert simulate(scenario, tmp_path / "s", "--ecg", tmp_path / "nothing") == BAD_INPUT


def test_seed_that_is_not_a_whole_number_is_refused(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        simulate(scenario, tmp_path / "s", "--seed", "-1")
    assert stop.value.code == BAD_INPUT
    assert "whole number" in capsys.readouterr().err
