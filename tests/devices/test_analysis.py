"""A report is kept with its beats and the hashes of both; making it again gives the same bytes."""

import hashlib

import pgtrigger
import pytest
from django.core.files.storage import default_storage
from django.db import ProgrammingError, transaction

from devices.analysis import report_of
from devices.gating.config import ENGINE_VERSION
from devices.models import Device, GatingReport, Recording
from devices.report_files import DamagedReport, canonical, damages, digest, read_beats
from tests import factories
from tests.devices.gating.synthetic import Session, draw
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE


@pytest.fixture
def recording(device: Device) -> Recording:
    return store_waveform(device, draw(Session(minutes=2)), prescribed_pressure_mmhg=260)


def made(recording: Recording) -> GatingReport:
    return report_of(recording=recording, now=MONDAY_NINE)


def stored(report: GatingReport) -> bytes:
    with default_storage.open(report.beats_file.name) as file:
        data: bytes = file.read()
    return data


def test_report_keeps_its_beats_beside_it(recording: Recording) -> None:
    report = made(recording)
    beats = read_beats(report)
    assert beats is not None
    assert beats.column("r_s").size == report.report["beats"]["n"]
    assert len(beats.averages.minutes) == len(report.report["minutes"])
    assert beats.averages.whole.is_drawn


def test_name_says_of_which_analysis_of_which_file_the_beats_are(recording: Recording) -> None:
    report = made(recording)
    own = f"{recording.pk}-{ENGINE_VERSION}-{report.config_sha256[:12]}-{recording.file_sha256[:12]}"
    assert report.beats_file.name == f"reports/2026/11/{own}.npz"


def test_hashes_are_of_what_is_stored(recording: Recording) -> None:
    report = GatingReport.objects.get(pk=made(recording).pk)
    assert hashlib.sha256(stored(report)).hexdigest() == report.beats_sha256
    assert digest(report.report) == report.report_sha256
    assert damages(report) == []


def test_made_twice_there_is_one_row(recording: Recording) -> None:
    assert made(recording).pk == made(recording).pk
    assert GatingReport.objects.count() == 1


def test_made_again_it_is_the_same_to_the_byte(recording: Recording) -> None:
    first = made(recording)
    beats, text, name = stored(first), canonical(first.report), first.beats_file.name
    with transaction.atomic():
        forget(first)
        again = made(recording)
    assert (stored(again), canonical(again.report), again.beats_file.name) == (beats, text, name)
    assert len(default_storage.listdir("reports/2026/11")[1]) == 1


def forget(report: GatingReport) -> None:
    """As if the run had died after the file and before the row."""
    with pgtrigger.ignore("devices.GatingReport:report_is_final"):
        report.delete()


def test_half_written_file_of_a_dead_run_is_not_taken_for_the_beats(recording: Recording) -> None:
    first = made(recording)
    name = first.beats_file.name
    forget(first)
    with default_storage.open(name, "wb") as file:
        file.write(b"half")
    again = made(recording)
    assert again.beats_file.name != name
    assert damages(again) == []


def test_changed_beats_are_noticed(recording: Recording) -> None:
    report = made(recording)
    with default_storage.open(report.beats_file.name, "wb") as file:
        file.write(b"other")
    with pytest.raises(DamagedReport, match="SHA-256"):
        read_beats(report)
    assert len(damages(report)) == 1


def test_lost_beats_are_noticed(recording: Recording) -> None:
    report = made(recording)
    default_storage.delete(report.beats_file.name)
    with pytest.raises(DamagedReport, match="missing"):
        read_beats(report)


def test_changed_report_is_noticed(recording: Recording) -> None:
    report = made(recording)
    report.report["grade"] = "A+"
    assert damages(report) == [f"the report {report.code} does not have its SHA-256"]


def test_report_cannot_be_changed_in_the_database(recording: Recording) -> None:
    report = made(recording)
    with pytest.raises(ProgrammingError), transaction.atomic():
        GatingReport.objects.filter(pk=report.pk).update(beats_sha256="")


def test_report_of_before_beats_were_kept_has_none(device: Device) -> None:
    old = factories.make_report(factories.make_recording(device))
    assert read_beats(old) is None
    assert damages(old) == []


def test_canonical_text_knows_no_nan_and_no_negative_zero() -> None:
    assert canonical({"b": -0.0, "a": (1, None)}) == '{"a":[1,null],"b":0.0}'
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})
