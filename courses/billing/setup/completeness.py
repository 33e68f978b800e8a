"""What is complete and what is missing, of the clinic and of each payer, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.billing.asking import charge_of
from courses.billing.findings import LineFinding, Severity
from courses.billing.readiness import may_send, missing_setup
from courses.billing.setup.links import mended_on
from courses.billing.setup_gathering import setup_of
from courses.billing.worklist.claims_page import MOVERS
from courses.models import BillingProvider, FeeSchedule, PayerProfile
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from patients.models import Payer

LIGHTS = {Severity.BLOCK: "stop", Severity.WARN: "look", Severity.NOTE: "idle"}
LABELS = {Severity.BLOCK: _("Missing"), Severity.WARN: _("Look"), Severity.NOTE: _("Note")}


@dataclass(frozen=True, slots=True)
class PayerSetup:
    """One payer with its profile and what is missing before a claim may go to it."""

    payer: Payer
    profile: PayerProfile | None
    may_send: bool
    findings: tuple[dict[str, Any], ...]

    @property
    def missing(self) -> int:
        return sum(finding["light"] == "stop" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Setup:
    provider: BillingProvider | None
    practitioners: tuple[User, ...]
    charge: Decimal | None
    payers: tuple[PayerSetup, ...]
    schedules: tuple[FeeSchedule, ...]


def physicians(clinic: Clinic) -> list[User]:
    """Who may supervise, and so stands on claims."""
    at_clinic = User.objects.filter(memberships__clinic=clinic, memberships__role=Role.PHYSICIAN)
    return list(at_clinic.filter(is_active=True).select_related("billing").order_by("last_name", "pk"))


def setup_shown(clinic: Clinic, day: date) -> Setup:
    """Everything of the page "Billing setup"."""
    provider = BillingProvider.objects.filter(clinic=clinic).first()
    practitioners, charge = physicians(clinic), charge_of(clinic, day)
    profiles = PayerProfile.objects.filter(payer__clinic=clinic).select_related("owner", "confirmed_by")
    by_payer = {profile.payer_id: profile for profile in profiles}
    rows = []
    for payer in Payer.objects.filter(clinic=clinic).exclude(kind=Payer.Kind.SELF_PAY):
        profile = by_payer.get(payer.pk)
        findings = missing_setup(
            setup_of(
                payer,
                clinic=clinic,
                profile=profile,
                provider=provider,
                charge=charge,
                practitioners=practitioners,
                day=day,
            )
        )
        shown = tuple(finding_shown(finding, payer) for finding in findings)
        rows.append(PayerSetup(payer, profile, may_send(findings), shown))
    schedules = FeeSchedule.objects.filter(clinic=clinic).select_related("payer", "imported_by")
    return Setup(provider, tuple(practitioners), charge, tuple(rows), tuple(schedules))


def finding_shown(finding: LineFinding, payer: Payer) -> dict[str, Any]:
    """A finding as pages show it, with the address of the page that mends it."""
    return {
        "light": LIGHTS[finding.severity],
        "label": LABELS[finding.severity],
        "sentence": finding.sentence,
        "url": mended_on(finding.field, payer),
        "who": MOVERS[finding.mover],
        "source": finding.source,
    }
