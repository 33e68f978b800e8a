"""The payer's side of claim lines, read for any number of sessions in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from courses.billing.asking import SESSION_CODE
from courses.billing.payer_facts import (
    AbnGiven,
    AbnOption,
    Approval,
    Asked,
    CardFacts,
    DiagnosisFacts,
    PayerFacts,
    PlanAnswer,
)
from courses.models import ClaimMembership, FeeSchedule, FeeScheduleRow, PayerProfile, Session
from patients import icd10cm
from patients.models import Coverage, Notice, PlanDetermination, PriorAuthorization, Verification
from patients.models.coverage import SUBSCRIBER_FIELDS

_NAMES = {"subscriber_family_name", "subscriber_given_name"}


@dataclass(frozen=True, slots=True)
class Given:
    """A session of the patient that is over; ``counts`` False where it was given again."""

    pk: int
    course: int
    started_at: datetime
    ended_at: datetime | None
    day: date
    counts: bool = True


class PayerRecord:
    """Notices, answers, authorizations, profiles, live claim lines and charges around some sessions."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        patients = {session.course.patient_id for session in sessions}
        clinics = {session.course.clinic_id for session in sessions}
        self._notices: defaultdict[int, list[Notice]] = defaultdict(list)
        for notice in Notice.objects.filter(patient__in=patients):
            self._notices[notice.patient_id].append(notice)
        self._answers: defaultdict[int, list[PlanDetermination]] = defaultdict(list)
        decided = (PlanDetermination.Outcome.APPROVED, PlanDetermination.Outcome.DENIED)
        for answer in PlanDetermination.objects.filter(patient__in=patients, outcome__in=decided):
            self._answers[answer.coverage_id].append(answer)
        self._authorizations: defaultdict[int, list[PriorAuthorization]] = defaultdict(list)
        for found in PriorAuthorization.objects.filter(coverage__patient__in=patients):
            self._authorizations[found.coverage_id].append(found)
        # The last answer of each coverage is the one that stands.
        asked = Verification.objects.filter(coverage__patient__in=patients).order_by("made_at", "pk")
        self._verified = {answer.coverage_id: answer for answer in asked}
        profiles = PayerProfile.objects.filter(payer__clinic__in=clinics, confirmed_at__isnull=False)
        self._profiles = {profile.payer_id: profile for profile in profiles}
        self._lines: defaultdict[int, list[ClaimMembership]] = defaultdict(list)
        live = ClaimMembership.objects.filter(live=True, rank=1, line__session__course__patient__in=patients)
        for member in live.select_related("claim__course", "line", "supervisor"):
            self._lines[member.claim.course.patient_id].append(member)
        charges = FeeScheduleRow.objects.filter(
            schedule__clinic__in=clinics, schedule__kind=FeeSchedule.Kind.CHARGE, hcpcs=SESSION_CODE
        )
        self._charges: dict[tuple[int, int, str], Decimal] = {
            (row.schedule.clinic_id, row.schedule.year, row.modifier): row.amount
            for row in charges.select_related("schedule").order_by("schedule__imported_at")
        }

    def payer(
        self, session: Session, coverage: Coverage | None, day: date, given: Sequence[Given]
    ) -> PayerFacts:
        """What is known about the payer on ``day``; ``given`` are the patient's sessions in their order."""
        patient = session.course.patient
        abns = tuple(
            _abn(notice, _nth(given, session, notice.first_day, notice.last_day), session)
            for notice in self._notices[patient.pk]
            if notice.first_day <= day <= notice.last_day
        )
        if coverage is None:
            ends = [c.ends_on for c in patient.coverages.all() if c.ends_on is not None and c.ends_on < day]
            return PayerFacts(abns=abns, coverage_ended_on=max(ends, default=None))
        profile = self._profiles.get(coverage.payer_id)
        if profile is not None and profile.effective_on is not None and profile.effective_on > day:
            profile = None
        return PayerFacts(
            name=coverage.payer.name,
            inactive_said_on=self._inactive(coverage, session),
            abns=abns,
            answers=tuple(_answer(found) for found in self._answers[coverage.pk]),
            approvals=tuple(
                Approval(
                    number=found.number,
                    starts_on=found.starts_on,
                    ends_on=found.ends_on,
                    sessions=found.sessions_approved,
                    session=_nth(given, session, found.starts_on, found.ends_on),
                )
                for found in self._authorizations[coverage.pk]
            ),
            needs_authorization=profile.needs_authorization if profile else None,
            filing_months=profile.filing_months if profile else None,
            repeat_modifier=profile.repeat_modifier if profile else "",
            refused_modifiers=tuple(profile.refused_modifiers) if profile else (),
            same_day_conflicts=tuple(profile.same_day_conflicts) if profile else (),
            profile_source=profile.source if profile else "",
        )

    def card(self, coverage: Coverage | None) -> CardFacts:
        """What of the plan's card is not known; nothing is asked where no coverage is in force."""
        if coverage is None:
            return CardFacts()
        profile = self._profiles.get(coverage.payer_id)
        unknown = (
            [] if coverage.is_own else [name for name in SUBSCRIBER_FIELDS if not getattr(coverage, name)]
        )
        return CardFacts(
            has_member_id=bool(coverage.member_id),
            is_named=not _NAMES & set(unknown),
            unknown=tuple(_in_words(name) for name in unknown if name not in _NAMES),
            on_paper=profile is not None and profile.form == PayerProfile.Form.PAPER,
        )

    def _inactive(self, coverage: Coverage, session: Session) -> date | None:
        """The day of the last answer, where it said not in force; an end on file explains it, and the days decide."""
        last = self._verified.get(coverage.pk)
        if last is None or last.outcome != Verification.Outcome.INACTIVE or coverage.ends_on is not None:
            return None
        return session.course.clinic.day_of(last.made_at)

    def asked(self, session: Session) -> tuple[Asked | None, tuple[str, ...] | None]:
        """How the session's live claim asks for it, and with which modifiers; None where it stands in no claim."""
        lines = self._lines[session.course.patient_id]
        own = next((member for member in lines if member.line.session_id == session.pk), None)
        if own is None:
            return None, None
        alike = [member.claim.code for member in lines if member.pk != own.pk and _key(member) == _key(own)]
        fee = self.fee(session.course.clinic_id, own.service_date, own.modifiers)
        asked = Asked(
            units=own.units,
            charge=own.charge,
            fee=fee,
            practitioner_npi=own.supervisor.npi if own.supervisor else None,
            alike=tuple(sorted(set(alike))),
        )
        return asked, tuple(own.modifiers)

    def live_claim(self, session: Session) -> str | None:
        """The number of the live claim in which the session's line stands."""
        lines = self._lines[session.course.patient_id]
        return next((member.claim.code for member in lines if member.line.session_id == session.pk), None)

    def alike(self, session: Session, day: date, hcpcs: str, modifiers: Sequence[str]) -> tuple[str, ...]:
        """Live claims that ask for another session of the patient as the same day, code and modifiers."""
        wanted = (day, hcpcs, tuple(sorted(modifiers)))
        lines = self._lines[session.course.patient_id]
        return tuple(
            member.claim.code
            for member in lines
            if member.line.session_id != session.pk and _key(member) == wanted
        )

    def fee(self, clinic: int, day: date, modifiers: Sequence[str] = ()) -> Decimal | None:
        """What the clinic charges on ``day``: for the first modifier where its schedule has one; None: not known."""
        modifier = modifiers[0] if modifiers else ""
        exact = self._charges.get((clinic, day.year, modifier))
        return exact if exact is not None else self._charges.get((clinic, day.year, ""))

    def authorization(
        self, session: Session, coverage: Coverage, day: date, given: Sequence[Given]
    ) -> PriorAuthorization | None:
        """The approval under which the session was given: in force and not used up, the first to end."""
        holding = [
            found
            for found in self._authorizations[coverage.pk]
            if found.starts_on <= day <= found.ends_on
            and _nth(given, session, found.starts_on, found.ends_on) <= found.sessions_approved
        ]
        return min(holding, key=lambda found: (found.ends_on, found.pk), default=None)


def diagnoses_of(session: Session, day: date) -> DiagnosisFacts:
    """The codes of the order, looked up in the release of ICD-10-CM that holds on ``day``."""
    codes = tuple(session.course.order.diagnoses)
    found = icd10cm.check(codes, day)
    name = found.release.name if found.release else ""
    return DiagnosisFacts(codes=codes, book=name, unknown=found.unknown, not_billable=found.not_billable)


def _nth(given: Sequence[Given], session: Session, first: date, last: date) -> int:
    """Which session it is of those that count from ``first`` to ``last``, from 1."""
    before = [
        one
        for one in given
        if one.counts
        and first <= one.day <= last
        and session.started_at
        and one.started_at < session.started_at
    ]
    return len(before) + 1


def _abn(notice: Notice, nth: int, session: Session) -> AbnGiven:
    option = AbnOption(notice.option) if notice.option else None
    return AbnGiven(
        given_on=session.course.clinic.day_of(notice.given_at),
        signed_on=notice.signed_on,
        option=option or (AbnOption.WITNESSED if notice.witness else None),
        sessions=notice.sessions,
        session=nth,
    )


def _in_words(name: str) -> str:
    words = {"subscriber_postal_code": "ZIP code", "subscriber_birth_date": "date of birth"}
    return words.get(name) or name.removeprefix("subscriber_")


def _answer(found: PlanDetermination) -> PlanAnswer:
    if found.answered_on is None:
        raise ValueError("A decided determination has the day of its answer.")
    return PlanAnswer(
        answered_on=found.answered_on,
        approved=found.outcome == PlanDetermination.Outcome.APPROVED,
        number=found.number,
        sessions=found.sessions,
    )


def _key(member: ClaimMembership) -> tuple[date, str, tuple[str, ...]]:
    return member.service_date, member.hcpcs, tuple(sorted(member.modifiers))
