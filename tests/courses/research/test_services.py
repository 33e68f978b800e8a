"""A course leaves as a folder: what is in it, what is not, who may ask, and that a failure is told."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from courses.models import Course, OutcomeMeasure, ResearchExport, Session
from courses.research import services
from courses.research.services import hand_out, make_export, request_export
from eecp_clinic.errors import Conflict, NotAllowed, NotFound
from eecp_clinic.making import take_over
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment.replayed import make_replayed

pytestmark = pytest.mark.django_db
WHY = "Augmentation over the course"


@pytest.fixture
def course(nurse: User, physician: User, now: datetime) -> Course:
    """A course with one recorded session and one without a recording, and a baseline."""
    session = make_replayed(nurse, physician, minutes=2)
    Session.objects.filter(pk=session.pk).update(comments="Joan felt well", symptoms="none told")
    later = factories.make_appointment(session.course, session.device, now + timedelta(days=2))
    second = factories.make_session(later, nurse, Session.State.ENDED)
    factories.make_vitals(second, nurse)
    OutcomeMeasure.objects.create(
        course=session.course,
        point="baseline",
        measured_on=now.date() - timedelta(days=3),
        ccs_class=3,
        recorded_by=nurse,
    )
    return session.course


def made(course: Course, actor: User, now: datetime, *, deidentified: bool = True) -> ResearchExport:
    export = request_export(course=course, reason=WHY, deidentified=deidentified, actor=actor, now=now)
    assert make_export(export_id=export.pk, clock=lambda: now)
    export.refresh_from_db()
    return export


def content(export: ResearchExport) -> dict[str, bytes]:
    with default_storage.open(export.file.name) as file, zipfile.ZipFile(io.BytesIO(file.read())) as packed:
        return {name.split("/", 1)[1]: packed.read(name) for name in packed.namelist()}


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def test_folder_holds_the_whole_course(course: Course, physician: User, now: datetime) -> None:
    export = made(course, physician, now)
    files = content(export)
    assert [(row["session"], row["day"]) for row in rows(files, "sessions.csv")] == [("1", "0"), ("2", "2")]
    assert rows(files, "outcomes.csv")[0]["day"] == "-3"
    assert [row["t_s"] for row in rows(files, "readings.csv")] == ["100", "200"]
    assert len(rows(files, "minutes.csv")) == 2
    assert rows(files, "events.csv")[0]["length_s"] == "10"
    beats = pq.read_table(io.BytesIO(files["beats/session-01.parquet"]))
    assert beats.num_rows > 100
    assert export.missing == [
        "Session 2: no recording is bound to it.",
        "Session 2: no report was made, so there are no beats.",
    ]
    assert export.sessions_done == export.sessions_all == 2


def test_manifest_names_every_file_with_its_hash(course: Course, physician: User, now: datetime) -> None:
    files = content(made(course, physician, now))
    named = json.loads(files.pop("manifest.json"))["files"]
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == {
        name: entry["sha256"] for name, entry in named.items()
    }


def test_dictionary_has_every_column_that_was_written(course: Course, physician: User, now: datetime) -> None:
    files = content(made(course, physician, now, deidentified=False))
    told = {(row["file"], row["column"]) for row in rows(files, "data-dictionary.csv")}
    for name in files:
        if name.endswith(".csv") and name != "data-dictionary.csv":
            heading = files[name].decode().splitlines()[0].split(",")
            assert {(name, column) for column in heading} <= told


def test_deidentified_folder_tells_nobody_who_it_is(course: Course, physician: User, now: datetime) -> None:
    files = content(made(course, physician, now))
    assert "identity.csv" not in files and "notes.csv" not in files
    patient = course.patient
    words = (
        patient.family_name,
        patient.given_name,
        patient.mrn,
        course.code,
        "Nora",
        "comfortable",
        "Sensor",
        "felt well",
    )
    for name, data in files.items():
        for word in (*words, "2026", "23-NOV", str(course.sessions.first().recording_id)):  # type: ignore[union-attr]
            # A number may be digits of samples; only text is read.
            assert name.endswith((".edf", ".parquet")) or word.encode() not in data, (name, word)
    assert b"NOV" not in files["recordings/session-01.edf"][:256]


def test_named_folder_has_names_notes_and_the_file_as_stored(
    course: Course, physician: User, now: datetime
) -> None:
    files = content(made(course, physician, now, deidentified=False))
    assert rows(files, "identity.csv")[0]["family_name"] == course.patient.family_name
    assert {row["text"] for row in rows(files, "notes.csv")} >= {
        "comfortable",
        "Sensor moved",
        "Joan felt well",
    }
    recording = course.sessions.get(number=1).recording
    assert recording is not None
    assert hashlib.sha256(files["recordings/session-01.edf"]).hexdigest() == recording.file_sha256


def test_same_course_gives_the_same_bytes(course: Course, physician: User, now: datetime) -> None:
    first, second = made(course, physician, now), made(course, physician, now + timedelta(days=9))
    assert first.sha256 == second.sha256


def test_oldest_are_told_as_ninety(course: Course, physician: User, now: datetime) -> None:
    course.patient.birth_date = course.patient.birth_date.replace(year=1930)
    course.patient.save(update_fields=["birth_date"])
    assert rows(content(made(course, physician, now)), "course.csv")[0]["age_years"] == "90"


def test_lost_recording_is_named_and_the_rest_is_written(
    course: Course, physician: User, now: datetime
) -> None:
    recording = course.sessions.get(number=1).recording
    assert recording is not None
    default_storage.delete(recording.file.name)
    export = made(course, physician, now)
    assert (
        "Session 1: the file of its recording is missing or has changed since it was stored."
        in export.missing
    )
    assert "beats/session-01.parquet" in content(export)


def test_nurse_may_not_ask_and_a_reason_is_needed(
    course: Course, nurse: User, physician: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        request_export(course=course, reason=WHY, deidentified=True, actor=nurse, now=now)
    with pytest.raises(ValidationError):
        request_export(course=course, reason="  ", deidentified=True, actor=physician, now=now)


def test_same_question_while_one_is_made_gets_the_same_answer(
    course: Course, physician: User, now: datetime
) -> None:
    asked: dict[str, Any] = {"course": course, "reason": WHY, "actor": physician, "now": now}
    first = request_export(deidentified=True, **asked)
    assert request_export(deidentified=True, **asked) == first
    assert request_export(deidentified=False, **asked) != first


def test_export_is_made_once_and_taken_over_from_a_lost_worker(
    course: Course, physician: User, now: datetime
) -> None:
    export = made(course, physician, now)
    assert not make_export(export_id=export.pk, clock=lambda: now)
    ResearchExport.objects.filter(pk=export.pk).update(state="making", started_at=now)
    assert take_over(ResearchExport.objects.all(), now=now + timedelta(minutes=5)) == []
    assert take_over(ResearchExport.objects.all(), now=now + timedelta(minutes=16)) == [export.pk]


def test_failure_is_told(
    course: Course, physician: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("the disk is full")

    export = request_export(course=course, reason=WHY, deidentified=True, actor=physician, now=now)
    monkeypatch.setattr(services, "write_course", broken)
    with pytest.raises(OSError, match="full"):
        make_export(export_id=export.pk, clock=lambda: now)
    export.refresh_from_db()
    assert (export.state, "Ask again" in export.failure) == ("failed", True)


def test_only_what_was_made_is_handed_out(course: Course, physician: User, now: datetime) -> None:
    export = request_export(course=course, reason=WHY, deidentified=True, actor=physician, now=now)
    with pytest.raises(Conflict, match="not ready"):
        hand_out(export=export, actor=physician, now=now)
    make_export(export_id=export.pk, clock=lambda: now)
    export.refresh_from_db()
    with hand_out(export=export, actor=physician, now=now) as file:
        assert hashlib.sha256(file.read()).hexdigest() == export.sha256
    with default_storage.open(export.file.name, "wb") as file:
        file.write(b"other")
    with pytest.raises(Conflict, match="no longer"):
        hand_out(export=export, actor=physician, now=now)
    default_storage.delete(export.file.name)
    with pytest.raises(NotFound, match="gone"):
        hand_out(export=export, actor=physician, now=now)
    actions = AuditEvent.objects.filter(action__startswith="research.").values_list("action", flat=True)
    assert sorted(actions) == [
        "research.downloaded",
        "research.ready",
        "research.requested",
    ]


def test_page_asks_for_a_reason_then_shows_how_far_it_is(
    physician_client: Client, course: Course, now: datetime
) -> None:
    url = reverse("courses:research", args=[course.code])
    form = {"patient": course.patient.code, "deidentified": "on"}
    assert physician_client.post(url, form).status_code == 422
    response = physician_client.post(url, form | {"reason": WHY})
    export = ResearchExport.objects.get()
    assert response["Location"] == export.get_absolute_url()
    assert "The files are being written" in physician_client.get(response["Location"]).content.decode()
    make_export(export_id=export.pk, clock=lambda: now)
    assert "De-identified" in physician_client.get(response["Location"]).content.decode()
    file = physician_client.get(reverse("courses:research-file", args=[export.code]))
    assert file.getvalue()[:2] == b"PK"
    assert WHY in physician_client.get(url).content.decode()


def test_command_writes_a_folder(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    call_command("export_course", course.code, folder, reason=WHY, verbosity=0)
    assert (folder / "recordings" / "session-01.edf").stat().st_size > 10_000
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("export_course", course.code, folder, reason=WHY)
    with pytest.raises(CommandError, match="no course"):
        call_command("export_course", "nothing", tmp_path / "other", reason=WHY)
