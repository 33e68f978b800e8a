"""What keeps the first claim back, with the field that mends it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from courses.billing.readiness import (
    PractitionerFacts,
    ProfileFacts,
    ProviderFacts,
    SetupFacts,
    may_send,
    missing_setup,
)

PROFILE = ProfileFacts(
    receiver_name="Example Clearing House",
    receiver_id="EXAMPLECH",
    submitter_id="EXAMPLEHEART",
    filing_code="MB",
    is_production=True,
    places_of_service=("11", "49"),
    filing_months=12,
    needs_authorization=False,
    source="Companion guide",
    owner="Berta Sample",
    effective_on=date(2026, 1, 1),
    confirmed=True,
)
PROVIDER = ProviderFacts(
    npi="1245319599",
    tax_id="36-0000000",
    taxonomy="207RC0000X",
    address="1 Example Street",
    postal_code="60000-0001",
    contact_name="Berta Sample",
    contact_phone="555-010-0100",
    accepts_assignment=True,
)
PHYSICIAN = PractitionerFacts(name="Paul SAMPLE", npi="1234567893", taxonomy="207RC0000X")
READY = SetupFacts(
    as_of=date(2026, 12, 4),
    payer="Original Medicare",
    payer_kind="original_medicare",
    payer_id="06102",
    place_of_service="11",
    charge=Decimal(150),
    profile=PROFILE,
    provider=PROVIDER,
    practitioners=(PHYSICIAN,),
)


def codes(facts: SetupFacts) -> dict[str, str]:
    return {finding.code: str(finding.severity) for finding in missing_setup(facts)}


def with_profile(**fields: Any) -> SetupFacts:
    return replace(READY, profile=replace(PROFILE, **fields))


def with_provider(**fields: Any) -> SetupFacts:
    return replace(READY, provider=replace(PROVIDER, **fields))


def test_nothing_is_missing_where_all_is_known() -> None:
    assert missing_setup(READY) == ()
    assert may_send(missing_setup(READY))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(READY, profile=None), "profile_missing"),
        (replace(READY, provider=None), "provider_missing"),
        (replace(READY, charge=None), "charge_missing"),
        (replace(READY, payer_id=""), "payer_id_missing"),
        (replace(READY, place_of_service="22"), "place_not_paid"),
        (replace(READY, payer_kind="commercial"), "filing_code_wrong"),
        (with_profile(confirmed=False), "profile_unconfirmed"),
        (with_profile(effective_on=None), "profile_not_in_force"),
        (with_profile(effective_on=date(2027, 1, 1)), "profile_not_in_force"),
        (with_profile(receiver_id=" "), "receiver_id_missing"),
        (with_profile(receiver_name=""), "receiver_name_missing"),
        (with_profile(submitter_id=""), "submitter_id_missing"),
        (with_profile(filing_code=""), "filing_code_missing"),
        (with_provider(npi=""), "npi_missing"),
        (with_provider(npi="1245319598"), "npi_wrong"),
        (with_provider(tax_id="1"), "tax_id_wrong"),
        (with_provider(taxonomy="207RC"), "taxonomy_wrong"),
        (with_provider(address="P.O. Box 7"), "address_not_street"),
        (with_provider(postal_code="60000"), "zip_not_nine"),
        (with_provider(contact_phone=""), "contact_missing"),
        (with_provider(accepts_assignment=None), "assignment_unknown"),
        (replace(READY, practitioners=(replace(PHYSICIAN, npi=""),)), "practitioner_npi_missing"),
        (replace(READY, practitioners=(replace(PHYSICIAN, npi="1234567890"),)), "practitioner_npi_wrong"),
    ],
)
def test_what_keeps_claims_back_is_told_alone(facts: SetupFacts, code: str) -> None:
    assert codes(facts) == {code: "block"}
    (finding,) = missing_setup(facts)
    assert finding.field
    assert finding.sentence.endswith(".")
    assert not may_send((finding,))


@pytest.mark.parametrize(
    ("facts", "code", "severity"),
    [
        (with_profile(places_of_service=()), "places_unknown", "warn"),
        (with_profile(filing_months=None), "filing_months_unknown", "warn"),
        (with_profile(needs_authorization=None), "needs_authorization_unknown", "warn"),
        (with_profile(source=""), "source_unknown", "warn"),
        (with_profile(owner=""), "owner_unknown", "warn"),
        (with_profile(is_production=False), "test_only", "note"),
        (with_provider(taxonomy=""), "taxonomy_missing", "warn"),
        (
            replace(with_profile(filing_code="16"), payer_kind="medicare_advantage"),
            "ga_not_refused",
            "warn",
        ),
    ],
)
def test_what_somebody_should_look_at_keeps_nothing_back(facts: SetupFacts, code: str, severity: str) -> None:
    assert codes(facts) == {code: severity}
    assert may_send(missing_setup(facts))


def test_paper_needs_no_envelope() -> None:
    bare = with_profile(is_electronic=False, receiver_id="", receiver_name="", submitter_id="")
    assert missing_setup(bare) == ()
