"""What a biller must not miss: answers that do not come, money that does not agree, sessions amended once billed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from courses.billing.billed_on import corrected_since_billed
from courses.models import (
    Amendment,
    Claim,
    ClaimFile,
    ClaimLine,
    ClaimMembership,
    Deposit,
    Remittance,
)
from eecp_clinic.dollars import usd
from eecp_clinic.models import Clinic

#: A clearing house answers within a day or two; what has no 277CA after this did not arrive.
ANSWER_WITHIN = timedelta(hours=72)
#: A reminder and no rule of any payer: what another passed on has no 277CA, and nobody else would ask where it is.
PASSED_ON_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at; ``url`` is where."""

    code: str
    light: str
    sentence: str
    url: str
    action: str


def silent_files(clinic: Clinic, now: datetime) -> QuerySet[ClaimFile]:
    """Real files handed over more than 72 hours ago that still hold a claim of which nothing was heard."""
    unheard = Claim.objects.filter(files=OuterRef("pk"), state=Claim.State.SENT, statuses__isnull=True)
    return (
        ClaimFile.objects.of(clinic)
        .filter(Exists(unheard), is_test=False, sent_at__lte=now - ANSWER_WITHIN)
        .order_by("sent_at")
    )


def silent_passed_on(clinic: Clinic, now: datetime) -> QuerySet[Claim]:
    """Claims that a payer said it passed on, of which the next payer has said nothing for 30 days."""
    return (
        Claim.objects.of(clinic)
        .filter(passed_on=True, state=Claim.State.SENT, sent_at__lte=now - PASSED_ON_WITHIN)
        .select_related("payer", "follows__payer")
        .order_by("sent_at")
    )


def unposted(clinic: Clinic) -> QuerySet[Remittance]:
    return Remittance.objects.of(clinic).filter(posted_at__isnull=True).order_by("read_at")


def differing_deposits(clinic: Clinic) -> QuerySet[Deposit]:
    """Deposits that are not what their payments add up to; ``told`` is that sum."""
    money: DecimalField[Decimal, Decimal] = DecimalField(max_digits=12, decimal_places=2)
    told = Coalesce(Sum("remittances__amount"), Decimal(0), output_field=money)
    return Deposit.objects.of(clinic).standing().annotate(told=told).exclude(told=F("amount"))


def amended_since_billed(clinic: Clinic) -> QuerySet[ClaimLine]:
    """Lines that a payer has, of sessions to which something was added after the claim went out."""
    later = Amendment.objects.filter(
        session=OuterRef("line__session"), made_at__gt=OuterRef("claim__sent_at")
    )
    billed = ClaimMembership.objects.filter(live=True, claim__sent_at__isnull=False).filter(Exists(later))
    return ClaimLine.objects.of(clinic).filter(Exists(billed.filter(line=OuterRef("pk"))))


def alarms(clinic: Clinic, now: datetime) -> list[Alarm]:
    """What stands over the worklist, in a fixed number of queries."""
    return [
        *(_silent(file) for file in silent_files(clinic, now)[:5]),
        *(_not_arrived(claim) for claim in silent_passed_on(clinic, now)[:5]),
        *_payments(clinic),
        *(_differs(deposit) for deposit in differing_deposits(clinic)[:5]),
        *_amended(clinic),
        *(
            _corrected(claim)
            for claim in corrected_since_billed(clinic).select_related("course__patient")[:5]
        ),
    ]


def _silent(file: ClaimFile) -> Alarm:
    said = gettext("File %(number)s has no 277CA after 72 hours. Ask %(receiver)s whether it arrived.")
    return Alarm(
        "no_277ca",
        "stop",
        said % {"number": f"{file.control_number:09}", "receiver": file.receiver_id},
        reverse("courses:claim-file", args=[file.code]),
        gettext("Open the file"),
    )


def _not_arrived(claim: Claim) -> Alarm:
    said = gettext(
        "%(payer)s was passed claim %(code)s 30 days ago and has not answered. Ask whether it arrived."
    )
    return Alarm(
        "passed_on_silent",
        "look",
        said % {"payer": claim.payer.name, "code": claim.code},
        reverse("courses:claim", args=[claim.code]),
        gettext("Open the claim"),
    )


def _payments(clinic: Clinic) -> list[Alarm]:
    found = unposted(clinic).aggregate(count=Count("pk"), amount=Sum("amount"))
    if not found["count"]:
        return []
    said = ngettext(
        "%(count)d payment of %(amount)s waits to be posted.",
        "%(count)d payments of %(amount)s in all wait to be posted.",
        found["count"],
    )
    sentence = said % {"count": found["count"], "amount": usd(found["amount"])}
    return [Alarm("unposted", "look", sentence, reverse("courses:answers"), gettext("Open the payments"))]


def _differs(deposit: Deposit) -> Alarm:
    told: Decimal = deposit.told  # type: ignore[attr-defined]  # annotated
    said = gettext("The bank shows %(banked)s, and the payments of that deposit add up to %(told)s.")
    return Alarm(
        "deposit_differs",
        "stop",
        said % {"banked": usd(deposit.amount), "told": usd(told)},
        reverse("courses:deposits"),
        gettext("Open the deposits"),
    )


def _amended(clinic: Clinic) -> list[Alarm]:
    lines = amended_since_billed(clinic).select_related("session__course__patient")[:5]
    said = gettext(
        "Session %(number)s of %(patient)s was amended after it was billed: correct it by a replacement claim."
    )
    return [
        Alarm(
            "amended_since_billed",
            "look",
            said % {"number": line.session.number, "patient": line.session.course.patient.board_name},
            reverse("courses:claim-line", args=[line.code]),
            gettext("Open the line"),
        )
        for line in lines
    ]


def _corrected(claim: Claim) -> Alarm:
    said = gettext(
        "Coverage or approval of %(patient)s was corrected after claim %(code)s went out: replace or void that claim."
    )
    return Alarm(
        "corrected_since_billed",
        "look",
        said % {"patient": claim.course.patient.board_name, "code": claim.code},
        reverse("courses:claim", args=[claim.code]),
        gettext("Open the claim"),
    )
