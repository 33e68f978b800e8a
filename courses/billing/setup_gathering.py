"""From the record to the facts of readiness: what must be there before the first claim goes to a payer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from courses.billing import readiness
from courses.billing.asking import charge_of
from courses.models import BillingProvider, PayerProfile
from eecp_clinic.models import Clinic, User
from patients.models import Payer


def setup_facts(
    clinic: Clinic, payer: Payer, *, practitioners: list[User], day: date, charge: Decimal | None = None
) -> readiness.SetupFacts:
    """What ``readiness.missing_setup`` judges before a claim goes to ``payer``.

    ``charge``: what a claim that is made asks for, which may be of another year than ``day``.
    """
    return setup_of(
        payer,
        clinic=clinic,
        profile=PayerProfile.objects.filter(payer=payer).select_related("owner").first(),
        provider=BillingProvider.objects.filter(clinic=clinic).first(),
        charge=charge if charge is not None else charge_of(clinic, day),
        practitioners=practitioners,
        day=day,
    )


def setup_of(
    payer: Payer,
    *,
    clinic: Clinic,
    profile: PayerProfile | None,
    provider: BillingProvider | None,
    charge: Decimal | None,
    practitioners: Sequence[User],
    day: date,
) -> readiness.SetupFacts:
    """The same from rows that are fetched already, for a page of many payers."""
    return readiness.SetupFacts(
        as_of=day,
        payer=payer.name,
        payer_kind=payer.kind,
        payer_id=payer.payer_id,
        place_of_service=clinic.place_of_service,
        charge=charge,
        profile=_profile_facts(profile) if profile else None,
        provider=_provider_facts(provider) if provider else None,
        practitioners=tuple(_practitioner_facts(user) for user in practitioners),
    )


def _profile_facts(of: PayerProfile) -> readiness.ProfileFacts:
    return readiness.ProfileFacts(
        is_electronic=of.form == PayerProfile.Form.ELECTRONIC,
        receiver_name=of.receiver_name,
        receiver_id=of.receiver_id,
        submitter_id=of.submitter_id,
        filing_code=of.filing_code,
        is_production=of.production,
        places_of_service=tuple(of.places_of_service),
        refused_modifiers=tuple(of.refused_modifiers),
        filing_months=of.filing_months,
        needs_authorization=of.needs_authorization,
        source=of.source,
        owner=of.owner.signing_name if of.owner else "",
        effective_on=of.effective_on,
        confirmed=of.is_confirmed,
    )


def _provider_facts(of: BillingProvider) -> readiness.ProviderFacts:
    return readiness.ProviderFacts(
        npi=of.npi,
        tax_id=of.tax_id,
        tax_id_kind=of.tax_id_kind,
        taxonomy=of.taxonomy,
        address=of.address,
        postal_code=of.postal_code,
        contact_name=of.contact_name,
        contact_phone=of.contact_phone,
        accepts_assignment=of.accepts_assignment,
    )


def _practitioner_facts(user: User) -> readiness.PractitionerFacts:
    billing = getattr(user, "billing", None)
    return readiness.PractitionerFacts(
        name=user.signing_name, npi=user.npi, taxonomy=billing.taxonomy if billing else ""
    )
