"""Claims that were sent, and a payer that answers them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from courses.billing.services import make_claim_file, make_claims, mark_sent
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.pretend_payer import Paid, write_277ca, write_835, write_999, write_ta1
from courses.billing.x12.reading import Interchange, read
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment
from courses.billing.x12.segments import Envelope, Segment
from courses.models import Claim, ClaimFile, ClaimLine
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

SENT = FIRST_HOUR + timedelta(days=14)
NOW = SENT + timedelta(days=20)
PAID_ON = date(2027, 1, 4)
ENVELOPE = Envelope(
    sender_qualifier="ZZ",
    sender_id="EXAMPLECH",
    receiver_qualifier="ZZ",
    receiver_id="EXAMPLEHEART",
    control_number=900,
    made_at=datetime(2026, 12, 15, 9, 0, tzinfo=UTC),
    is_test=False,
)


def send(given: Given, biller: User, *lines: ClaimLine) -> ClaimFile:
    """Those lines in one claim and one file, handed over."""
    made = make_claims(clinic=given.clinic, lines=[line.pk for line in lines], actor=biller, now=SENT)
    file = make_claim_file(claims=made.claims, actor=biller, now=SENT)
    return mark_sent(file=file, way="download", actor=biller, now=SENT)


def sent_claim(given: Given, biller: User, sessions: int = 3) -> Claim:
    make_billable(given, biller)
    return send(given, biller, *(make_line(given, n) for n in range(sessions))).claims.get()


class Answering:
    """The payer of one file; each answer has a number of its own."""

    def __init__(self, file: ClaimFile) -> None:
        with file.file.open() as opened:
            self.sent: Interchange = read(opened.read())[0]
        self.number = 900 + file.control_number * 10

    def _envelope(self) -> Envelope:
        self.number += 1
        return replace(ENVELOPE, control_number=self.number)

    def ta1(self, note: str = "000") -> bytes:
        return write_ta1(self._envelope(), self.sent, note=note)

    def syntax(self, *errors: Segment) -> bytes:
        return write_999(self._envelope(), self.sent, errors=errors)

    def status(self, **rejected: StatusCode) -> bytes:
        return write_277ca(
            self._envelope(), self.sent, rejected={code.upper(): one for code, one in rejected.items()}
        )

    def payment(
        self, decisions: Mapping[str, Paid] | None = None, taken: Sequence[ProviderAdjustment] = ()
    ) -> bytes:
        by_reference = {code.upper(): one for code, one in (decisions or {}).items()}
        return write_835(
            self._envelope(),
            self.sent,
            paid_on=PAID_ON,
            decisions=by_reference,
            provider_adjustments=taken,
        )


def decided(claim: Claim, *per_line: tuple[str, str, str], status: str = "1") -> Paid:
    """Every line of the claim with the same adjustments: group, reason, amount."""
    reasons = tuple(Adjustment(group, reason, Decimal(amount)) for group, reason, amount in per_line)
    codes = claim.memberships.values_list("line__code", flat=True)
    return Paid(status=status, adjustments={code.upper(): reasons for code in codes})
