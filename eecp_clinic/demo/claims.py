"""The demo's claims: one course that is over was billed week by week, and its payer has answered some of it.

Everything goes through the services of the screens, on days that lie behind; the payer's answers are files as a clearing
house would give them. Whatever is done is found done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from courses.billing import services
from courses.billing.services.claim_acts import appeal_claim
from courses.billing.services.deposits import enter_deposit
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.pretend_payer import Paid, write_277ca, write_835, write_999
from courses.billing.x12.reading import Interchange, read
from courses.billing.x12.remittance import Adjustment
from courses.billing.x12.segments import Envelope
from courses.models import BillingProvider, Claim, ClaimFile, ClaimLine, Course
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.models import User
from patients.models import Document, Patient, Payer
from patients.services.coverage import add_coverage, add_payer
from patients.services.documents import add_document

CLEARING_HOUSE, SUBMITTER = "EXAMPLECH", "SAMPLETONHEART"
#: How many sessions a claim of the demo has: a week of them.
A_WEEK = 5
CHARGE = Decimal("160.00")
#: Of each session that is paid: what the contract takes off, and the coinsurance.
OFF, COINSURANCE = Decimal("38.00"), Decimal("24.40")
#: The payers to which files go, with the claim filing code.
ELECTRONIC = {Payer.Kind.ORIGINAL_MEDICARE: "MB", Payer.Kind.MEDICARE_ADVANTAGE: "16"}
#: Who pays after Medicare for the patient whose course was billed: it takes over most of the coinsurance.
SUPPLEMENT, LEFT = "Example Supplement Plan", Decimal("4.40")
#: A smallest PDF, which stands for a scanned paper.
A_PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def set_up(demo: DemoClinic, now: datetime) -> None:
    """In whose name the demo bills, what its payers want, and what it charges."""
    if BillingProvider.objects.filter(clinic=demo.clinic).exists():
        return
    biller = demo.biller
    provider = {
        "legal_name": "Sampleton Heart Clinic LLC",
        "npi": demo.clinic.npi,
        "tax_id": "360000000",
        "taxonomy": "207RC0000X",
        "address": demo.clinic.address,
        "city": demo.clinic.city,
        "state": demo.clinic.state,
        "postal_code": "600000001",
        "contact_name": biller.get_full_name(),
        "contact_phone": "5550100100",
        "accepts_assignment": True,
    }
    services.save_provider(clinic=demo.clinic, values=provider, actor=biller, now=now)
    years = sorted({now.year - 1, now.year})
    rows = "".join(f"{year},,G0166,,{CHARGE}\n" for year in years)
    services.import_fees(
        clinic=demo.clinic,
        payer=None,
        content=f"year,locality,code,modifier,amount\n{rows}".encode(),
        source="The demo's own list",
        actor=biller,
        now=now,
    )
    for number, payer in enumerate(demo.payers.values(), start=1):
        if payer.kind in ELECTRONIC:
            _profile(payer, number, biller, now)
    values = {"name": SUPPLEMENT, "kind": Payer.Kind.COMMERCIAL}
    supplement = add_payer(clinic=demo.clinic, values=values, actor=biller, now=now)
    _profile(supplement, len(demo.payers) + 1, biller, now)


def _profile(payer: Payer, number: int, biller: User, now: datetime) -> None:
    Payer.objects.filter(pk=payer.pk).update(payer_id=f"EX{number:03}")
    is_medicare = payer.kind == Payer.Kind.ORIGINAL_MEDICARE
    values = {
        "form": "837P",
        "receiver_name": "Example Clearing House",
        "receiver_id": CLEARING_HOUSE,
        "submitter_id": SUBMITTER,
        "filing_code": ELECTRONIC.get(Payer.Kind(payer.kind), "CI"),
        "production": True,
        "places_of_service": ["11", "49"],
        "repeat_modifier": "76",
        "refused_modifiers": [] if is_medicare else ["GA"],
        "filing_months": 12 if is_medicare else None,
        "appeal_days": 120 if is_medicare else None,
        "needs_authorization": payer.kind == Payer.Kind.MEDICARE_ADVANTAGE,
        "source": "Invented for the demo",
        "owner": biller,
        "effective_on": (now - timedelta(days=400)).date(),
    }
    services.save_profile(payer=payer, values=values, actor=biller, now=now)
    services.confirm_profile(payer=payer, actor=biller, now=now)


def bill(demo: DemoClinic, course: Course, now: datetime) -> list[Claim]:
    """Bill a course that is over: a claim a week, and what the payer says to each; nothing where it was billed."""
    if course.claims.exists():
        return []
    _complete(demo, course.patient, now)
    signed = course.sessions.filter(signature__isnull=False).order_by("number")
    lines = services.refresh_lines(sessions=signed.values_list("pk", flat=True), now=now)
    by_number = sorted(lines, key=lambda line: line.session.number or 0)
    ready = [line for line in by_number if line.state == ClaimLine.State.READY]
    return list(_weeks(demo, ready, now))


def _complete(demo: DemoClinic, patient: Patient, now: datetime) -> None:
    """What a claim asks of the patient's record: the signature on file, and who pays second."""
    if not patient.documents.filter(kind=Document.Kind.CONSENT).exists():
        paper = A_PAPER + f"% {patient.code}\n".encode()
        add_document(
            patient=patient, kind=Document.Kind.CONSENT, given=paper, actor=demo.staff["desk"], now=now
        )
    first = patient.coverages.order_by("priority")[0]
    if first.payer.kind == Payer.Kind.ORIGINAL_MEDICARE and not patient.coverages.filter(priority=2).exists():
        second = {
            "payer": demo.clinic.payers.get(name=SUPPLEMENT),
            "priority": 2,
            "member_id": "EXSUP0001",
            "starts_on": first.starts_on,
        }
        add_coverage(patient=patient, values=second, actor=demo.staff["desk"], now=now)


def _weeks(demo: DemoClinic, lines: Sequence[ClaimLine], now: datetime) -> Iterator[Claim]:
    """Paid by both payers, appealed, denied, rejected, accepted, sent, and one that waits to be sent."""
    fates = (_paid_twice, _appealed, _denied, _rejected, _accepted, _unanswered)
    for number, start in enumerate(range(0, len(lines), A_WEEK)):
        keys = [line.pk for line in lines[start : start + A_WEEK]]
        # The first claims went out longest ago, and none before its sessions.
        last = lines[min(start + A_WEEK, len(lines)) - 1].session.ended_at or now
        when = min(now, last + timedelta(days=1))
        made = services.make_claims(clinic=demo.clinic, lines=keys, actor=demo.biller, now=when)
        for claim in made.claims:
            if claim.state == Claim.State.READY and number < len(fates):
                fates[number](_Sent(demo, claim, when, now))
            yield claim


@dataclass(frozen=True, slots=True)
class _Sent:
    """A claim on its way: made, written and handed over at ``when``, and answered before ``now``."""

    demo: DemoClinic
    claim: Claim
    when: datetime
    now: datetime

    def send(self) -> Interchange:
        by = self.demo.biller
        file = services.make_claim_file(claims=[self.claim], actor=by, now=self.when)
        services.mark_sent(file=file, way=ClaimFile.Way.DOWNLOAD, actor=by, now=self.when)
        with file.file.open() as opened:
            return read(opened.read())[0]

    def envelope(self, sent: Interchange, kind: int) -> Envelope:
        return Envelope(
            sender_qualifier="ZZ",
            sender_id=CLEARING_HOUSE,
            receiver_qualifier="ZZ",
            receiver_id=SUBMITTER,
            control_number=int(sent.control) * 10 + kind,
            made_at=self.when.astimezone(UTC),
            is_test=False,
        )

    def take(self, content: bytes, days: int) -> services.Taken:
        at = min(self.now, self.when + timedelta(days=days))
        return services.take_answers(clinic=self.demo.clinic, content=content, actor=self.demo.biller, now=at)

    def pay(self, sent: Interchange, decision: Paid) -> None:
        """277CA the next day, and the payment a fortnight later."""
        self.take(write_277ca(self.envelope(sent, 2), sent), 1)
        self.remit(sent, decision, kind=3, days=14)

    def remit(self, sent: Interchange, decision: Paid, *, kind: int, days: int) -> None:
        """A payment, which the bank shows too."""
        paid_on = min(self.now, self.when + timedelta(days=days)).date()
        content = write_835(
            self.envelope(sent, kind), sent, paid_on=paid_on, decisions={self.claim.code.upper(): decision}
        )
        [paid] = self.take(content, days).remittances
        if paid.amount:
            enter_deposit(
                clinic=self.demo.clinic,
                banked_on=paid_on,
                amount=paid.amount,
                reference=f"EFT {paid.trace_number}",
                remittances=[paid.code],
                actor=self.demo.biller,
                now=self.now,
            )


def _reasons(claim: Claim, denied: int) -> dict[str, tuple[Adjustment, ...]]:
    """Of each line why not all of it was paid; the last ``denied`` of them are denied whole."""
    paid = (Adjustment("CO", "45", OFF), Adjustment("PR", "2", COINSURANCE))
    codes = list(claim.memberships.order_by("position").values_list("line__code", flat=True))
    refused = set(codes[len(codes) - denied :])
    return {code.upper(): (Adjustment("CO", "50", CHARGE),) if code in refused else paid for code in codes}


def _paid_twice(one: _Sent) -> None:
    """Medicare pays and passes the claim on, and the supplement answers a week later."""
    sent = one.send()
    one.take(write_999(one.envelope(sent, 1), sent), 0)
    first = _reasons(one.claim, 0)
    one.pay(sent, Paid(status="19", passed_on_to=SUPPLEMENT.upper(), adjustments=first))
    second = (Adjustment("OA", "23", CHARGE - COINSURANCE), Adjustment("PR", "3", LEFT))
    one.remit(sent, Paid(status="2", adjustments=dict.fromkeys(first, second)), kind=4, days=21)


def _appealed(one: _Sent) -> None:
    """Paid but for one session, which is appealed."""
    one.pay(one.send(), Paid(adjustments=_reasons(one.claim, 1)))
    last = one.claim.memberships.select_related("line").latest("position")
    at = min(one.now, one.when + timedelta(days=18))
    appeal_claim(
        claim=one.claim,
        on=one.demo.clinic.day_of(at),
        note="The recording and the signed sheet of the session went along, by fax.",
        lines=[last.line.code],
        actor=one.demo.biller,
        now=at,
    )


def _denied(one: _Sent) -> None:
    one.pay(one.send(), Paid(status="4", adjustments=_reasons(one.claim, A_WEEK)))


def _rejected(one: _Sent) -> None:
    sent = one.send()
    why = {one.claim.code.upper(): StatusCode("A7", "562", "85")}
    one.take(write_277ca(one.envelope(sent, 2), sent, rejected=why), 1)


def _accepted(one: _Sent) -> None:
    sent = one.send()
    one.take(write_999(one.envelope(sent, 1), sent), 0)
    one.take(write_277ca(one.envelope(sent, 2), sent), 1)


def _unanswered(one: _Sent) -> None:
    one.send()
