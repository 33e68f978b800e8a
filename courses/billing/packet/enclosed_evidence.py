"""What a packet holds beside decision, order and sessions, as plain values. PURE.

None, and an empty text where a text is meant, is "not known"; nothing is filled in. Times are aware, money in US dollars.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Opinion:
    """The specialist's opinion as the workup of the decision has it, with what else the decision rests on."""

    name: str
    specialty: str
    given_on: date | None
    reasons: tuple[str, ...]
    ccs_class: str
    ccs_assessed_on: date | None
    therapy: tuple[str, ...]
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the patient's file; ``sha256`` is of the stored bytes."""

    code: str
    kind: str
    title: str
    dated_on: date | None
    pages: int
    sha256: str
    uploaded_at: datetime
    is_consent: bool


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """An ABN, or a question to a Medicare Advantage plan; ``answer`` in words, empty where there is none yet."""

    code: str
    kind: str
    about: str
    reason: str
    given_at: datetime
    amount_usd: Decimal | None
    answer: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line as one claim asks for it."""

    line: str
    session: int
    service_date: date
    code: str
    modifiers: tuple[str, ...]
    place_of_service: str
    units: int
    charge_usd: Decimal
    supervisor: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A file that came back on a claim, with the hash of its bytes."""

    kind: str
    at: datetime
    said: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """One claim, the files in which it went out (number, SHA-256, when sent), and what came back."""

    code: str
    payer: str
    frequency: str
    original: str
    state: str
    payer_number: str
    made_at: datetime
    sent_at: datetime | None
    lines: tuple[AskedLine, ...]
    files: tuple[tuple[str, str, datetime | None], ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A payer's request for records that the packet answers; ``due_on`` None is not known."""

    code: str
    number: str
    asked_by: str
    address: str
    received_on: date
    due_on: date | None
    claim: str


@dataclass(frozen=True, slots=True)
class SheetUsed:
    """The kept sheet of one session as it is in the packet; ``problem`` says why it is not, or not whole."""

    session: int
    code: str
    version: int
    sha256: str
    pages: int
    problem: str


@dataclass(frozen=True, slots=True)
class EnclosedPaper:
    """How one of the papers stands in the packet: with ``pages`` pages, or not, and ``problem`` says why.

    ``is_archival``: its pages are known to keep to PDF/A.
    """

    code: str
    sha256: str
    pages: int
    is_archival: bool
    problem: str
