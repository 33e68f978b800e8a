"""A course whose packet can be proven: signed sessions with files that are really stored, a claim that was sent."""

import hashlib
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pikepdf import Dictionary, Name, Pdf, Stream

from courses.billing.services import refresh_line
from courses.models import Acknowledgement, Claim, Session
from courses.progress.services import record_outcome, sign_review
from devices.gathering import sha256_over
from devices.models import Chunk, Recording, StoredFile
from eecp_clinic.models import User
from patients.models import Document
from tests import factories
from tests.courses.billing.billing_given import make_claim, make_claim_file
from tests.courses.courses_given import FIRST_HOUR, Given, a_decision, a_report
from tests.devices.gating.synthetic import Session as Drawn
from tests.devices.gating.synthetic import draw
from tests.devices.stored import store_waveform
from tests.factories import PASSWORD

LATER = FIRST_HOUR + timedelta(days=14)


def file_consent(given: Given) -> Document:
    return file_paper(given, "Consent to EECP", scan())


def scan(words: str = "", size: tuple[int, int] = (612, 792)) -> bytes:
    """A PDF of one page: a grey picture over all of it, and ``words`` in a font that is not embedded."""
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=size)
    image = Stream(pdf, bytes([200]) * 4)
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
    image.Width, image.Height, image.BitsPerComponent = 2, 2, 8
    page = pdf.pages[0].obj
    page.Resources = Dictionary(XObject=Dictionary(Im=image))
    content = f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im Do Q"
    if words:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources.Font = Dictionary(F=pdf.make_indirect(font))
        content += f" BT /F 24 Tf 72 500 Td ({words}) Tj ET"
    page.Contents = Stream(pdf, content.encode())
    written = BytesIO()
    pdf.save(written, deterministic_id=True)
    return written.getvalue()


def file_paper(given: Given, title: str, content: bytes, **values: Any) -> Document:
    kind = values.pop("kind", Document.Kind.CONSENT)
    content_type = values.pop("content_type", "application/pdf")
    digest = hashlib.sha256(content).hexdigest()
    return Document.objects.create(
        patient=given.course.patient,
        kind=kind,
        title=title,
        dated_on=factories.MONDAY_NINE.date(),
        file=default_storage.save(f"papers/{digest[:8]}.bin", ContentFile(content)),
        content_type=content_type,
        sha256=digest,
        given_sha256=digest,
        uploaded_by=given.nurse,
        uploaded_at=factories.MONDAY_NINE,
        **{"pages": 1, "size": len(content), **values},
    )


def stored_recording(given: Given, start: datetime, *chunks: bytes) -> Recording:
    """One minute, as one file, and the chunks of which it says that it was made."""
    hashes = {seq: hashlib.sha256(data).digest() for seq, data in enumerate(chunks)}
    pieces = sha256_over(hashes)
    recording = store_waveform(
        given.device, draw(Drawn(minutes=1)), start, gap_seconds=0.0, chunks_sha256=pieces
    )
    StoredFile.objects.create(
        recording=recording,
        version=1,
        file=recording.file.name,
        file_sha256=recording.file_sha256,
        chunks_sha256=pieces,
        received=[(0, len(chunks) - 1)] if chunks else [],
        ended_at=recording.ended_at,
        gap_seconds=0.0,
        stored_at=start,
    )
    Chunk.objects.bulk_create(
        Chunk(recording=recording, seq=seq, sha256=hashes[seq], data=data, received_at=start)
        for seq, data in enumerate(chunks)
    )
    return recording


def recorded_session(given: Given, index: int, *chunks: bytes) -> Session:
    start = FIRST_HOUR + timedelta(days=index + 2 * (index // 5))
    recording = stored_recording(given, start, *chunks)
    report = factories.make_report(recording, report=a_report())
    return given.session(index, recording=recording, gating_report=report)


def reviewed(given: Given) -> None:
    record_outcome(
        course=given.course,
        point="baseline",
        values={"measured_on": FIRST_HOUR.date(), "ccs_class": 3},
        actor=given.nurse,
        now=LATER,
    )
    sign_review(
        course=given.course,
        kind="progress",
        text="Walks further.",
        decision="continue",
        password=PASSWORD,
        actor=given.physician,
        now=LATER,
    )


def sent_claim(given: Given, by: User, *sessions: Session) -> Claim:
    """A claim of those sessions with its file in the store."""
    lines = [refresh_line(session=session, now=LATER) for session in sessions]
    claim = make_claim(given, by, *lines, state=Claim.State.SENT, sent_at=LATER)
    content = b"ISA*00*"
    name = default_storage.save("claims/sample.837", ContentFile(content))
    make_claim_file(
        given.clinic, by, claim, file=name, sha256=hashlib.sha256(content).hexdigest(), sent_at=LATER
    )
    return claim


def answered(claim: Claim) -> Acknowledgement:
    """The claim's file came back as of the right form."""
    content = b"ISA*00*999"
    return Acknowledgement.objects.create(
        clinic=claim.course.clinic,
        claim_file=claim.files.get(),
        kind=Acknowledgement.Kind.SYNTAX,
        outcome=Acknowledgement.Outcome.ACCEPTED,
        file=default_storage.save("answers/sample.999", ContentFile(content)),
        sha256=hashlib.sha256(content).hexdigest(),
        read_at=LATER,
    )


def another_course(given: Given) -> Given:
    """Of another patient of the same clinic, on the same device."""
    patient = factories.make_patient(given.clinic, "Example")
    assessment = factories.make_assessment(patient, given.physician, decision=a_decision())
    order = factories.make_order(patient, given.physician, assessment=assessment)
    course = factories.make_course(patient, given.physician, order=order)
    return Given(given.clinic, course, given.device, given.nurse, given.physician)
