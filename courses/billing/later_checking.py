"""What keeps a claim to a second or third payer back, beside what is asked of every claim.

The sessions were judged for the first payer. The next one has its own time to file and its own approvals; and Medicare
pays second only for what it would cover, so that a signed decision about that coverage must stand.
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from courses.billing.facts import VERDICTS, federal_holidays
from courses.billing.line import Coverage as Verdict
from courses.billing.timely_filing import MEDICARE_MONTHS, filing_limit
from courses.models import Claim, PayerProfile
from patients.eligibility.conclusion import Pathway
from patients.models import EligibilityAssessment, Payer

#: Findings of a line about the first payer alone, which time has made true since it was asked.
OF_THE_FIRST_PAYER = ("filed_too_late",)


def of_later_payer(claim: Claim, now: datetime) -> Iterator[str]:
    """Why the claim cannot go to this payer yet, in sentences; nothing for a claim to the first payer."""
    if claim.rank == 1 or claim.frequency == Claim.Frequency.VOID:
        return
    profile = PayerProfile.objects.filter(payer=claim.payer, confirmed_at__isnull=False).first()
    yield from _filed_too_late(claim, profile, now)
    if profile is not None and profile.needs_authorization and claim.authorization is None:
        said = gettext("%(payer)s needs an approval, and none on file holds on all of these days.")
        yield said % {"payer": claim.payer.name}
    if claim.payer.kind == Payer.Kind.ORIGINAL_MEDICARE and not _covered(claim):
        yield gettext(
            "Medicare pays second, and no signed decision says that it covers this course. Have the patient's"
            " Medicare coverage judged and signed first."
        )


def _filed_too_late(claim: Claim, profile: PayerProfile | None, now: datetime) -> Iterator[str]:
    is_medicare = claim.payer.kind == Payer.Kind.ORIGINAL_MEDICARE
    months = MEDICARE_MONTHS if is_medicare else profile.filing_months if profile else None
    first = claim.memberships.order_by("service_date").values_list("service_date", flat=True).first()
    if months is None or first is None:
        return
    today = claim.course.clinic.day_of(now)
    limit = filing_limit(first, on=today, holidays=federal_holidays(first.year), months=months)
    if limit.days_left < 0:
        said = gettext(
            "%(payer)s had to be asked by %(day)s. Ask whether it makes an exception, or write it off."
        )
        yield said % {"payer": claim.payer.name, "day": f"{limit.last_day:%a %d-%b-%Y}"}


def _covered(claim: Claim) -> bool:
    """The newest signed decision about this coverage."""
    signed = EligibilityAssessment.objects.filter(coverage=claim.coverage, signature__isnull=False)
    newest = signed.order_by("made_at", "pk").values_list("pathway", flat=True).last()
    return newest in set(Pathway) and VERDICTS.get(Pathway(newest)) is Verdict.COVERED
