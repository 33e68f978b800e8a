"""From the record to a claim as it is written, on file or on paper.

What the record does not hold is left empty or refused where it is written, never made up. Under the incident-to rule
the supervisor of a session is who rendered it.
"""

from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from courses.billing.grouping import group_days
from courses.billing.other_payers import RANKS, Before, before, why_second
from courses.billing.people_asked import dependent_asked, practitioner_asked, subscriber_asked
from courses.billing.x12 import claim as asked
from courses.billing.x12 import parties
from courses.models import BillingProvider, Claim, ClaimMembership, FeeSchedule, FeeScheduleRow, PayerProfile
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic
from patients.models import Document, Payer

#: What a session is billed as.
SESSION_CODE = "G0166"


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
    """``claim``, of ``with_all``, as x12 and cms1500 write it.

    Raises Conflict where another payer comes first and was not asked, or what it answered cannot be told.
    """
    _refuse_out_of_turn(claim)
    patient, profile, provider = claim.course.patient, _profile(claim.payer), _provider(claim.course.clinic)
    memberships = list(claim.memberships.all())
    first = practitioner_asked(memberships[0].supervisor) if memberships else None
    told = before(claim) if claim.rank > 1 else Before((), {})
    lines = tuple(_line(member, told.lines.get(member.line_id, ())) for member in memberships)
    # What another payer said of a day stands at the line of that day.
    groups = bool(profile.groups_days) and claim.rank == 1
    return asked.Claim(
        code=claim.code,
        subscriber=parties.Subscriber(
            person=subscriber_asked(claim.coverage, patient),
            member_id=claim.coverage.member_id,
            rank=RANKS[claim.rank],
            group_number=claim.coverage.group_number,
            insurance_type=why_second(claim) if claim.rank > 1 else "",
        ),
        patient=dependent_asked(claim.coverage, patient),
        payer=parties.Payer(name=claim.payer.name, id=claim.payer.payer_id, filing_code=profile.filing_code),
        diagnoses=tuple(claim.course.order.diagnoses),
        lines=group_days(lines) if groups else lines,
        place_of_service=memberships[0].place_of_service if memberships else "",
        accepts_assignment=bool(provider.accepts_assignment),
        signature_on_file=bool(getattr(patient, "consents", ())),
        frequency=asked.Frequency(claim.frequency),
        original_reference=claim.original.payer_number if claim.original else "",
        authorization=claim.authorization.number if claim.authorization else "",
        rendering=first,
        supervising=first,
        other_payers=told.payers,
    )


def _refuse_out_of_turn(claim: Claim) -> None:
    if claim.passed_on:
        raise Conflict(
            gettext(
                "The payer before has passed this claim on: sending it too would ask twice. If it did not arrive, say so"
                " on the claim's page."
            ),
            code="passed_on",
        )
    if claim.rank == 1 and claim.coverage.priority > 1:
        raise Conflict(
            gettext(
                "This coverage does not pay first. Ask the first payer; once it has answered, this claim is made from its"
                " answer."
            ),
            code="not_primary",
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


def _line(member: ClaimMembership, adjudications: tuple[parties.LineAdjudication, ...]) -> asked.ServiceLine:
    practitioner = practitioner_asked(member.supervisor)
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
        adjudications=adjudications,
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
