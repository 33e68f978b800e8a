"""The gating engine without a server: ``eecp-gating beats|analyse|simulate|scenarios``.

Exit codes: 0 the answer is printed, also where it says that little could be assessed; 2 the input cannot be
used, with one sentence on standard error that names the way out. Libraries are imported where they are needed,
because `beats` shall answer at once.
"""

import argparse
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from devices.records.content import BadRecord

if TYPE_CHECKING:
    from devices.gating.config import GatingConfig
    from devices.gating.report import BeatTable

OK, BAD_INPUT = 0, 2


class _Parser(argparse.ArgumentParser):
    """A parser that refuses in one sentence, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except (BadRecord, OSError, MemoryError) as error:
        print(_sentence(error), file=sys.stderr)
        return BAD_INPUT
    return status


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "The record is too large for the memory of this machine; give a shorter one."
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    return " ".join(str(error).split())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="eecp-gating", description="Find beats in an ECG and judge the gating of counterpulsation."
    )
    commands = parser.add_subparsers(required=True, metavar="beats | analyse | simulate | scenarios")

    beats = commands.add_parser("beats", help="print the sample number of each R peak, one a line")
    _add_record(beats)
    beats.set_defaults(run=_beats)

    analyse = commands.add_parser("analyse", help="print the report of a recording")
    _add_record(analyse)
    analyse.add_argument(
        "--events", metavar="EXT", help="WFDB annotation file with the events (default eecp)"
    )
    analyse.add_argument("--json", action="store_true", help="the whole report as JSON")
    analyse.add_argument("--pressure", type=float, metavar="MMHG", help="prescribed pressure, mmHg")
    analyse.add_argument("--minutes", type=float, metavar="MIN", help="prescribed minutes")
    analyse.add_argument("--config", type=Path, metavar="FILE", help="TOML with settings of the engine")
    analyse.add_argument("--minutes-table", action="store_true", help="add a row for each minute")
    analyse.add_argument("--beats", type=Path, metavar="FILE", help="write a row for each beat, .csv or .npz")
    analyse.set_defaults(run=_analyse)

    simulate = commands.add_parser("simulate", help="write a simulated session, and beside it the truth")
    simulate.add_argument(
        "--scenario", required=True, metavar="FILE", help="a TOML file, or the name of a packaged one"
    )
    simulate.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="the same seed gives the same bytes"
    )
    simulate.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="where session.hea and others go"
    )
    simulate.add_argument("--ecg", metavar="RECORD", help="a real ECG in place of the simulated one")
    simulate.set_defaults(run=_simulate)

    scenarios = commands.add_parser("scenarios", help="list the packaged scenarios")
    scenarios.set_defaults(run=_scenarios)
    return parser


def _seed(text: str) -> int:
    """Seeds are whole numbers from 0 on; argparse turns the refusal into a sentence."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return int(text)


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="RECORD", help="a WFDB record without extension, or an EDF file")
    parser.add_argument("--channel", metavar="NAME", help="the signal to take as the ECG")


def _beats(arguments: argparse.Namespace) -> int:
    from devices.records.names import ecg_of
    from devices.records.opening import read_record
    from devices.records.units import ecg_in_mv, refuse_rate_of_no_ecg

    content = read_record(arguments.record)
    signal = ecg_of(content.signals, arguments.channel)
    if signal is None:
        names = ", ".join(s.name or "(no name)" for s in content.signals)
        raise BadRecord(f"The record has no ECG, only {names or 'nothing'}; name the signal with --channel.")
    refuse_rate_of_no_ecg(signal)
    # Without a gain or unit the height is not known, but where the beats are can still be seen.
    known = signal.calibrated and signal.unit
    samples = ecg_in_mv(signal) if known else signal.samples
    peaks = r_peaks_of(samples, signal.rate_hz)
    sys.stdout.write("".join(f"{peak}\n" for peak in peaks))
    return OK


def r_peaks_of(samples: Any, rate_hz: float) -> list[int]:
    from devices.gating.detector import r_peaks

    return [round(at) for at in r_peaks(samples, rate_hz).tolist()]


def _analyse(arguments: argparse.Namespace) -> int:
    from devices.gating.analyse import analyse
    from devices.gating_summary import to_json, to_text
    from devices.records.opening import read_record
    from devices.records.recording import recording_of

    config = _config(arguments)
    if arguments.beats is not None and arguments.beats.suffix not in (".csv", ".npz"):
        raise BadRecord(f"Beats are written as .csv or .npz, not as '{arguments.beats.name}'.")
    recording = recording_of(read_record(arguments.record, arguments.events), arguments.channel)
    report = analyse(recording.waveform, config)
    if arguments.beats is not None:
        _write_beats(report.beats, arguments.beats)
    if arguments.json:
        print(to_json(recording, config, report))
    else:
        print(to_text(recording, report, minutes=arguments.minutes_table))
    return OK


def _config(arguments: argparse.Namespace) -> "GatingConfig":
    """What was prescribed and set; what nobody said stays not known."""
    from dataclasses import fields

    from devices.gating.config import GatingConfig, InvalidGatingConfig

    settings: dict[str, Any] = {"prescribed_pressure_mmhg": None, "prescribed_minutes": None}
    if arguments.config is not None:
        settings |= _settings_in(arguments.config)
    given = {"prescribed_pressure_mmhg": arguments.pressure, "prescribed_minutes": arguments.minutes}
    settings |= {name: value for name, value in given.items() if value is not None}
    unknown = sorted(settings.keys() - {field.name for field in fields(GatingConfig)})
    if unknown:
        raise BadRecord(
            f"There is no setting '{unknown[0]}' in the engine; docs/gating.md lists the settings."
        )
    try:
        return GatingConfig(**settings)
    except InvalidGatingConfig as error:
        raise BadRecord(str(error)) from error


def _settings_in(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRecord(f"The settings {path} are not TOML: {error}.") from error


def _write_beats(table: "BeatTable", path: Path) -> None:
    """One row a beat; in CSV an empty field is not known."""
    from dataclasses import fields

    import numpy as np

    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    if path.suffix == ".npz":
        np.savez(path, **columns)
        return
    rows = np.column_stack(list(columns.values())).tolist()
    lines = [",".join("" if value != value else f"{value:.6f}" for value in row) for row in rows]
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")


def _scenarios(_: argparse.Namespace) -> int:
    from devices.gating_scenarios import titles

    for name, title in titles():
        print(f"{name:<28} {title}")
    return OK


def _simulate(arguments: argparse.Namespace) -> int:
    from devices.gating_scenarios import write_session

    write_session(arguments.scenario, arguments.seed, arguments.out, arguments.ecg)
    return OK
