"""Builders of what billing adds to a course: payers' profiles, claims of signed sessions, files."""

import itertools
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from courses.billing.services import refresh_line
from courses.models import (
    BillingProvider,
    Claim,
    ClaimFile,
    ClaimLine,
    ClaimMembership,
    FeeSchedule,
    PayerProfile,
)
from eecp_clinic.models import Clinic, User
from patients.models import Document, Patient, Payer
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given

_numbers = itertools.count(1)


def make_billing_provider(clinic: Clinic, **fields: Any) -> BillingProvider:
    values: dict[str, Any] = {
        "legal_name": "Example Heart Clinic LLC",
        "npi": "1245319599",
        "tax_id": "360000000",
        "taxonomy": "207RC0000X",
        "address": "1 Example Street",
        "city": "Sampleton",
        "state": "IL",
        "postal_code": "600000001",
        "contact_name": "Berta Sample",
        "contact_phone": "5550100100",
        "accepts_assignment": True,
    }
    return BillingProvider.objects.create(clinic=clinic, **values | fields)


def make_profile(payer: Payer, **fields: Any) -> PayerProfile:
    values: dict[str, Any] = {
        "receiver_name": "Example Clearing House",
        "receiver_id": "EXAMPLECH",
        "submitter_id": "EXAMPLEHEART",
        "filing_code": PayerProfile.FilingCode.MEDICARE_PART_B,
        "places_of_service": ["11", "49"],
        "repeat_modifier": "76",
        "filing_months": 12,
        "effective_on": date(2026, 1, 1),
        "source": "Companion guide, seen 02-Nov-2026",
    }
    return PayerProfile.objects.create(payer=payer, **values | fields)


def make_line(given: Given, index: int = 0, **fields: Any) -> ClaimLine:
    return refresh_line(session=given.session(index, **fields), now=FIRST_HOUR)


def make_claim(given: Given, by: User, *lines: ClaimLine, **fields: Any) -> Claim:
    """A draft of those lines at 150 USD each, one on each working day."""
    patient = given.course.patient
    coverage = patient.coverages.first() or factories.make_coverage(patient)
    claim = Claim.objects.create(
        course=given.course,
        payer=coverage.payer,
        coverage=coverage,
        made_by=by,
        made_at=FIRST_HOUR,
        state_at=FIRST_HOUR,
        **fields,
    )
    for position, line in enumerate(lines, 1):
        add_line(claim, line, position)
    return claim


def add_line(claim: Claim, line: ClaimLine, position: int = 1, **fields: Any) -> ClaimMembership:
    started: datetime | None = line.session.started_at
    assert started is not None
    values: dict[str, Any] = {
        "service_date": started.date(),
        "hcpcs": "G0166",
        "place_of_service": "11",
        "charge": Decimal("150.00"),
    }
    return ClaimMembership.objects.create(claim=claim, line=line, position=position, **values | fields)


def make_claim_file(clinic: Clinic, by: User, *claims: Claim, **fields: Any) -> ClaimFile:
    values: dict[str, Any] = {
        "submitter_id": "EXAMPLEHEART",
        "receiver_id": "EXAMPLECH",
        "control_number": next(_numbers),
        "file": "claims/sample.837",
        "sha256": "0" * 64,
        "size": 1000,
        "made_at": FIRST_HOUR,
    }
    made = ClaimFile.objects.create(clinic=clinic, made_by=by, **values | fields)
    made.claims.set(claims)
    return made


def make_billable(given: Given, biller: User, **profile: Any) -> PayerProfile:
    """All that a claim of Original Medicare needs: consent, provider, confirmed profile, charges."""
    patient = given.course.patient
    make_billing_provider(given.clinic)
    schedule = FeeSchedule.objects.create(
        clinic=given.clinic,
        kind=FeeSchedule.Kind.CHARGE,
        year=2026,
        source="The clinic's list",
        sha256="0" * 64,
        imported_by=biller,
        imported_at=FIRST_HOUR,
    )
    schedule.rows.create(hcpcs="G0166", amount=Decimal(150))
    make_consent(patient, biller)
    coverage = patient.coverages.first() or factories.make_coverage(patient)
    Payer.objects.filter(pk=coverage.payer_id).update(payer_id="06102")
    values: dict[str, Any] = {"confirmed_by": biller, "confirmed_at": FIRST_HOUR, "production": True}
    return make_profile(coverage.payer, **values | profile)


def make_consent(patient: Patient, by: User) -> Document:
    return Document.objects.create(
        patient=patient,
        kind=Document.Kind.CONSENT,
        dated_on=date(2026, 11, 2),
        file="papers/consent.pdf",
        content_type="application/pdf",
        size=1000,
        pages=1,
        sha256="0" * 64,
        given_sha256="0" * 64,
        uploaded_by=by,
        uploaded_at=FIRST_HOUR,
    )
