"""The command line of the gating engine: answers on standard output, refusals in one sentence and exit code 2."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.gating_cli import BAD_INPUT, OK, main
from devices.gating_summary import STANDING
from devices.records.content import Mark, Signal
from devices.records.edf_files import write_edf_record
from devices.records.saving import marks_of, signals_of
from devices.records.wfdb_writing import write_wfdb
from tests.devices.records.samples import waveform

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[2] / "../shared")) / "data/ecg"
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A minute of counterpulsation as a WFDB record; its path without extension."""
    write_wfdb(tmp_path / "session", signals_of(waveform()), marks_of(waveform()))
    return tmp_path / "session"


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that must succeed prints."""
    assert main([str(argument) for argument in arguments]) == OK
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence of a command that must refuse."""
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert (status, out) == (BAD_INPUT, "")
    assert err.count("\n") == 1
    assert err.rstrip().endswith((".", ")"))
    return err


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answer(capsys, "analyse", *arguments, "--json"))
    return content


def test_beats_are_sample_numbers_one_a_line(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beats = [int(line) for line in answer(capsys, "beats", record).splitlines()]
    expected = 500 * (np.arange(62) + 0.2)
    assert len(beats) == pytest.approx(62, abs=1)
    assert all(np.abs(expected - beat).min() <= 3 for beat in beats)


def test_beats_of_a_public_record_are_where_experts_put_them(capsys: pytest.CaptureFixture[str]) -> None:
    place = SHARED / "mitdb/100"
    if not place.with_suffix(".dat").exists():
        pytest.skip(f"the public record {place} is not here; set EECP_SHARED to the folder that holds it")
    beats = np.array(answer(capsys, "beats", place).split(), dtype=np.int64)
    assert beats.size == pytest.approx(2273, abs=3)
    other = np.array(answer(capsys, "beats", place, "--channel", "V5").split(), dtype=np.int64)
    assert other.size == pytest.approx(2273, abs=30)


def test_beats_are_found_without_gain_or_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ecg = waveform().channels[0]
    write_wfdb(tmp_path / "s", [Signal("II", "mV", ecg.rate_hz, np.nan_to_num(ecg.samples))], ())
    header = (tmp_path / "s.hea").read_text().replace("10000(0)/mV", "0")
    (tmp_path / "s.hea").write_text(header)
    assert len(answer(capsys, "beats", tmp_path / "s").split()) == pytest.approx(62, abs=1)


@pytest.mark.parametrize("name", ["session", "session.hea", "session.dat"])
def test_record_may_be_named_by_any_of_its_files(
    name: str, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(capsys, record.parent / name)["beats"]["n"] > 50


def test_same_recording_in_edf_gives_the_same_figures(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_edf_record(tmp_path / "s.edf", signals_of(waveform()), marks_of(waveform()))
    first, second = (report(capsys, place, "--pressure", 260) for place in (record, tmp_path / "s.edf"))
    assert first["duration_s"] == second["duration_s"]
    assert first["triggers"]["sensitivity"] == second["triggers"]["sensitivity"]
    assert first["pressure"]["plateau_mmhg"] == second["pressure"]["plateau_mmhg"]


def test_report_names_engine_settings_and_input(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys, record)
    assert found["standing"] == STANDING
    assert found["engine_version"]
    assert len(found["config_fingerprint"]) == 64
    assert found["config"]["prescribed_pressure_mmhg"] is None
    assert found["pressure"]["attained_share"]["value"] is None
    for name, digest in found["input"]["sha256"].items():
        assert digest == hashlib.sha256((record.parent / name).read_bytes()).hexdigest()
    assert set(found["input"]["sha256"]) == {"session.hea", "session.dat", "session.eecp"}
    assert [row["minute"] for row in found["minutes"]] == [0, 1]
    assert sum(row["n_beats"] for row in found["minutes"]) == found["beats"]["n"]


def test_equal_input_gives_equal_bytes(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = answer(capsys, "analyse", record, "--json")
    assert answer(capsys, "analyse", record, "--json") == first
    assert "NaN" not in first
    assert "Infinity" not in first


def test_prescription_is_taken_from_options_over_settings(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clinic.toml").write_text("prescribed_pressure_mmhg = 220\nds_sought = 1.4\n")
    found = report(capsys, record, "--config", tmp_path / "clinic.toml", "--pressure", 250, "--minutes", 45)
    assert found["config"]["prescribed_pressure_mmhg"] == 250
    assert found["config"]["prescribed_minutes"] == 45
    assert found["config"]["ds_sought"] == 1.4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ds_wanted = 1.4", "no setting 'ds_wanted'"),
        ("ds_sought =", "not TOML"),
        ("ds_sought = 'high'", "must be a number"),
        ("[ds_sought]\na = 1", "must be a number"),
        ("prescribed_pressure_mmhg = 34", "likely kPa"),
    ],
)
def test_settings_that_are_not_possible_are_refused(
    text: str, says: str, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (record.parent / "c.toml").write_text(text)
    assert says in refusal(capsys, "analyse", record, "--config", record.parent / "c.toml")


def test_people_read_numbers_first_and_the_grade_last(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = answer(capsys, "analyse", record, "--minutes-table", "--pressure", 260)
    order = [
        text.index(part) for part in ("Triggers", "Pressure and dose", "minute beats", "What this", "Grade")
    ]
    assert order == sorted(order)
    assert text.rstrip().endswith(STANDING)
    assert "nan" not in text.lower()


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_beats_are_written_as_a_table(kind: str, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = record.parent / f"beats.{kind}"
    found = report(capsys, record, "--beats", table)
    first = table.read_bytes()
    report(capsys, record, "--beats", table)
    assert table.read_bytes() == first
    if kind == "csv":
        header, *rows = first.decode().splitlines()
        assert header.startswith("r_s,rr_ms,")
        assert len(rows) == found["beats"]["n"]
        assert "nan" not in first.decode()
    else:
        assert np.load(table)["r_s"].size == found["beats"]["n"]


def test_table_of_another_kind_or_place_is_refused(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ".csv or .npz" in refusal(capsys, "analyse", record, "--beats", "beats.xlsx")
    assert "cannot be used" in refusal(capsys, "analyse", record, "--beats", "/nowhere/beats.csv")


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["beats"], ["analyse"], ["analyse", "r", "--pressure", "high"], ["beats", "r", "--loud"]],
)
def test_command_that_is_not_one_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "--help" in refusal(capsys, *arguments)


@pytest.mark.parametrize("command", ["beats", "analyse"])
@pytest.mark.parametrize("place", ["/nowhere/100", ".", "/", "", "a" * 5000, "nul\0byte", "/dev/null"])
def test_record_that_is_not_there_is_refused(
    command: str,
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    refusal(capsys, command, place)


@pytest.mark.parametrize("missing", ["session.dat", "session.hea"])
def test_record_without_one_of_its_files_is_refused(
    missing: str, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (record.parent / missing).unlink()
    refusal(capsys, "analyse", record)


def hostile(kind: str) -> tuple[list[Signal], list[Mark]]:
    """A recording with one thing wrong or missing."""
    parts = {signal.name: signal for signal in signals_of(waveform(30 if kind != "ten seconds" else 10))}
    marks = list(marks_of(waveform(30 if kind != "ten seconds" else 10)))
    ecg = parts["ECG"]

    def with_ecg(samples: np.ndarray, rate_hz: float = 500.0) -> None:
        parts["ECG"] = Signal("ECG", "mV", rate_hz, samples)

    if kind == "nothing measured":
        with_ecg(np.full_like(ecg.samples, np.nan))
    elif kind == "flat":
        with_ecg(np.zeros_like(ecg.samples))
    elif kind == "clipped":
        with_ecg(np.clip(ecg.samples, -0.2, 0.2))
    elif kind == "inverted":
        with_ecg(-ecg.samples)
    elif kind.endswith("Hz"):
        rate = int(kind.removesuffix("Hz"))
        time_s = np.arange(30 * rate) / rate
        with_ecg(
            np.interp(time_s, np.arange(ecg.samples.size) / 500, np.nan_to_num(ecg.samples)), float(rate)
        )
    elif kind == "no events":
        marks = []
    elif kind.startswith("no "):
        parts = {name: s for name, s in parts.items() if kind.removeprefix("no ").upper() not in name}
    elif kind == "one sample":
        parts, marks = {"ECG": Signal("ECG", "mV", 500.0, np.zeros(1))}, []
    return list(parts.values()), marks


@pytest.mark.parametrize(
    "kind",
    ["nothing measured", "flat", "clipped", "inverted", "128Hz", "250Hz", "1000Hz", "2000Hz", "no ECG", "no PLETH",
     "no CUFF", "no events", "ten seconds", "one sample"],
)  # fmt: skip
def test_poor_recording_gets_a_report_without_made_up_numbers(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_wfdb(tmp_path / "s", *hostile(kind))
    found = report(capsys, tmp_path / "s", "--pressure", 260)
    if kind in ("nothing measured", "flat", "no ECG", "one sample"):
        assert found["beats"]["n"] == 0
        assert found["grade"] == "not assessable"
    if kind == "no events":
        assert found["triggers"]["sensitivity"]["value"] is None
        assert found["triggers"]["sensitivity"]["reason"]["sentence"]
    answer(capsys, "analyse", tmp_path / "s")


@FUZZ
@given(
    part=st.sampled_from(["hea", "dat", "eecp"]),
    place=st.integers(0, 400),
    junk=st.one_of(st.binary(max_size=12), st.text("0123456789.x/:+()- \nemV", max_size=12).map(str.encode)),
    cut=st.integers(0, 500) | st.none(),
)
def test_damaged_record_is_read_or_refused_in_a_sentence(
    part: str, place: int, junk: bytes, cut: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = waveform(2)
    write_wfdb(tmp_path / "s", signals_of(short), marks_of(short))
    path = tmp_path / f"s.{part}"
    data = bytearray(path.read_bytes())
    data[place : place + len(junk)] = junk
    path.write_bytes(data[:cut])
    status = main(["analyse", str(tmp_path / "s"), "--json"])
    out, err = capsys.readouterr()
    if status == OK:
        json.loads(out)
    else:
        assert (status, out, err.count("\n")) == (BAD_INPUT, "", 1)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The installed program, in a process of its own."""
    program = Path(sys.executable).with_name("eecp-gating")
    return subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def test_installed_program_answers_and_refuses(record: Path) -> None:
    done = run("beats", record)
    assert (done.returncode, done.stderr) == (OK, "")
    assert all(line.isdigit() for line in done.stdout.splitlines())
    refused = run("analyse", record.with_name("other"))
    assert (refused.returncode, refused.stdout) == (BAD_INPUT, "")
    assert refused.stderr.count("\n") == 1


def test_reader_that_stops_early_is_no_error(record: Path) -> None:
    program = Path(sys.executable).with_name("eecp-gating")
    done = subprocess.run(
        ["sh", "-c", f"'{program}' analyse '{record}' --json | head -c 10"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_program_does_not_need_the_server() -> None:
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['celery'] = None; sys.modules['msgspec'] = None; "
        "import devices.gating_cli as c, devices.gating.analyse, devices.gating_summary, devices.records.opening, "
        "devices.records.recording, devices.records.edf_files, devices.records.wfdb_reading; "
        "assert 'wfdb' not in sys.modules and 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
