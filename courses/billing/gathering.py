"""From the database to the evidence of one packet, as it stood when the packet was asked for."""

from datetime import datetime

from courses.billing.evidence import Criterion, Decision, Evidence, Identity, Order, ReviewSheet
from courses.billing.session_evidence import Picture
from courses.billing.session_sheet import sheet_of, signed, signed_sessions
from courses.billing.surroundings import Surroundings
from courses.models import Course, OutcomeMeasure, Packet, Review, Session, TreatmentOrder
from courses.progress.course_page import paper_charts
from courses.progress.decision_words import decision_in_words
from courses.progress.outcome_table import outcome_table
from patients.banner import primary_coverage
from patients.decision_page import decision_page
from patients.models import EligibilityAssessment, Patient
from patients.verdicts import pathway_shown


def gather(packet: Packet) -> Evidence:
    """Everything that was signed by the time at which the packet was asked for."""
    course, until = packet.course, packet.requested_at
    sessions = list(signed_sessions(course, until))
    around = Surroundings(sessions)
    reviews = list(
        Review.objects.filter(course=course, signature__signed_at__lte=until).select_related("signature")
    )
    outcomes = list(OutcomeMeasure.objects.filter(course=course))
    unsigned = Session.objects.completed().filter(course=course, ended_at__lte=until)
    return Evidence(
        code=packet.code,
        made_for=until,
        identity=identity_of(course, until),
        state=course.state,
        decision=_decision(course.order.assessment),
        order=order_of(course.order),
        sessions_ordered=course.sessions_ordered,
        sessions=tuple(sheet_of(session, around, until) for session in sessions),
        unsigned=unsigned.exclude(pk__in=[session.pk for session in sessions]).count(),
        reviews=tuple(
            ReviewSheet(
                kind=review.get_kind_display(),
                sessions_done=review.sessions_done,
                text=review.text,
                decision=decision_in_words(review),
                signature=signed(str(review.get_kind_display()), review.signature),
            )
            for review in reviews
        ),
        review_kinds=frozenset(review.kind for review in reviews),
        outcomes=outcome_table(outcomes),
        measured_points=frozenset(outcome.point for outcome in outcomes),
        course_pictures=tuple(
            Picture(drawn.name, drawn.title, drawn.svg, drawn.alt, drawn.note)
            for drawn in paper_charts(course, outcomes, until)
        ),
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
