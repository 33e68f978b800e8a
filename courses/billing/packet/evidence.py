"""What a documentation packet holds, as plain values. PURE.

None, and an empty text where a text is meant, is "not known"; nothing is filled in. Times are aware.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from courses.billing.packet.enclosed_evidence import (
    ClaimSheet,
    EnclosedPaper,
    Letter,
    NoticeGiven,
    Opinion,
    Paper,
    SheetUsed,
)
from courses.billing.packet.session_evidence import Picture, SessionSheet, Signed


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
class StandaloneSheet:
    """One signed session with all that a reviewer needs to read it alone; ``as_of`` is when it last grew."""

    identity: Identity
    order: Order
    sessions_ordered: int
    session: SessionSheet
    verified: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    kind: str
    sessions_done: int
    text: str
    decision: str
    signature: Signed


@dataclass(frozen=True, slots=True)
class Scope:
    """Which signed sessions: of these days, or of this claim or these lines of it; all of the course where nothing is said."""

    first_day: date | None = None
    last_day: date | None = None
    claim: str = ""
    lines: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.first_day is None and not self.claim


@dataclass(frozen=True, slots=True)
class Evidence:
    """One packet. ``sessions_ordered`` counts those that a decision added; ``outcomes`` is the table of the course page;
    ``unsigned`` counts sessions left out. ``differing`` says of which session the record is no longer what was signed.
    """

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
    scope: Scope = Scope()
    opinion: Opinion | None = None
    papers: tuple[Paper, ...] = ()
    enclosed: tuple[EnclosedPaper, ...] = ()
    notices: tuple[NoticeGiven, ...] = ()
    claims: tuple[ClaimSheet, ...] = ()
    letter: Letter | None = None
    sheets: tuple[SheetUsed, ...] = ()
    differing: tuple[tuple[int, str], ...] = ()

    @property
    def is_archival(self) -> bool:
        """Whether everything in it is known to keep to PDF/A."""
        return all(one.is_archival or not one.pages for one in self.enclosed)

    @property
    def signatures(self) -> tuple[Signed, ...]:
        """The signature log: every signature in the packet, in order of time."""
        signed = [self.decision.signature, self.order.signature]
        signed += [signature for session in self.sessions for signature in session.signatures]
        signed += [review.signature for review in self.reviews]
        # Signed at one moment: in the order of the course.
        return tuple(sorted((s for s in signed if s is not None), key=lambda s: s.signed_at))
