"""A packet is proven against database and files; whatever is changed by force, verification names the line."""

import hashlib
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pypdf import PdfReader

from courses.billing.packet.links import Kind, Verdict, links_of
from courses.billing.packet.proof import NotAPacket, evidence_in, prove
from courses.billing.services import render_packet, request_packet
from courses.models import ClaimFile, Packet, Session
from courses.progress.services import record_outcome
from courses.treatment.services import amend_session, countersign_sessions
from eecp_clinic.models import User
from tests.courses.billing.packets_given import (
    LATER,
    answered,
    file_consent,
    recorded_session,
    reviewed,
    sent_claim,
)
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.courses.treatment.test_verifying import triggers_off
from tests.factories import PASSWORD


@pytest.fixture
def packet(given: Given, biller: User) -> Packet:
    """Of one signed, recorded, amended, countersigned and claimed session."""
    file_consent(given)
    session = recorded_session(given, 0, b"first second", b"next second")
    amend_session(
        session=session,
        kind="addendum",
        reason="Forgotten",
        text="Slept well.",
        password=PASSWORD,
        actor=given.nurse,
        now=LATER,
    )
    seen = {session.code: 1}
    countersign_sessions(clinic=given.clinic, seen=seen, password=PASSWORD, actor=given.physician, now=LATER)
    reviewed(given)
    answered(sent_claim(given, biller, session))
    asked = request_packet(course=given.course, actor=biller, now=LATER)
    assert render_packet(packet_id=asked.pk, now=LATER)
    asked.refresh_from_db()
    return asked


def bytes_of(packet: Packet) -> bytes:
    return Path(packet.file.path).read_bytes()


def verify(path: Path) -> str:
    said = StringIO()
    call_command("verify_packet", str(path), stdout=said)
    return said.getvalue()


def failing(packet: Packet) -> str:
    return "\n".join(
        f"{f.where}: {f.sentence}" for f in prove(bytes_of(packet)) if f.verdict is Verdict.FAILS
    )


def test_untouched_packet_is_proven_link_by_link(packet: Packet) -> None:
    assert failing(packet) == ""
    said = verify(Path(packet.file.path))
    assert "none fails" in said
    kinds = [link.kind for link in links_of(packet.course.sessions.get())]
    behind_the_line = [Kind.CLAIM, Kind.ANSWER, Kind.SESSION, Kind.BESIDE, Kind.BESIDE]
    assert kinds == [*behind_the_line, Kind.SHEET, Kind.RECORDING, Kind.REPORT]


def test_packet_carries_everything_as_data(packet: Packet) -> None:
    evidence = evidence_in(bytes_of(packet))
    (session,) = evidence["sessions"]
    (sheet,) = evidence["sheets"]
    (claim,) = evidence["claims"]
    signed = packet.course.sessions.get()
    assert signed.signature is not None
    assert session["signature"]["content_sha256"] == signed.signature.content_sha256
    assert session["readings"][0]["pressure_mmhg"] == 255
    assert sheet["sha256"] == signed.sheets.get().sha256
    assert claim["lines"][0]["charge_usd"] == "150.00"
    assert evidence["missing"] == []


#: What is changed by force, by SQL, and what verification must say beside the line.
OF_THE_LINE: tuple[tuple[str, str], ...] = (
    ("UPDATE courses_reading SET pressure_mmhg = 261", "255 → 261"),
    ("DELETE FROM courses_vitalsigns WHERE phase = 'after'", "differs from what was signed"),
    (
        "UPDATE eecp_clinic_signature SET content = replace(content, '255', '261')",
        "no longer has its hash",
    ),
    (
        "UPDATE eecp_clinic_signature SET content_sha256 = repeat('0', 64)",
        "signature is another than the packet holds",
    ),
    ("UPDATE devices_chunk SET data = 'other second' WHERE seq = 1", "Chunk 1 does not have its SHA-256"),
    ("DELETE FROM devices_chunk WHERE seq = 1", "The chunks are not those that were stored"),
    ("UPDATE devices_storedfile SET file_sha256 = repeat('0', 64)", "not the one that was stored"),
    ("UPDATE devices_gatingreport SET input_sha256 = repeat('0', 64)", "input sha256"),
    ("UPDATE courses_amendment SET text = 'Slept badly.'", "It differs from what was signed"),
    ("DELETE FROM courses_amendment", "is not in the database any more"),
    ("DELETE FROM courses_countersignature", "A countersignature that the packet holds is not"),
    ("UPDATE courses_claimmembership SET charge = 160", "charge usd: 150.00 → 160.00"),
    ("DELETE FROM courses_claimmembership", "The claim no longer asks for this line"),
)
#: What stands behind no line alone.
OF_THE_COURSE: tuple[tuple[str, str], ...] = (
    ("UPDATE courses_acknowledgement SET outcome = 'rejected'", "no longer has the answer 999: Accepted"),
    ("UPDATE courses_acknowledgement SET sha256 = repeat('0', 64)", "no longer has the answer 999"),
    ("DELETE FROM courses_acknowledgement", "no longer has the answer 999"),
    (
        "UPDATE eecp_clinic_signature SET signed_at = signed_at - interval '1 day'",
        "another meaning or time now",
    ),
    ("UPDATE eecp_clinic_signature SET name = 'Somebody Else'", "names somebody else"),
    ("UPDATE courses_review SET text = 'Walks less.'", "no longer says what the packet says"),
    ("UPDATE courses_treatmentorder SET sessions = 36", "sessions: 35 → 36"),
)


@pytest.mark.django_db
def test_whatever_is_changed_by_force_is_named(packet: Packet) -> None:
    line = packet.course.sessions.get().claim_line.code
    for sql, words in OF_THE_LINE + OF_THE_COURSE:
        point = transaction.savepoint()
        with triggers_off(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount > 0, sql
        said = [one for one in failing(packet).splitlines() if words in one]
        assert said, (sql, failing(packet))
        if (sql, words) in OF_THE_LINE:
            assert any(f"line {line}" in one for one in said), (sql, said)
        transaction.savepoint_rollback(point)
    assert failing(packet) == ""


def changed(path: str) -> None:
    kept = Path(path)
    content = bytearray(kept.read_bytes())
    content[-3] ^= 1  # one bit of the last sample
    kept.write_bytes(content)


def claim_file(session: Session) -> ClaimFile:
    return session.claim_line.memberships.get().claim.files.get()


FILES: tuple[tuple[str, Callable[[Session], str]], ...] = (
    ("Recording", lambda session: session.recording.file.path if session.recording else ""),
    ("Session sheet", lambda session: session.sheets.get().file.path),
    ("Claim", lambda session: claim_file(session).file.path),
    ("Claim", lambda session: claim_file(session).acknowledgements.get().file.path),
)


@pytest.mark.parametrize(("name", "path_of"), FILES)
def test_one_bit_of_a_kept_file_is_named(
    packet: Packet, name: str, path_of: Callable[[Session], str]
) -> None:
    session = packet.course.sessions.get()
    changed(path_of(session))
    line = session.claim_line.code
    assert f"Session 1, 30-Nov-2026, line {line}: {name}" in failing(packet)
    with pytest.raises(CommandError, match=r"1 of .* checks fail"):
        verify(Path(packet.file.path))


def test_outcome_written_later_is_growth_and_no_failure(given: Given, packet: Packet) -> None:
    values = {"measured_on": FIRST_HOUR.date(), "ccs_class": 2}
    record_outcome(course=given.course, point="baseline", values=values, actor=given.nurse, now=LATER)
    assert "CHANGED SINCE: Outcomes" in verify(Path(packet.file.path))


def test_changed_packet_is_refused_and_still_compared(packet: Packet, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pdf"
    with pikepdf.open(BytesIO(bytes_of(packet))) as pdf:
        del pdf.pages[0]
        pdf.save(copy)
    with pytest.raises(CommandError, match="checks fail"):
        verify(copy)


def test_file_that_is_no_packet_is_refused(packet: Packet, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    with pytest.raises(CommandError, match="cannot be read"):
        verify(other)
    other.write_bytes(b"no pdf")
    with pytest.raises(CommandError, match="cannot be read as a packet"):
        verify(other)
    pikepdf.new().save(other)
    with pytest.raises(CommandError, match="no packet of this system"):
        verify(other)


def test_packet_of_another_database_is_not_known(packet: Packet) -> None:
    content = bytes_of(packet)
    packet.delete()
    with pytest.raises(NotAPacket, match="was not made here"):
        prove(content)


def test_sheet_alone_is_known_too(packet: Packet) -> None:
    sheet = packet.course.sessions.get().sheets.get()
    assert hashlib.sha256(Path(sheet.file.path).read_bytes()).hexdigest() == sheet.sha256
    assert "the same bytes" in verify(Path(sheet.file.path))


def test_line_of_the_claim_leads_to_the_sheet_of_its_session(packet: Packet) -> None:
    with pikepdf.open(BytesIO(bytes_of(packet))) as pdf:
        texts = [page.extract_text() for page in PdfReader(BytesIO(bytes_of(packet))).pages]
        number_of = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        page = next(n for n, text in enumerate(texts) if "What it asks for" in text)
        led_to = [number_of[one.Dest[0].objgen] for one in pdf.pages[page].obj.Annots]
    assert [texts[number].count("EECP session record") for number in led_to] == [1]
