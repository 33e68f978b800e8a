"""The facts of one claim line as they stand, and what the clinic has settled about billing. PURE.

Every fact may be None: not known.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from courses.billing.payer_facts import Asked, CardFacts, DiagnosisFacts, PayerFacts
from courses.billing.supervision import SupervisionPeriod
from courses.intervals import Interval
from courses.treatment.short_session import ShortFinding
from patients.eligibility.diagnosis_set import DiagnosisSet


class Coverage(StrEnum):
    """The verdict of the eligibility assessment in force on the day."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    INCOMPLETE = "incomplete"
    DETERMINATION_NEEDED = "determination_needed"


class PayerKind(StrEnum):
    ORIGINAL_MEDICARE = "original_medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    OTHER = "other"


class PartialDecision(StrEnum):
    """What a person decided about a session that ended early."""

    BILL = "bill"
    DO_NOT_BILL = "do_not_bill"


@dataclass(frozen=True, slots=True)
class AmendedFact:
    """An amendment written after signing: ``what`` was corrected, or the kind of the addition; ``field`` its path."""

    kind: str
    what: str
    field: str
    made_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubRules:
    """What the clinic has settled. ``minimum_minutes`` None: no minimum, so a person decides each time."""

    time_zone: str
    minimum_minutes: int | None = None
    audio_video_accepted: bool = False
    physicians_only: bool = True
    #: these two are a clinic's to settle (``BillingRules``); the figures are First Coast LCD L28838 (2009)
    planned_sessions: int = 35
    months_between_courses: int = 12
    #: between two sessions of one day; no source names one
    minimum_gap_minutes: int | None = None
    #: the days of the ABN's edition in use; None: not known here
    abn_edition: tuple[date, date] | None = None
    #: which codes support the claim; None: no list is known
    diagnosis_set: DiagnosisSet | None = None
    warn_days_before_filing_limit: int = 30
    holidays: frozenset[date] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One session as one line. ``as_of`` is the day on which the line would be sent."""

    as_of: date
    service_date: date
    started_at: datetime | None = None
    ended_at: datetime | None = None
    signed_at: datetime | None = None
    number_in_course: int | None = None
    number_on_day: int | None = None
    order_signed_at: datetime | None = None
    course_began_at: datetime | None = None
    payer_kind: PayerKind | None = None
    coverage: Coverage | None = None
    #: the day of the decision that says so
    assessed_on: date | None = None
    payer: PayerFacts = field(default_factory=PayerFacts)
    card: CardFacts = field(default_factory=CardFacts)
    #: what of the patient's address is not known, in words
    unknown_address: tuple[str, ...] = ()
    diagnoses: DiagnosisFacts | None = None
    #: as its live claim asks; None: it stands in no claim yet
    asked: Asked | None = None
    recording_attached: bool | None = None
    recording_verified: bool | None = None
    effective_minutes: int | None = None
    ended_early: bool | None = None
    partial_decision: PartialDecision | None = None
    #: what the clinic's written rule says of an hour that ended early; None where that is not known
    short: ShortFinding | None = None
    given_again: bool = False
    place_of_service: str | None = None
    #: those of its live claim; None: it stands in no claim yet
    modifiers: tuple[str, ...] | None = None
    sessions_per_day: int | None = None
    #: from the end of the day's session before to the start of this one
    minutes_since_previous: int | None = None
    earlier_course_ended_on: date | None = None
    other_codes_that_day: tuple[str, ...] = ()
    #: those of them of which somebody wrote down why they are separate and distinct
    separate_codes_that_day: tuple[str, ...] = ()
    billing_npi: str | None = None
    supervision: tuple[SupervisionPeriod, ...] = ()
    amendments: tuple[AmendedFact, ...] = ()
    countersignature_needed: bool = False
    #: how many amendments the session had when it was last countersigned; None: it never was
    countersigned_with: int | None = None

    def __post_init__(self) -> None:
        for name in ("started_at", "ended_at", "signed_at", "order_signed_at", "course_began_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no zone. Give the time with its zone.")
        for name in ("number_in_course", "number_on_day"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise ValueError(f"{name} counts from 1, not {number}. Number the sessions again.")
        if self.effective_minutes is not None and self.effective_minutes < 0:
            raise ValueError("Effective minutes cannot be below 0. Check the analysis of the recording.")
        if self.started_at and self.ended_at and self.ended_at <= self.started_at:
            raise ValueError("The session ends before it has begun. Amend its times first.")

    @property
    def interval(self) -> Interval | None:
        """The session on the clock, where both ends are known."""
        if self.started_at is None or self.ended_at is None:
            return None
        return Interval(self.started_at, self.ended_at)
