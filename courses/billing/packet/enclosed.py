"""From the database to what a packet encloses: opinion, papers, notices, claims with their answers, the payer's request."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext

from courses.billing.packet.enclosed_evidence import (
    Answered,
    AskedLine,
    ClaimSheet,
    Letter,
    NoticeGiven,
    Opinion,
    Paper,
)
from courses.models import (
    Acknowledgement,
    Claim,
    ClaimMembership,
    Course,
    Packet,
    RecordsRequest,
    Remittance,
    Session,
)
from eecp_clinic.dollars import usd
from patients.models import Document, Notice, PlanDetermination, Workup
from patients.models.workup import OpinionReason, Therapy


def opinion_of(workup: Workup) -> Opinion:
    return Opinion(
        name=workup.opinion_by,
        specialty=str(workup.get_opinion_specialty_display()),
        given_on=workup.opinion_on,
        reasons=_labels(OpinionReason.choices, workup.opinion_reasons),
        ccs_class=str(workup.get_ccs_class_display() or ""),
        ccs_assessed_on=workup.ccs_assessed_on,
        therapy=_labels(Therapy.choices, workup.therapy_tried),
        recorded_by=workup.recorded_by.signing_name,
        recorded_at=workup.recorded_at,
    )


def _labels(choices: Iterable[tuple[str, object]], values: Sequence[str]) -> tuple[str, ...]:
    words = {value: str(label) for value, label in choices}
    return tuple(words.get(value, value) for value in values)


def papers_of(course: Course, until: datetime) -> tuple[Paper, ...]:
    """The papers that were on file then, the consents first; a withdrawn one is none."""
    found = Document.objects.papers().filter(patient=course.patient, uploaded_at__lte=until).in_use()
    papers = [
        Paper(
            code=document.code,
            kind=str(document.get_kind_display()),
            title=document.title,
            dated_on=document.dated_on,
            pages=document.pages,
            sha256=document.sha256,
            uploaded_at=document.uploaded_at,
            is_consent=document.kind == Document.Kind.CONSENT,
        )
        for document in found.order_by("uploaded_at", "pk")
    ]
    return tuple(sorted(papers, key=lambda paper: not paper.is_consent))


def notices_of(course: Course, until: datetime) -> tuple[NoticeGiven, ...]:
    """What the patient was told and what a plan was asked, in order of time."""
    notices = [
        NoticeGiven(
            code=notice.code,
            kind=gettext("Advance Beneficiary Notice (ABN)"),
            about=notice.service,
            reason=notice.reason,
            given_at=notice.given_at,
            amount_usd=notice.estimate_usd,
            answer=_answer(notice),
        )
        for notice in Notice.objects.filter(patient=course.patient, given_at__lte=until)
    ]
    asked = PlanDetermination.objects.filter(patient=course.patient, requested_at__lte=until)
    notices += [
        NoticeGiven(
            code=question.code,
            kind=gettext("Determination asked of the plan"),
            about=question.coverage.payer.name,
            reason="",
            given_at=question.requested_at,
            amount_usd=None,
            answer=_outcome(question),
        )
        for question in asked.select_related("coverage__payer")
    ]
    return tuple(sorted(notices, key=lambda notice: (notice.given_at, notice.code)))


def _answer(notice: Notice) -> str:
    if notice.signed_on is None:
        return ""
    day = date_format(notice.signed_on, "d-M-Y")
    if notice.witness:
        return gettext("The patient would not sign; witness %(name)s, %(day)s") % {
            "name": notice.witness,
            "day": day,
        }
    return gettext("%(option)s, signed by %(name)s, %(day)s") % {
        "option": notice.get_option_display(),
        "name": notice.signed_by,
        "day": day,
    }


def _outcome(question: PlanDetermination) -> str:
    if question.answered_on is None:
        return ""
    day = date_format(question.answered_on, "d-M-Y")
    return f"{question.get_outcome_display()}, {day}"


def claims_of(course: Course, sessions: Iterable[Session], until: datetime) -> tuple[ClaimSheet, ...]:
    """Every claim made by then that asks for one of ``sessions``, whatever became of it."""
    keys = [session.pk for session in sessions]
    claims = (
        Claim.objects.filter(course=course, made_at__lte=until, memberships__line__session__in=keys)
        .distinct()
        .select_related("payer", "original")
        .prefetch_related(
            "memberships__line__session", "memberships__supervisor", "files", "files__acknowledgements"
        )
        .prefetch_related("statuses__acknowledgement", "remittances__remittance")
        .order_by("made_at", "pk")
    )
    return tuple(_claim(claim, until) for claim in claims)


def _claim(claim: Claim, until: datetime) -> ClaimSheet:
    files = [file for file in claim.files.all() if file.made_at <= until]
    return ClaimSheet(
        code=claim.code,
        payer=claim.payer.name,
        frequency=str(claim.get_frequency_display()),
        original=claim.original.code if claim.original else "",
        state=str(claim.get_state_display()),
        payer_number=claim.payer_number,
        made_at=claim.made_at,
        sent_at=claim.sent_at,
        lines=tuple(_line(member) for member in claim.memberships.all()),
        files=tuple((f"{f.control_number:09d}", f.sha256, f.sent_at) for f in files),
        answers=tuple(sorted(_answers(claim, until), key=lambda answer: (answer.at, answer.kind))),
    )


def _line(member: ClaimMembership) -> AskedLine:
    return AskedLine(
        line=member.line.code,
        session=member.line.session.number or 0,
        service_date=member.service_date,
        code=member.hcpcs,
        modifiers=tuple(member.modifiers),
        place_of_service=member.place_of_service,
        units=member.units,
        charge_usd=member.charge,
        supervisor=member.supervisor.signing_name if member.supervisor else "",
        counts=member.live,
    )


def _acknowledgements(claim: Claim) -> list[Acknowledgement]:
    """Of its files, and those that name the claim itself."""
    heard = {note.pk: note for file in claim.files.all() for note in file.acknowledgements.all()}
    heard |= {status.acknowledgement_id: status.acknowledgement for status in claim.statuses.all()}
    return list(heard.values())


def answers_to(claim: Claim) -> list[Acknowledgement | Remittance]:
    """Everything that came back on a claim."""
    return [*_acknowledgements(claim), *(paid.remittance for paid in claim.remittances.all())]


def _answers(claim: Claim, until: datetime) -> Iterable[Answered]:
    said = {status.acknowledgement_id: status for status in claim.statuses.all()}
    for note in _acknowledgements(claim):
        if note.read_at <= until:
            status = said.get(note.pk)
            words = (
                f"{status.category} {status.message}".strip() if status else str(note.get_outcome_display())
            )
            yield Answered(note.kind, note.read_at, words, note.sha256)
    for paid in claim.remittances.all():
        if paid.remittance.read_at <= until:
            words = gettext("charged %(charge)s, paid %(paid)s") % {
                "charge": usd(paid.charge),
                "paid": usd(paid.paid),
            }
            yield Answered("835", paid.remittance.read_at, words, paid.remittance.sha256)


def letter_of(packet: Packet) -> Letter | None:
    request: RecordsRequest | None = packet.records_request
    if request is None:
        return None
    return Letter(
        code=request.code,
        number=request.number,
        asked_by=request.asked_by,
        address=request.address,
        received_on=request.received_on,
        due_on=request.due_on,
        claim=request.claim.code if request.claim else "",
    )
