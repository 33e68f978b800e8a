"""What sessions share around their lines: who supervised, the patient's other sessions, the clinic's rules."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from courses.billing.payer_gathering import Given, PayerRecord
from courses.billing.supervised import Supervised
from courses.models import BillingRules, OtherService, Session, SessionRepeat, TreatmentRules
from courses.treatment.countersigning import wanted_by
from courses.treatment.settling import judged_short, newest_of
from courses.treatment.short_session import ShortFinding
from eecp_clinic.models import User


class Surroundings(Supervised):
    """What sessions share: who supervised around them, and the other sessions of their courses."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        super().__init__(sessions)
        self.record = PayerRecord(sessions)
        clinics = {s.course.clinic_id for s in sessions}
        self.rules = list(TreatmentRules.objects.filter(clinic__in=clinics).select_related("owner"))
        self.billing_rules = list(BillingRules.objects.filter(clinic__in=clinics).select_related("owner"))
        self._others: defaultdict[tuple[int, date], list[OtherService]] = defaultdict(list)
        others = OtherService.objects.standing().filter(
            course__patient__in={s.course.patient_id for s in sessions}
        )
        for other in others.select_related("course"):
            self._others[other.course.patient_id, other.service_date].append(other)
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

    def others_on(self, session: Session, day: date) -> list[OtherService]:
        """What else was noted for the patient on that day, in any course."""
        return self._others.get((session.course.patient_id, day), [])

    def settled_billing(self, session: Session, at: datetime) -> BillingRules:
        """What the clinic had settled about billing when the session began; ``at`` where it has no start."""
        return BillingRules.newest_of(self.billing_rules, session.course.clinic, session.started_at or at)

    def is_given_again(self, session: Session) -> bool:
        return session.number in self.repeated[session.course_id]

    def short(self, session: Session) -> ShortFinding | None:
        """What the clinic's rule, as in force when the session ended, says of one that ended early."""
        if session.ended_at is None:
            return None
        rules = newest_of(self.rules, session.course.clinic, session.ended_at)
        return judged_short(session, rules, session.minutes_delivered)

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

    def practitioner(self, session: Session, npi: str | None) -> User | None:
        """Who of those who supervised around the session has that NPI."""
        of_clinic = (p for p in self.periods if p.clinic_id == session.course.clinic_id)
        return next((p.practitioner for p in of_clinic if npi and p.practitioner.npi == npi), None)
