"""The facts of claim lines, gathered from the record for any number of sessions in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

import holidays
from django.db.models import Prefetch, QuerySet

from courses.billing.line import AmendedFact, LineFacts, PartialDecision, PayerKind, ScrubRules
from courses.billing.line import Coverage as Verdict
from courses.billing.payer_gathering import diagnoses_of
from courses.billing.supervision import SupervisionPeriod as Supervision
from courses.billing.supervision import counts
from courses.billing.surroundings import Surroundings
from courses.models import BillingRules, OtherService, Session
from courses.progress.exceptions import ended_early
from courses.treatment.amendable import values_of
from eecp_clinic.models import Clinic
from patients.banner import primary_coverage
from patients.clinic_rules import diagnosis_sets, notice_rules
from patients.diagnoses import CODE_SET
from patients.eligibility.conclusion import Pathway
from patients.models import Coverage, EligibilityAssessment, Payer

#: What each pathway says about coverage; a pathway that asks for a person is not decided yet.
VERDICTS = {
    Pathway.COVERED: Verdict.COVERED,
    Pathway.PAYER_MET: Verdict.COVERED,
    Pathway.NOT_COVERED: Verdict.NOT_COVERED,
    Pathway.PAYER_NOT_MET: Verdict.NOT_COVERED,
    Pathway.SELF_PAY: Verdict.NOT_COVERED,
    Pathway.MA_DETERMINATION: Verdict.DETERMINATION_NEEDED,
}
PAYER_KINDS = {
    Payer.Kind.ORIGINAL_MEDICARE: PayerKind.ORIGINAL_MEDICARE,
    Payer.Kind.MEDICARE_ADVANTAGE: PayerKind.MEDICARE_ADVANTAGE,
}

#: What a claim says of where the patient lives, in the words of a finding.
ADDRESS = {"address": "street", "city": "city", "state": "state", "postal_code": "ZIP code"}


@cache
def federal_holidays(first_year: int) -> frozenset[date]:
    """Federal holidays with their observed days, of a year and the two after it."""
    return frozenset(holidays.country_holidays("US", years=range(first_year, first_year + 3)))


def rules_of(
    clinic: Clinic,
    service_day: date,
    *,
    settled: BillingRules,
    planned_sessions: int,
    audio_video_accepted: bool = False,
) -> ScrubRules:
    """What the clinic has settled. What no source settles stays at its strict default: no minimum of minutes, and
    supervision by a physician on site."""
    notices = notice_rules()
    return ScrubRules(
        time_zone=clinic.time_zone,
        # Beyond the usual course a notice is due, whatever was ordered.
        planned_sessions=min(planned_sessions, settled.usual_sessions),
        months_between_courses=settled.months_between_courses,
        minimum_gap_minutes=settled.minimum_gap_minutes,
        abn_edition=(notices.mandatory_from, notices.approved_to),
        diagnosis_set=diagnosis_sets()[CODE_SET],
        audio_video_accepted=audio_video_accepted,
        holidays=federal_holidays(service_day.year),
    )


def sessions_with_facts(sessions: Iterable[int]) -> list[Session]:
    """The sessions of those keys with everything a line stands on."""
    return list(
        Session.objects.filter(pk__in=list(sessions))
        .select_related(
            "course__clinic",
            "course__order__signature",
            "course__order__assessment__workup",
            "signature",
            "recording",
            "gating_report",
            "claim_line",
        )
        .defer("course__order__assessment__facts", "course__order__assessment__decision")
        .defer("gating_report__report", "gating_report__config", "recording__manifest", "recording__live")
        .select_related("course__patient")
        .prefetch_related(
            Prefetch("course__patient__coverages", Coverage.objects.select_related("payer")),
            Prefetch("course__patient__assessments", _signed_decisions()),
            "amendments",
            "countersignatures",
            # A decision stays with the record for which it was made, also where that was merged into another.
            Prefetch("course__patient__merged_records__assessments", _signed_decisions()),
        )
    )


def _signed_decisions() -> QuerySet[EligibilityAssessment]:
    signed = EligibilityAssessment.objects.filter(signature__isnull=False)
    return signed.defer("facts", "decision").select_related("signature").order_by("made_at")


def service_day(session: Session) -> date:
    """The clinic's day on which the session began; of one without a start, the day on which it was signed for."""
    moment = session.started_at or session.ended_at
    if moment is None:
        raise ValueError("A completed session has neither start nor end. Look at its record.")
    return session.course.clinic.day_of(moment)


def facts_of(session: Session, around: Surroundings, now: datetime) -> LineFacts:
    """The facts of one session's line as they stand; what is not known stays None."""
    clinic, order, recording = session.course.clinic, session.course.order, session.recording
    day = service_day(session)
    coverage, decision = primary_coverage(session.course.patient, day), assessment_on(session, day)
    report, line = session.gating_report, getattr(session, "claim_line", None)
    effective = report.effective_minutes if report else None
    supervision = around.supervision(session)
    asked, modifiers = around.record.asked(session)
    others = around.others_on(session, day)
    return LineFacts(
        as_of=clinic.day_of(now),
        service_date=day,
        started_at=session.started_at,
        ended_at=session.ended_at,
        signed_at=session.signature.signed_at if session.signature else None,
        number_in_course=around.number_that_counts(session),
        number_on_day=around.number_on_day(session),
        order_signed_at=order.signature.signed_at if order.signature else None,
        course_began_at=around.began_at(session),
        payer_kind=PAYER_KINDS.get(Payer.Kind(coverage.payer.kind), PayerKind.OTHER) if coverage else None,
        coverage=None if decision is None else verdict_of(decision, coverage),
        assessed_on=None if decision is None else clinic.day_of(decision.made_at),
        payer=around.record.payer(session, coverage, day, around.of_patient(session)),
        card=around.record.card(coverage),
        unknown_address=tuple(
            words for name, words in ADDRESS.items() if not getattr(session.course.patient, name).strip()
        ),
        diagnoses=diagnoses_of(session, day),
        asked=asked,
        modifiers=modifiers,
        sessions_per_day=order.sessions_per_day,
        minutes_since_previous=around.minutes_since_previous(session),
        earlier_course_ended_on=around.earlier_course_ended_on(session),
        recording_attached=recording is not None,
        recording_verified=True if recording is not None and recording.is_verified else None,
        effective_minutes=None if effective is None else int(effective),
        ended_early=ended_early(
            order.session_minutes,
            session.minutes_delivered,
            stopped_early=session.stop_reason != Session.StopReason.COMPLETED,
        ),
        short=around.short(session),
        given_again=around.is_given_again(session),
        partial_decision=PartialDecision(line.partial_decision) if line and line.partial_decision else None,
        place_of_service=clinic.place_of_service or None,
        supervision=supervision,
        amendments=_amendments(session),
        countersignature_needed=around.needs_countersignature(session),
        countersigned_with=max((row.amendments for row in session.countersignatures.all()), default=None),
        other_codes_that_day=tuple(dict.fromkeys(other.hcpcs for other in others)),
        separate_codes_that_day=_separate(others),
        billing_npi=_billing_npi(session, supervision, day),
    )


def _separate(others: Sequence[OtherService]) -> tuple[str, ...]:
    """Codes of which every entry says why it is separate and distinct."""
    open_ones = {other.hcpcs for other in others if not other.separate_because}
    return tuple(dict.fromkeys(other.hcpcs for other in others if other.hcpcs not in open_ones))


def _amendments(session: Session) -> tuple[AmendedFact, ...]:
    rows = session.amendments.all()
    values = values_of(session) if rows else {}
    clinic = session.course.clinic
    found = []
    for row in rows:
        value = values.get(row.field)
        what = f"{value.group}: {value.label}" if value else str(row.get_kind_display())
        found.append(AmendedFact(row.kind, what, row.field, clinic.day_of(row.made_at)))
    return tuple(found)


def verdict_of(assessment: EligibilityAssessment, coverage: Coverage | None) -> Verdict:
    """Of the decision in force on the day of service; one that judged another coverage is not complete."""
    judged_other = coverage is not None and assessment.coverage_id != coverage.pk
    if judged_other or assessment.pathway not in set(Pathway):
        return Verdict.INCOMPLETE
    return VERDICTS.get(Pathway(assessment.pathway), Verdict.INCOMPLETE)


def assessment_on(session: Session, day: date) -> EligibilityAssessment | None:
    """The newest coverage decision that was signed on or before ``day``; unsigned ones are not fetched."""
    clinic = session.course.clinic
    patient = session.course.patient
    decisions = [
        decision
        for record in (patient, *patient.merged_records.all())
        for decision in record.assessments.all()
        if decision.signature and clinic.day_of(decision.signature.signed_at) <= day
    ]
    return max(decisions, key=lambda decision: (decision.made_at, decision.pk), default=None)


def _billing_npi(session: Session, supervision: Sequence[Supervision], day: date) -> str | None:
    """The line goes under the practitioner who supervised it: the first who counts and has an NPI."""
    entitled = [period for period in supervision if counts(period, day) and period.npi]
    return next((period.npi for period in entitled), None)
