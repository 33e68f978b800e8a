"""From the database to the evidence of one packet, as it stood when the packet was asked for."""

from datetime import date, datetime

from courses.billing.packet.enclosed import claims_of, letter_of, notices_of, opinion_of, papers_of
from courses.billing.packet.evidence import Criterion, Decision, Evidence, Identity, Order, ReviewSheet, Scope
from courses.billing.packet.session_evidence import Picture
from courses.billing.sheet.session_sheet import sheet_of, signed, signed_sessions
from courses.billing.supervised import Supervised
from courses.models import Course, OutcomeMeasure, Packet, Review, Session, TreatmentOrder
from courses.progress.course_page import paper_charts
from courses.progress.decision_words import decision_in_words
from courses.progress.outcome_table import outcome_table
from patients.banner import primary_coverage
from patients.decision_page import decision_page
from patients.models import EligibilityAssessment, Patient
from patients.verdicts import pathway_shown


def sessions_of(packet: Packet) -> list[Session]:
    """The signed sessions that the packet holds, with everything that they show, in the order of the course."""
    found = signed_sessions(packet.course, packet.requested_at)
    if packet.claim_id is not None:
        found = found.filter(claim_line__memberships__claim=packet.claim_id)
    if packet.lines:
        found = found.filter(claim_line__code__in=packet.lines)
    if packet.first_day is None or packet.last_day is None:
        return list(found)
    day_of, first, last = packet.course.clinic.day_of, packet.first_day, packet.last_day
    return [one for one in found if one.started_at and first <= day_of(one.started_at) <= last]


def gather(packet: Packet, sessions: list[Session] | None = None) -> Evidence:
    """Everything that was signed by the time at which the packet was asked for; without the pictures of sessions."""
    course, until = packet.course, packet.requested_at
    sessions = sessions_of(packet) if sessions is None else sessions
    around = Supervised(sessions)
    reviews = list(
        Review.objects.filter(course=course, signature__signed_at__lte=until).select_related("signature")
    )
    outcomes = list(OutcomeMeasure.objects.filter(course=course))
    return Evidence(
        code=packet.code,
        made_for=until,
        identity=identity_of(course, until),
        state=course.state,
        decision=_decision(course.order.assessment),
        order=order_of(course.order),
        sessions_ordered=course.sessions_ordered,
        sessions=tuple(sheet_of(session, around, until, drawn=False) for session in sessions),
        unsigned=_unsigned(packet),
        reviews=tuple(_review(review) for review in reviews),
        review_kinds=frozenset(review.kind for review in reviews),
        outcomes=outcome_table(outcomes),
        measured_points=frozenset(outcome.point for outcome in outcomes),
        course_pictures=tuple(
            Picture(drawn.name, drawn.title, drawn.svg, drawn.alt, drawn.note)
            for drawn in paper_charts(course, outcomes, until)
        ),
        scope=Scope(
            packet.first_day,
            packet.last_day,
            packet.claim.code if packet.claim else "",
            tuple(packet.lines),
        ),
        opinion=opinion_of(course.order.assessment.workup),
        papers=papers_of(course, until),
        notices=notices_of(course, until),
        claims=claims_of(course, sessions, until),
        letter=letter_of(packet),
    )


def _unsigned(packet: Packet) -> int:
    """Sessions of the packet's scope that are over and were not signed by then; a claim holds signed ones only."""
    if packet.claim_id is not None:
        return 0
    until, clinic = packet.requested_at, packet.course.clinic
    over = Session.objects.completed().filter(course=packet.course, ended_at__lte=until)
    open_ones = over.exclude(signature__signed_at__lte=until).values_list("started_at", flat=True)
    first, last = packet.first_day or date.min, packet.last_day or date.max
    return sum(start is None or first <= clinic.day_of(start) <= last for start in open_ones)


def _review(review: Review) -> ReviewSheet:
    return ReviewSheet(
        kind=review.get_kind_display(),
        sessions_done=review.sessions_done,
        text=review.text,
        decision=decision_in_words(review),
        signature=signed(str(review.get_kind_display()), review.signature),
    )


def identity_of(course: Course, until: datetime) -> Identity:
    """Whose record, from which clinic, for the payer of the decision."""
    clinic, patient = course.clinic, course.patient
    coverage = course.order.assessment.coverage or primary_coverage(patient, clinic.day_of(until))
    return Identity(
        clinic=clinic.name,
        clinic_address=f"{clinic.address}, {clinic.city}, {clinic.state} {clinic.postal_code}",
        clinic_npi=clinic.npi,
        family_name=patient.family_name.upper(),
        given_name=patient.given_name,
        born=patient.birth_date,
        sex="" if patient.sex == Patient.Sex.UNKNOWN else str(patient.get_sex_display()),
        mrn=patient.mrn,
        payer=coverage.payer.name if coverage else "",
        member_id=coverage.member_id if coverage else "",
        course=course.code,
    )


def _decision(assessment: EligibilityAssessment) -> Decision:
    page = decision_page(assessment, can_mend=False)
    findings = assessment.decision.get("findings", [])
    criteria = [(finding["weight"], _criterion(finding)) for finding in findings]
    return Decision(
        outcome=str(pathway_shown(assessment.pathway).label),
        policy=assessment.policy_id,
        version=assessment.policy_version,
        summary=page.summary,
        made_at=assessment.made_at,
        made_by=assessment.made_by.signing_name,
        required=tuple(criterion for weight, criterion in criteria if weight == "required"),
        recommended=tuple(criterion for weight, criterion in criteria if weight != "required"),
        signature=signed("Coverage decision", assessment.signature) if assessment.signature else None,
    )


def _criterion(finding: dict[str, object]) -> Criterion:
    citation = finding["citation"]
    assert isinstance(citation, dict)  # noqa: S101  # the shape is docs/eligibility.md's
    return Criterion(
        state=str(finding["state"]),
        sentence=str(finding["sentence"]),
        fact=str(finding["fact"]),
        document=citation["document"],
        section=citation["section"],
        version=citation["version"],
        url=citation["url"],
    )


def order_of(order: TreatmentOrder) -> Order:
    return Order(
        code=order.code,
        sessions=order.sessions,
        session_minutes=order.session_minutes,
        sessions_per_day=order.sessions_per_day,
        days_per_week=order.days_per_week,
        pressure_target_mmhg=order.pressure_target_mmhg,
        diagnoses=tuple(order.diagnoses),
        goals=order.goals,
        ordered_at=order.ordered_at,
        ordered_by=order.ordered_by.signing_name,
        signature=signed("Order", order.signature) if order.signature else None,
    )
