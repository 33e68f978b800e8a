"""What a documentation packet holds, as plain values. PURE.

None, and an empty text where a text is meant, is "not known"; nothing is filled in. Times are aware.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature with the hash of what was signed; ``intact`` whether the kept content still has that hash."""

    what: str
    name: str
    credentials: str
    meaning: str
    signed_at: datetime
    authentication: str
    content_sha256: str
    intact: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose packet, from which clinic, for which payer."""

    clinic: str
    clinic_address: str
    clinic_npi: str
    family_name: str
    given_name: str
    born: date
    sex: str
    mrn: str
    payer: str
    member_id: str
    course: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the policy as it was judged, with its citation."""

    state: str
    sentence: str
    fact: str
    document: str
    section: str
    version: str
    url: str


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: str
    policy: str
    version: str
    summary: str
    made_at: datetime
    made_by: str
    required: tuple[Criterion, ...]
    recommended: tuple[Criterion, ...]
    signature: Signed | None


@dataclass(frozen=True, slots=True)
class Order:
    code: str
    sessions: int
    session_minutes: int
    sessions_per_day: int
    days_per_week: int
    pressure_target_mmhg: int
    diagnoses: tuple[str, ...]
    goals: str
    ordered_at: datetime
    ordered_by: str
    signature: Signed | None


@dataclass(frozen=True, slots=True)
class Vitals:
    """One set; ``values`` as (label, value with unit), empty where not measured."""

    phase: str
    values: tuple[tuple[str, str], ...]
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the flowsheet; ``by_device`` names the columns that the device gave."""

    at: datetime
    pressure_mmhg: int | None
    heart_rate_bpm: int | None
    systolic_mmhg: int | None
    diastolic_mmhg: int | None
    spo2_percent: int | None
    ds_peak: Decimal | None
    note: str
    by_device: tuple[str, ...]
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Pause:
    started_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Supervision:
    """Who supervised in any part of a session; ``ended_at`` None where nobody noted it."""

    name: str
    npi: str
    mode: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a gating report."""

    minute: int
    grade: str
    ds_peak: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a gating report: ``value`` with its unit, or why it is not known; ``n`` beats behind it."""

    label: str
    value: str
    reason: str
    n: int
    coverage: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a gating report for paper; ``svg`` is drawn as it stands, ``alt`` says it in words."""

    name: str
    title: str
    svg: str
    alt: str
    note: str


@dataclass(frozen=True, slots=True)
class Gating:
    """``pictures_missing`` says why pictures of beats are not there; empty where they are."""

    code: str
    engine_version: str
    config_sha256: str
    input_sha256: str
    made_at: datetime
    grade: str
    figures: tuple[Figure, ...]
    findings: tuple[str, ...]
    minutes: tuple[Minute, ...]
    pictures: tuple[Picture, ...]
    pictures_missing: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording of a session, by the device's clock; hashes empty where there is no file yet."""

    uuid: str
    started_at: datetime
    ended_at: datetime | None
    gap_seconds: float | None
    file_sha256: str
    chunks_sha256: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSheet:
    """Everything about one signed session."""

    number: int
    code: str
    device: str
    started_at: datetime | None
    ended_at: datetime | None
    minutes: Decimal | None
    ordered_minutes: int
    stop_reason: str
    identity_checked: bool
    skin_after: str
    symptoms: str
    comments: str
    opened_by: str
    vitals: tuple[Vitals, ...]
    readings: tuple[Reading, ...]
    pauses: tuple[Pause, ...]
    supervision: tuple[Supervision, ...]
    unsupervised: tuple[tuple[datetime, datetime], ...]
    recording: Recorded | None
    without_recording_reason: str
    gating: Gating | None
    signature: Signed


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    kind: str
    sessions_done: int
    text: str
    decision: str
    signature: Signed


@dataclass(frozen=True, slots=True)
class Evidence:
    """One packet. ``sessions_ordered`` counts those that a decision added; ``outcomes`` is the table of the course page; ``unsigned`` counts sessions left out."""

    code: str
    made_for: datetime
    identity: Identity
    state: str
    decision: Decision
    order: Order
    sessions_ordered: int
    sessions: tuple[SessionSheet, ...]
    unsigned: int
    reviews: tuple[ReviewSheet, ...]
    review_kinds: frozenset[str]
    outcomes: Any
    measured_points: frozenset[str]
    course_pictures: tuple[Picture, ...] = ()

    @property
    def signatures(self) -> tuple[Signed, ...]:
        """The signature log: every signature in the packet, in order of time."""
        signed = [self.decision.signature, self.order.signature]
        signed += [session.signature for session in self.sessions]
        signed += [review.signature for review in self.reviews]
        return tuple(sorted((s for s in signed if s is not None), key=lambda s: (s.signed_at, s.what)))
