"""The facts of claim lines, gathered from the record for any number of sessions in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

import holidays
from django.db.models import Prefetch, Q, QuerySet

from courses.billing.line import AmendedFact, LineFacts, PartialDecision, PayerKind, ScrubRules
from courses.billing.line import Coverage as Verdict
from courses.billing.payer_gathering import Given, PayerRecord, diagnoses_of
from courses.billing.supervision import SupervisionMode, counts
from courses.billing.supervision import SupervisionPeriod as Supervision
from courses.models import Session, SessionRepeat, SupervisionPeriod, TreatmentRules
from courses.progress.exceptions import ended_early
from courses.treatment.amendable import values_of
from courses.treatment.countersigning import wanted_by
from courses.treatment.settling import newest_of, short_rule_of
from courses.treatment.short_session import ShortFinding, ShortRule, judge
from eecp_clinic.models import Clinic, Membership
from eecp_clinic.roles import Role
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
#: What a course usually has (NCD 20.20): beyond it a notice is due, whatever was ordered.
USUAL_SESSIONS = 35
PAYER_KINDS = {
    Payer.Kind.ORIGINAL_MEDICARE: PayerKind.ORIGINAL_MEDICARE,
    Payer.Kind.MEDICARE_ADVANTAGE: PayerKind.MEDICARE_ADVANTAGE,
}


@cache
def federal_holidays(first_year: int) -> frozenset[date]:
    """Federal holidays with their observed days, of a year and the two after it."""
    return frozenset(holidays.country_holidays("US", years=range(first_year, first_year + 3)))


def rules_of(
    clinic: Clinic, service_day: date, *, planned_sessions: int, audio_video_accepted: bool = False
) -> ScrubRules:
    """What the clinic has settled. What no source settles stays at its strict default: no minimum of minutes, and
    supervision by a physician on site."""
    notices = notice_rules()
    return ScrubRules(
        time_zone=clinic.time_zone,
        planned_sessions=min(planned_sessions, USUAL_SESSIONS),
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


class Surroundings:
    """What sessions share: who supervised around them, and the other sessions of their courses."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.record = PayerRecord(sessions)
        clinics = {s.course.clinic_id for s in sessions}
        self.physicians = set(
            Membership.objects.filter(clinic__in=clinics, role=Role.PHYSICIAN).values_list(
                "clinic_id", "user_id"
            )
        )
        self.periods = self._periods(sessions, clinics)
        self.rules = list(TreatmentRules.objects.filter(clinic__in=clinics).select_related("owner"))
        self.repeated: defaultdict[int, list[int]] = defaultdict(list)
        repeats = SessionRepeat.objects.filter(session__course__in={s.course_id for s in sessions})
        for course_id, number in repeats.values_list("session__course", "session__number"):
            self.repeated[course_id].append(number or 0)
        self.given = self._given(sessions)

    def _given(self, sessions: Sequence[Session]) -> dict[int, list[Given]]:
        """The sessions of each patient that are over, in their order."""
        clinics = {session.course.patient_id: session.course.clinic for session in sessions}
        found: dict[int, list[Given]] = {patient: [] for patient in clinics}
        rows = (
            Session.objects.completed()
            .filter(course__patient__in=clinics, started_at__isnull=False)
            .order_by("started_at")
        )
        for pk, course, patient, number, start, end in rows.values_list(
            "pk", "course_id", "course__patient_id", "number", "started_at", "ended_at"
        ):
            if start is not None:
                counts = number not in self.repeated.get(course, ())
                found[patient].append(Given(pk, course, start, end, clinics[patient].day_of(start), counts))
        return found

    def of_patient(self, session: Session) -> list[Given]:
        return self.given[session.course.patient_id]

    def _of_day(self, session: Session) -> list[Given]:
        if session.started_at is None:
            return []
        day = session.course.clinic.day_of(session.started_at)
        return [one for one in self.of_patient(session) if one.day == day]

    @staticmethod
    def _periods(sessions: Sequence[Session], clinics: set[int]) -> list[SupervisionPeriod]:
        starts = [s.started_at for s in sessions if s.started_at]
        ends = [s.ended_at for s in sessions if s.ended_at]
        if not starts or not ends:
            return []
        around = Q(ended_at__isnull=True) | Q(ended_at__gt=min(starts))
        return list(
            SupervisionPeriod.objects.filter(around, clinic__in=clinics, started_at__lt=max(ends))
            .select_related("practitioner")
            .order_by("started_at")
        )

    def number_on_day(self, session: Session) -> int | None:
        keys = [one.pk for one in self._of_day(session)]
        return keys.index(session.pk) + 1 if session.pk in keys else None

    def minutes_since_previous(self, session: Session) -> int | None:
        """From the end of the day's session before; below 0 where the two overlap."""
        start = session.started_at
        before = [one for one in self._of_day(session) if start and one.started_at < start]
        if start is None or not before or before[-1].ended_at is None:
            return None
        return int((start - before[-1].ended_at).total_seconds() // 60)

    def began_at(self, session: Session) -> datetime | None:
        own = (one.started_at for one in self.of_patient(session) if one.course == session.course_id)
        return next(own, None)

    def earlier_course_ended_on(self, session: Session) -> date | None:
        """The last session of another course before this one, or what the workup says of one given elsewhere."""
        began, workup = self.began_at(session), session.course.order.assessment.workup
        days = [
            one.day
            for one in self.of_patient(session)
            if began and one.course != session.course_id and one.started_at < began
        ]
        if workup.last_course_ended_on is not None:
            days.append(workup.last_course_ended_on)
        return max(days, default=None)

    def number_that_counts(self, session: Session) -> int | None:
        """Its number in the course, without the hours before it that were given again."""
        if session.number is None:
            return None
        return session.number - sum(number < session.number for number in self.repeated[session.course_id])

    def is_given_again(self, session: Session) -> bool:
        return session.number in self.repeated[session.course_id]

    def short(self, session: Session) -> ShortFinding | None:
        """What the clinic's rule, as in force when the session ended, says of one that ended early."""
        if session.ended_at is None:
            return None
        rules = newest_of(self.rules, session.course.clinic, session.ended_at)
        return judge(
            ended_early=session.stop_reason != Session.StopReason.COMPLETED,
            minutes=session.minutes_delivered,
            ordered=session.course.order.session_minutes,
            rule=short_rule_of(rules) if rules else ShortRule(),
        )

    def accepts_audio_video(self, session: Session) -> bool:
        """Whether the clinic had settled that live audio and video is enough when the session began."""
        rules = (
            newest_of(self.rules, session.course.clinic, session.started_at) if session.started_at else None
        )
        return rules is not None and rules.audio_video_supervision

    def needs_countersignature(self, session: Session) -> bool:
        clinic, signature = session.course.clinic, session.signature
        if signature is None or (clinic.pk, signature.signer_id) in self.physicians:
            return False
        return wanted_by(self.rules, clinic, signature.signed_at)

    def supervision(self, session: Session) -> tuple[Supervision, ...]:
        if session.started_at is None or session.ended_at is None:
            return ()
        clinic_id = session.course.clinic_id
        return tuple(
            Supervision(
                practitioner=period.practitioner.signing_name,
                npi=period.practitioner.npi,
                is_physician=(clinic_id, period.practitioner_id) in self.physicians,
                mode=SupervisionMode(period.mode),
                start=period.started_at,
                end=period.ended_at,
            )
            for period in self.periods
            if period.clinic_id == clinic_id
            and period.started_at < session.ended_at
            and (period.ended_at is None or period.ended_at > session.started_at)
        )


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
    coverage = primary_coverage(session.course.patient, day)
    report, line = session.gating_report, getattr(session, "claim_line", None)
    effective = report.effective_minutes if report else None
    supervision = around.supervision(session)
    asked, modifiers = around.record.asked(session)
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
        coverage=verdict_on(session, coverage, day),
        payer=around.record.payer(session, coverage, day, around.of_patient(session)),
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
        billing_npi=_billing_npi(session, supervision, day),
    )


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


def verdict_on(session: Session, coverage: Coverage | None, day: date) -> Verdict | None:
    """Of the decision in force on the day of service; one that judged another coverage is not complete."""
    assessment = assessment_on(session, day)
    if assessment is None:
        return None
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
