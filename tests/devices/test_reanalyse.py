"""Old recordings judged by a new engine: beside the old reports, listed, once, whatever else fails."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from devices.analysis import report_of
from devices.gating.config import ENGINE_VERSION
from devices.models import Device, GatingReport, Recording
from devices.services import latest_report
from eecp_clinic.models import AuditEvent
from tests import factories
from tests.devices.gating.synthetic import Session, draw
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE

SINCE = "2026-11-23"
LONG_AGO = MONDAY_NINE - timedelta(days=30)


@pytest.fixture
def recording(device: Device) -> Recording:
    """Judged long ago, by an engine that knew less."""
    found = store_waveform(device, draw(Session(minutes=2)), MONDAY_NINE)
    old = {"inflation": {"off_inf_ms": {"value": -60.0, "unit": "ms"}}}
    factories.make_report(found, engine_version="0.9.0", grade="A", report=old, made_at=LONG_AGO)
    return found


def reanalyse(*options: str, engine: str = ENGINE_VERSION, since: str = SINCE) -> str:
    out = StringIO()
    call_command("reanalyse", "--engine", engine, "--since", since, *options, stdout=out, stderr=out)
    return out.getvalue()


def test_new_report_stands_beside_the_old(recording: Recording) -> None:
    old = latest_report(recording)
    reanalyse()
    assert set(recording.reports.values_list("engine_version", flat=True)) == {"0.9.0", ENGINE_VERSION}
    newest = latest_report(recording)
    assert newest is not None
    assert newest != old
    assert newest.beats_file


def test_what_changed_is_listed(recording: Recording) -> None:
    told = reanalyse()
    newest = latest_report(recording)
    assert newest is not None
    assert f"{recording.pk}: A -> {newest.grade}" in told
    assert "inflation.off_inf_ms: -60 ms to -" in told
    assert "1 judged by engine" in told.replace(" would be", "")


def test_second_run_does_nothing(recording: Recording) -> None:
    reanalyse()
    told = reanalyse()
    assert "1 had its report" in told
    assert recording.reports.count() == 2
    assert AuditEvent.objects.filter(action="recording.reanalysed").count() == 1


def test_dry_run_lists_the_same_and_keeps_nothing(recording: Recording) -> None:
    would = reanalyse("--dry-run")
    assert recording.reports.count() == 1
    assert not AuditEvent.objects.filter(action="recording.reanalysed").exists()
    assert would.splitlines()[:2] == reanalyse().splitlines()[:2]


def test_it_is_audited(recording: Recording) -> None:
    reanalyse()
    event = AuditEvent.objects.get(action="recording.reanalysed")
    assert event.data["before"] == "A"
    assert event.data["engine_version"] == ENGINE_VERSION


def test_one_that_fails_does_not_stop_the_rest(device: Device, recording: Recording) -> None:
    lost = factories.make_recording(device, MONDAY_NINE - timedelta(hours=1), file="recordings/lost.edf")
    with pytest.raises(CommandError, match="1 recordings could not be judged"):
        reanalyse()
    assert recording.reports.count() == 2
    assert lost.reports.count() == 0


def test_recording_without_report_gets_its_first(device: Device) -> None:
    recording = store_waveform(device, draw(Session(minutes=1)))
    assert "the first report" in reanalyse()
    assert recording.reports.count() == 1


def test_day_is_the_clinics_own(device: Device) -> None:
    """03:00 in UTC is still the evening before in Chicago."""
    evening = MONDAY_NINE.replace(hour=3)
    recording = store_waveform(device, draw(Session(minutes=1)), evening)
    assert "0 recordings" in reanalyse()
    assert "1 recordings" in reanalyse(since="2026-11-22")
    assert recording.reports.count() == 1


def test_another_engine_than_the_installed_is_refused(recording: Recording) -> None:
    with pytest.raises(CommandError, match=rf"9\.9\.9 is not installed; here is {ENGINE_VERSION}"):
        reanalyse(engine="9.9.9")


def test_date_that_is_none_is_refused(recording: Recording) -> None:
    with pytest.raises(CommandError, match="write it as"):
        reanalyse(since="last week")


def test_by_another_prescription_is_another_report(recording: Recording) -> None:
    report_of(recording=recording, now=MONDAY_NINE)
    recording.prescribed_pressure_mmhg = 260
    recording.save(update_fields=["prescribed_pressure_mmhg"])
    reanalyse()
    assert GatingReport.objects.count() == 3
