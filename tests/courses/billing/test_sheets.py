"""The sheet of a signed session: really rendered, once, again beside it when something was added, handed out as made."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from courses.billing.services import hand_out_sheet, render_sheet, request_sheets, retry_sheet
from courses.billing.sheet.due_sheets import due_sheets
from courses.billing.sheet.sheet_document import gather_sheet, lay_out
from courses.models import Session, SessionSheet, TreatmentRules
from courses.progress.services import note_supervision
from courses.tasks import make_due_sheets, make_sheets
from courses.treatment.services import amend_session, countersign_sessions
from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import AuditEvent, User
from tests.courses.treatment import scenes
from tests.factories import PASSWORD

State = SessionSheet.State


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    TreatmentRules.objects.create(
        clinic=nurse.memberships.get().clinic,
        owner=physician,
        settled_at=now - timedelta(days=7),
        effective_on=now.date() - timedelta(days=7),
        reason="Agreed",
        countersignature=True,
    )
    return scenes.make_signed(nurse, physician, now)


def make(session: Session, now: datetime) -> SessionSheet:
    """Asked for and rendered; the newest."""
    for key in request_sheets(sessions=[session.pk], now=now):
        render_sheet(sheet_id=key, now=now)
    return SessionSheet.objects.filter(session=session).latest("version")


def amend(session: Session, by: User, now: datetime) -> None:
    amend_session(
        session=session,
        kind="correction",
        field="vital_signs/before/systolic_mmhg",
        corrected="118",
        reason="Read off the wrong line",
        password=PASSWORD,
        actor=by,
        now=now,
    )


def reader_of(sheet: SessionSheet) -> PdfReader:
    with sheet.file.open("rb") as file:
        return PdfReader(BytesIO(file.read()))


def text_of(sheet: SessionSheet) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader_of(sheet).pages)


def test_sheet_stands_alone_for_a_reviewer(signed: Session, now: datetime) -> None:
    sheet = make(signed, now + timedelta(hours=2))
    assert (sheet.state, sheet.version) == (State.READY, 1)
    whole = "".join(text_of(sheet).split())
    clinic, order, signature = signed.course.clinic, signed.course.order, signed.signature
    assert signature is not None
    for piece in (
        "SAMPLE, Joan",
        clinic.name,
        clinic.npi,
        order.code,
        "I25.112",
        "Session 1 of 35",
        signed.device.serial,
        "128 mmHg",
        "Full time delivered",
        "min gated",
        "Electronically signed by Nora Nurse-Example, RN",
        signature.content_sha256,
        str(signed.recording_id),
        "The content was verified against its signature.",
        "not an alarm system",
    ):
        assert "".join(piece.split()) in whole, piece


def test_every_page_says_whose_it_is_and_leaves_room_below(signed: Session, now: datetime) -> None:
    sheet = make(signed, now)
    pages = reader_of(sheet).pages
    assert sheet.pages == len(pages)
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.extract_text().split())
        assert f"MRN {signed.course.patient.mrn}" in text
        assert f"sheet page {number} of {len(pages)}" in text
        assert "Session 1 of 35" in text
        lowest: list[float] = []
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: lowest.append(_height(text, cm, tm)))  # noqa: B023  # called within the turn
        assert min(lowest) > 34  # points: 12 mm stay free for the packet's own page x of y


def _height(text: str, cm: list[float], tm: list[float]) -> float:
    """Where a text stands above the lower edge, in points; nothing where there is no text."""
    if not text.strip():
        return 1000.0
    return float(cm[1] * tm[4] + cm[3] * tm[5] + cm[5])


def test_sheet_is_tagged_with_language_and_title(signed: Session, now: datetime) -> None:
    reader = reader_of(make(signed, now))
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("en")  # type: ignore[index]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert reader.metadata is not None
    assert "EECP session 1, SAMPLE, Joan" in str(reader.metadata.title)


def test_same_record_gives_the_same_bytes_and_no_second_version(signed: Session, now: datetime) -> None:
    sheet = make(signed, now)
    again = lay_out(gather_sheet(Session.objects.get(pk=signed.pk)), 1)
    assert hashlib.sha256(again.content).hexdigest() == sheet.sha256
    assert make(signed, now + timedelta(days=9)) == sheet
    sheet.refresh_from_db()
    assert sheet.compared_at == now + timedelta(days=9)


def test_correction_stands_below_the_table_whose_value_it_corrects(
    signed: Session, nurse: User, now: datetime
) -> None:
    amend(signed, nurse, now + timedelta(hours=3))
    text = text_of(make(signed, now + timedelta(hours=3)))
    line = "Corrected after signing: Vital signs, Before: Systolic: 128 mmHg 118 mmHg (amendment A1 below)"
    assert line in text
    assert text.index("Vital signs") < text.index(line) < text.index("Flowsheet")
    assert "A1 Correction" in text


def test_amendment_and_countersignature_make_versions_beside_the_first(
    signed: Session, nurse: User, physician: User, now: datetime
) -> None:
    first = make(signed, now)
    amend(signed, nurse, now + timedelta(hours=3))
    second = make(signed, now + timedelta(hours=3))
    countersign_sessions(
        clinic=signed.course.clinic,
        seen={signed.code: 1},
        password=PASSWORD,
        actor=physician,
        now=now + timedelta(hours=4),
    )
    third = make(signed, now + timedelta(hours=4))
    assert [sheet.version for sheet in (first, second, third)] == [1, 2, 3]
    first.refresh_from_db()
    assert "Correction" not in text_of(first)
    assert "As signed: 128 mmHg. Correct: 118 mmHg." in text_of(second)
    assert "128 mmHg" in text_of(second)
    assert "Reviewed and countersigned" not in text_of(second)
    assert "Reviewed and countersigned" in text_of(third)


def test_supervision_noted_later_makes_another_version(
    signed: Session, physician: User, now: datetime
) -> None:
    first = make(signed, now)
    note_supervision(
        clinic=signed.course.clinic,
        practitioner=physician,
        mode="onsite",
        started_at=now - timedelta(hours=1),
        ended_at=now + timedelta(hours=2),
        now=now + timedelta(days=1),
        reason="Forgotten in the rush",
        password=PASSWORD,
    )
    second = make(signed, now + timedelta(days=1))
    assert "Petra Physician-Example, MD" in text_of(second)
    assert "written down 24-Nov-2026 09:00" in " ".join(text_of(second).split())
    assert (first.version, second.version) == (1, 2)


def test_task_that_runs_twice_makes_it_once(signed: Session) -> None:
    for _ in range(2):
        make_sheets([signed.pk])
    assert SessionSheet.objects.get().version == 1
    assert AuditEvent.objects.filter(action="sheet.ready").count() == 1


def test_sweep_makes_what_no_announcement_asked_for(signed: Session, nurse: User, now: datetime) -> None:
    make_due_sheets()
    assert SessionSheet.objects.get().state == State.READY
    assert due_sheets(now=now) == []
    amend(signed, nurse, now + timedelta(hours=3))
    make_due_sheets()
    assert SessionSheet.objects.ready().count() == 2


def test_unsigned_session_gets_none(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_complete(nurse, physician, now)
    assert request_sheets(sessions=[session.pk], now=now) == []
    assert due_sheets(now=now) == []


def test_signing_asks_for_a_sheet_after_commit(
    nurse: User,
    physician: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: type,
) -> None:
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: sent.append((name, args[0])))
    with django_capture_on_commit_callbacks(execute=True):
        session = scenes.make_signed(nurse, physician, now)
    assert ("courses.tasks.make_sheets", [session.pk]) in sent


@pytest.fixture
def broken_storage(tmp_path: Path) -> Iterator[None]:
    """A file stands where the folder of sheets should be."""
    (tmp_path / "media").mkdir(exist_ok=True)
    block = tmp_path / "media" / "sheets"
    block.write_text("in the way")
    yield
    if block.is_file():
        block.unlink()


@pytest.mark.usefixtures("broken_storage")
def test_failure_is_said_in_words_and_tried_again_by_itself(
    signed: Session, now: datetime, tmp_path: Path, nurse_client: Client
) -> None:
    with pytest.raises(OSError, match="sheets"):
        make(signed, now)
    failed = SessionSheet.objects.get()
    assert failed.state == State.FAILED
    assert failed.failure in nurse_client.get(signed.get_absolute_url()).content.decode()
    assert due_sheets(now=now + timedelta(minutes=1)) == []
    assert due_sheets(now=now + timedelta(minutes=3)) == [failed.pk]
    (tmp_path / "media" / "sheets").unlink()
    assert render_sheet(sheet_id=failed.pk, now=now + timedelta(minutes=3))


@pytest.mark.usefixtures("broken_storage")
def test_person_may_try_again_and_is_told_after_several_failures(
    signed: Session, nurse: User, now: datetime
) -> None:
    (key,) = request_sheets(sessions=[signed.pk], now=now)
    for attempt in range(5):
        with pytest.raises(OSError, match="sheets"):
            render_sheet(sheet_id=key, now=now + timedelta(minutes=3 * attempt))
    assert "Tell the administrator" in SessionSheet.objects.get().failure
    assert due_sheets(now=now + timedelta(days=1)) == []
    retry_sheet(session=signed, actor=nurse, now=now)
    assert SessionSheet.objects.get().state == State.QUEUED
    with pytest.raises(Conflict):
        retry_sheet(session=signed, actor=nurse, now=now)


def test_sheet_left_half_made_is_taken_over(signed: Session, now: datetime) -> None:
    (key,) = request_sheets(sessions=[signed.pk], now=now)
    SessionSheet.objects.update(state=State.MAKING, started_at=now)
    assert due_sheets(now=now + timedelta(minutes=14)) == []
    assert due_sheets(now=now + timedelta(minutes=16)) == [key]


def test_sheet_that_is_ready_is_final(signed: Session, now: datetime) -> None:
    sheet = make(signed, now)
    rows = SessionSheet.objects.filter(pk=sheet.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(sha256="cd" * 32)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_download_is_what_was_made_and_the_audit_trail_says_who_took_it(
    signed: Session, nurse: User, nurse_client: Client, now: datetime
) -> None:
    sheet = make(signed, now)
    answer = nurse_client.get(reverse("courses:sheet-file", args=[signed.code, 1]))
    assert hashlib.sha256(answer.content).hexdigest() == sheet.sha256
    assert answer["Content-Type"] == "application/pdf"
    event = AuditEvent.objects.get(action="sheet.downloaded")
    assert (event.actor, event.data["sha256"]) == (nurse, sheet.sha256)


def test_person_of_another_clinic_finds_no_sheet(
    signed: Session, outsider_client: Client, now: datetime
) -> None:
    make(signed, now)
    assert outsider_client.get(reverse("courses:sheet-file", args=[signed.code, 1])).status_code == 404


def test_file_that_was_changed_or_lost_or_is_not_there_yet_is_not_handed_out(
    signed: Session, nurse: User, now: datetime
) -> None:
    request_sheets(sessions=[signed.pk], now=now)
    with pytest.raises(Conflict, match="being made"):
        hand_out_sheet(sheet=SessionSheet.objects.get(), actor=nurse, now=now)
    sheet = make(signed, now)
    path = Path(sheet.file.path)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Conflict, match="no longer the one"):
        hand_out_sheet(sheet=sheet, actor=nurse, now=now)
    path.unlink()
    with pytest.raises(NotFound, match="gone"):
        hand_out_sheet(sheet=sheet, actor=nurse, now=now)


def test_page_says_being_made_until_it_is_there(signed: Session, nurse_client: Client, now: datetime) -> None:
    waiting = nurse_client.get(
        reverse("courses:sheet", args=[signed.code]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Being made" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    make(signed, now)
    done = nurse_client.get(
        reverse("courses:sheet", args=[signed.code]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Session sheet (PDF)" in done
    assert "hx-trigger" not in done


def test_file_of_a_sheet_is_known_again_by_the_command(signed: Session, nurse: User, now: datetime) -> None:
    sheet, said = make(signed, now), StringIO()
    call_command("verify_packet", sheet.file.path, stdout=said)
    assert f"Known: sheet of session {signed.code}, version 1" in said.getvalue()
    assert "The content was verified against its signature." in said.getvalue()
    assert "the same bytes" in said.getvalue()
    amend(signed, nurse, now + timedelta(hours=3))
    call_command("verify_packet", sheet.file.path, stdout=said)
    assert "other bytes" in said.getvalue()
