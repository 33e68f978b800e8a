"""Rows of claims, their files, answers and deposits."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from courses.models import (
    Acknowledgement,
    Claim,
    ClaimFile,
    ClaimMembership,
    Deposit,
    Remittance,
)
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

READS = ("billing", "administrator")
OPENS = (*READS, "physician")
DOES = ("billing",)
DAY = factories.MONDAY_NINE.date()


def extend(world: World) -> None:
    """Claims in the states that the pages act on, a file, an answer, a payment and a deposit."""
    biller, patient = world.users["billing"], world["billed"].patient
    coverage = patient.coverages.first() or factories.make_coverage(patient)

    def claim(state: str, **fields: Any) -> Claim:
        sent = None if state in {"draft", "ready"} else factories.MONDAY_NINE
        made = Claim.objects.create(
            course=world["billed"],
            payer=coverage.payer,
            coverage=coverage,
            state=state,
            made_by=biller,
            made_at=factories.MONDAY_NINE,
            state_at=factories.MONDAY_NINE,
            sent_at=sent,
            **fields,
        )
        ClaimMembership.objects.create(
            claim=made,
            line=world["line"],
            position=1,
            live=False,
            service_date=DAY,
            hcpcs="G0166",
            place_of_service="11",
            charge=Decimal(150),
        )
        return made

    by: dict[str, Any] = {"clinic": world.clinic, "made_by": biller, "made_at": factories.MONDAY_NINE}
    received: dict[str, Any] = {
        "clinic": world.clinic,
        "file": "answers/none.x12",
        "read_at": factories.MONDAY_NINE,
    }
    world.things |= {
        "claim_draft": claim("draft"),
        "claim_denied": claim("denied", payer_number="PAYER1"),
        "claim_file": ClaimFile.objects.create(
            **by, submitter_id="A", receiver_id="B", control_number=1, file="claims/none.837", size=1
        ),
        "acknowledgement": Acknowledgement.objects.create(
            **received, kind="999", outcome="accepted", sha256="1" * 64
        ),
        "payment": Remittance.objects.create(
            **received, trace_number="EX1", method="CHK", amount=Decimal(1), sha256="2" * 64
        ),
        "deposit": Deposit.objects.create(
            clinic=world.clinic,
            banked_on=DAY - timedelta(days=1),
            amount=Decimal(1),
            entered_by=biller,
            entered_at=factories.MONDAY_NINE,
        ),
    }


def of(name: str) -> Callable[[World], list[Any]]:
    return lambda world: [world[name].code]


def form(world: World) -> dict[str, str]:
    return {"patient": world["billed"].patient.code}


def act(name: str, thing: str, *, status: int = 302) -> Row:
    return Row(f"courses:{name}", only(*DOES, status=status), method="post", args=of(thing), data=form)


ROWS = [
    Row("courses:claims-by-course", only(*READS)),
    Row("courses:claims-make", only(*DOES, status=422), method="post", outsider=422),
    Row("courses:claim-files", only(*READS)),
    Row("courses:claim-files-make", only(*DOES, status=302), method="post", outsider=302),
    Row("courses:claim-file", only(*READS), args=of("claim_file")),
    Row("courses:claim-file-download", only(*DOES, status=404), args=of("claim_file")),
    act("claim-file-sent", "claim_file", status=422),
    Row("courses:answers", only(*READS)),
    Row("courses:answer-upload", only(*DOES), method="post"),
    Row("courses:acknowledgement", only(*READS), args=of("acknowledgement")),
    Row("courses:payment", only(*READS), args=of("payment")),
    act("payment-post", "payment"),
    Row("courses:deposits", only(*READS)),
    Row("courses:deposit-enter", only(*DOES), method="post"),
    act("deposit-withdraw", "deposit", status=422),
    Row("courses:claim", only(*OPENS), args=of("claim_draft")),
    act("claim-check", "claim_draft"),
    act("claim-discard", "claim_draft"),
    act("claim-mail", "claim_draft", status=409),
    act("claim-replace", "claim_denied", status=200),
    act("claim-void", "claim_denied", status=200),
    act("claim-appeal", "claim_denied", status=200),
    Row("courses:claims-next-make", only(*DOES, status=302), method="post", outsider=302),
    act("claim-not-passed-on", "claim_denied", status=422),
    Row("courses:claim-paper", only(*OPENS), args=of("claim_denied")),
    Row("courses:claim-paper-file", only(*DOES, status=409), args=of("claim_denied")),
]
