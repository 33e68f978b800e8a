"""What the sheet of one signed session shows, as plain values. PURE.

None, and an empty text where a text is meant, is "not known"; nothing is filled in. Times are aware.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


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
class Vitals:
    """One set; ``values`` as (label, value with unit), empty where not measured. ``examined`` holds what was noted only."""

    phase: str
    values: tuple[tuple[str, str], ...]
    recorded_by: str
    recorded_at: datetime
    examined: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()


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
    ds_area: Decimal | None = None
    device_minutes: Decimal | None = None
    struck: str = ""


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


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what was done, or a change of a setting; ``struck`` says who struck it and why, empty where it counts."""

    at: datetime
    what: str
    detail: str
    note: str
    recorded_by: str
    struck: str


@dataclass(frozen=True, slots=True)
class Override:
    """A physician's decision to treat against a hold, with the limits that were passed."""

    reason: str
    facts: tuple[str, ...]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Amended:
    """A late entry, correction or addendum as it stands beside the signed session; empty values are not known."""

    code: str
    kind: str
    what: str
    original: str
    corrected: str
    happened_at: datetime | None
    text: str
    reason: str
    made_at: datetime
    signature: Signed
    path: str = ""  # of the value that a correction is of

    @property
    def place(self) -> str:
        """The part of the sheet below which the correction is shown: 'vital_signs', 'readings'; 'hour' for the session's own."""
        if not self.path:
            return ""
        part = self.path.split("/")[0]
        return part if "/" in self.path and part != "pauses" else "hour"


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
    gated_minutes: float | None = None
    stop_note: str = ""
    education: tuple[str, ...] = ()
    left_how: str = ""
    next_confirmed: bool | None = None
    events: tuple[Happening, ...] = ()
    changes: tuple[Happening, ...] = ()
    overrides: tuple[Override, ...] = ()
    amendments: tuple[Amended, ...] = ()
    countersignatures: tuple[Signed, ...] = ()

    @property
    def signatures(self) -> tuple[Signed, ...]:
        return (self.signature, *(amended.signature for amended in self.amendments), *self.countersignatures)
