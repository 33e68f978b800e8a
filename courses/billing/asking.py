"""From the record to a claim as it is written, on file or on paper, and to the facts of readiness.

What the record does not hold is left empty or refused where it is written, never made up. Under the incident-to rule
the supervisor of a session is who rendered it. Somebody else's insurance is not kept in the record: the patient counts
as the subscriber.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from courses.billing import readiness
from courses.billing.grouping import group_days
from courses.billing.x12 import claim as asked
from courses.billing.x12 import parties
from courses.models import BillingProvider, Claim, ClaimMembership, FeeSchedule, FeeScheduleRow, PayerProfile
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from patients.models import Document, Patient, Payer

#: What a session is billed as.
SESSION_CODE = "G0166"
_SEXES = {Patient.Sex.FEMALE: parties.Sex.FEMALE, Patient.Sex.MALE: parties.Sex.MALE}


def with_all(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with everything that writing them reads, in a fixed number of queries."""
    members = ClaimMembership.objects.select_related("line", "supervisor__billing").order_by("position")
    consents = Document.objects.filter(kind=Document.Kind.CONSENT, withdrawn_at__isnull=True)
    return claims.select_related(
        "authorization",
        "coverage",
        "course__clinic__billing_provider",
        "course__order",
        "course__patient",
        "original",
        "payer__profile",
    ).prefetch_related(
        Prefetch("memberships", members),
        Prefetch("course__patient__documents", consents, to_attr="consents"),
    )


def claim_asked(claim: Claim) -> asked.Claim:
    """``claim``, of ``with_all``, as x12 and cms1500 write it. Raises Conflict where another payer comes first."""
    if claim.coverage.priority > 1:
        raise Conflict(
            gettext(
                "This coverage does not pay first. Claims to a second payer are passed on by the first, or sent from its site."
            ),
            code="not_primary",
        )
    patient, profile, provider = claim.course.patient, _profile(claim.payer), _provider(claim.course.clinic)
    memberships = list(claim.memberships.all())
    first = _practitioner(memberships[0].supervisor) if memberships else None
    lines = tuple(_line(member) for member in memberships)
    return asked.Claim(
        code=claim.code,
        subscriber=parties.Subscriber(person=_person(patient), member_id=claim.coverage.member_id),
        payer=parties.Payer(name=claim.payer.name, id=claim.payer.payer_id, filing_code=profile.filing_code),
        diagnoses=tuple(claim.course.order.diagnoses),
        lines=group_days(lines) if profile.groups_days else lines,
        place_of_service=memberships[0].place_of_service if memberships else "",
        accepts_assignment=bool(provider.accepts_assignment),
        signature_on_file=bool(getattr(patient, "consents", ())),
        frequency=asked.Frequency(claim.frequency),
        original_reference=claim.original.payer_number if claim.original else "",
        authorization=claim.authorization.number if claim.authorization else "",
        rendering=first,
        supervising=first,
    )


def _profile(payer: Payer) -> PayerProfile:
    profile: PayerProfile | None = getattr(payer, "profile", None)
    if profile is None:
        raise Conflict(gettext("The payer has no profile yet. Make it first."), code="profile_missing")
    return profile


def _provider(clinic: Clinic) -> BillingProvider:
    provider: BillingProvider | None = getattr(clinic, "billing_provider", None)
    if provider is None:
        raise Conflict(
            gettext("The billing provider is not entered yet. Enter it first."), code="provider_missing"
        )
    return provider


def _line(member: ClaimMembership) -> asked.ServiceLine:
    practitioner = _practitioner(member.supervisor)
    return asked.ServiceLine(
        code=member.line.code,
        hcpcs=member.hcpcs,
        charge=member.charge,
        first_date=member.service_date,
        units=member.units,
        modifiers=tuple(member.modifiers),
        place_of_service=member.place_of_service,
        rendering=practitioner,
        supervising=practitioner,
    )


def _practitioner(user: User | None) -> parties.Practitioner | None:
    if user is None:
        return None
    billing = getattr(user, "billing", None)
    return parties.Practitioner(
        family_name=user.last_name,
        given_name=user.first_name,
        npi=user.npi,
        taxonomy=billing.taxonomy if billing else "",
    )


def _person(patient: Patient) -> parties.Person:
    return parties.Person(
        family_name=patient.family_name,
        given_name=patient.given_name,
        born=patient.birth_date,
        sex=_SEXES.get(Patient.Sex(patient.sex), parties.Sex.UNKNOWN),
        address=parties.Address(
            street=patient.address, city=patient.city, state=patient.state, postal_code=patient.postal_code
        ),
    )


def billing_provider(clinic: Clinic) -> parties.BillingProvider:
    """Who is paid. Raises Conflict where nobody entered it."""
    of = _provider(clinic)
    elsewhere = None
    if of.pay_to_address:
        elsewhere = parties.Address(
            street=of.pay_to_address,
            city=of.pay_to_city,
            state=of.pay_to_state,
            postal_code=of.pay_to_postal_code,
        )
    return parties.BillingProvider(
        name=of.legal_name,
        npi=of.npi,
        tax_id=of.tax_id,
        tax_id_kind=of.tax_id_kind,
        taxonomy=of.taxonomy,
        address=parties.Address(
            street=of.address,
            street_2=of.address_2,
            city=of.city,
            state=of.state,
            postal_code=of.postal_code,
        ),
        contact=of.contact_name,
        phone=of.contact_phone,
        pay_to=elsewhere,
    )


def charge_of(clinic: Clinic, day: date, *, hcpcs: str = SESSION_CODE, modifier: str = "") -> Decimal | None:
    """What the clinic charges for a code on ``day``, by its newest schedule of that year; None: not known."""
    rows = FeeScheduleRow.objects.filter(
        schedule__clinic=clinic, schedule__kind=FeeSchedule.Kind.CHARGE, schedule__year=day.year, hcpcs=hcpcs
    ).order_by("-schedule__imported_at")
    exact = rows.filter(modifier=modifier).values_list("amount", flat=True).first()
    return exact if exact is not None else rows.filter(modifier="").values_list("amount", flat=True).first()


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
