"""What stands in the clinic of the pages' benchmark: the place, one course to be made, and signatures in bulk."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devices.models import Device
    from eecp_clinic.models import Clinic, Signature, User
    from eecp_clinic.roles import Role
    from patients.models import Coverage, Patient, Payer

STARTS = [time(8), time(9, 15), time(10, 30), time(11, 45), time(13, 15), time(14, 30), time(15, 45)]
DAY = timedelta(days=1)


@dataclass
class Place:
    """The clinic with what rows need at hand, and the codes of pages to open."""

    clinic: "Clinic"
    nurse: "User"
    physician: "User"
    biller: "User"
    devices: list["Device"]
    payer: "Payer"
    facts: dict[str, Any]
    decision: dict[str, Any]
    findings: list[dict[str, Any]]
    report: str
    today: date
    courses: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.clinic.zone).astimezone(UTC)


@dataclass(frozen=True)
class Planned:
    """One course to be made: who, on which days at which hour of which device, and how many of them lie behind."""

    patient: "Patient"
    coverage: "Coverage"
    days: Sequence[date]
    start: time
    device: "Device"
    done: int
    state: str
    end_reason: str = ""
    recorded: bool = False


def signatures(
    place: Place, signer: "User", role: "Role", subject: str, count: int, at: datetime
) -> "list[Signature]":
    from eecp_clinic.models import Signature
    from eecp_clinic.signing import canonical, sha256_of

    text = canonical({"subject": subject, "values": {f"field_{n}": "what was signed" for n in range(60)}})
    digest = sha256_of(text)
    return Signature.objects.bulk_create(
        Signature(
            clinic=place.clinic, signer=signer, name=signer.get_full_name(), credentials=signer.credentials, role=role,
            meaning="Signed", signed_at=at, authentication="password", subject=subject, content=text, content_sha256=digest,
        )
        for _ in range(count)
    )  # fmt: skip
