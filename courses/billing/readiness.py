"""What is missing before the first claim may go to a payer. PURE.

Facts of the payer's profile, of who bills and who renders, each empty or None where not known; findings with the field
that mends each. A confirmed profile with nothing missing may still be wrong: the first files go as tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from courses.billing.findings import LineFinding, Mover, block, note, warn
from eecp_clinic.identifiers import check_npi, check_tax_id, check_taxonomy

GUIDE = "837P guide 005010X222A1"
MANUAL = "Medicare Claims Processing Manual, chapter 26"
PROFILE = "The payer's profile"
_PO_BOX = re.compile(r"\bP\.?\s*O\.?\s*BOX\b", re.IGNORECASE)
ORIGINAL_MEDICARE, MEDICARE_ADVANTAGE = "original_medicare", "medicare_advantage"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFacts:
    is_electronic: bool = True
    receiver_name: str = ""
    receiver_id: str = ""
    submitter_id: str = ""
    filing_code: str = ""
    is_production: bool = False
    places_of_service: tuple[str, ...] = ()
    refused_modifiers: tuple[str, ...] = ()
    filing_months: int | None = None
    needs_authorization: bool | None = None
    source: str = ""
    owner: str = ""
    effective_on: date | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    npi: str = ""
    tax_id: str = ""
    tax_id_kind: str = "EI"
    taxonomy: str = ""
    address: str = ""
    postal_code: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    accepts_assignment: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerFacts:
    name: str
    npi: str = ""
    taxonomy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFacts:
    """``charge``: what the clinic asks for one session in that year; None: not known."""

    as_of: date
    payer: str
    payer_kind: str
    payer_id: str
    place_of_service: str
    charge: Decimal | None
    profile: ProfileFacts | None
    provider: ProviderFacts | None
    practitioners: tuple[PractitionerFacts, ...]


def missing_setup(facts: SetupFacts) -> tuple[LineFinding, ...]:
    """What keeps claims back (block) and what somebody should look at (warn), in the order of mending."""
    return (
        *_profile(facts),
        *_provider(facts.provider),
        *(finding for one in facts.practitioners for finding in _practitioner(one)),
        *_charge(facts),
    )


def may_send(findings: tuple[LineFinding, ...]) -> bool:
    return not any(finding.severity == "block" for finding in findings)


def _profile(facts: SetupFacts) -> Iterator[LineFinding]:
    profile = facts.profile
    if profile is None:
        sentence = f"Nobody has written down what {facts.payer} wants of a claim. Make its profile."
        yield block("profile_missing", sentence, PROFILE, "profile", Mover.ADMINISTRATOR)
        return
    if not profile.confirmed:
        sentence = f"Nobody has confirmed the profile of {facts.payer}. Compare it with the payer's guide and confirm."
        yield block("profile_unconfirmed", sentence, PROFILE, "confirmed_at", Mover.ADMINISTRATOR)
    if profile.effective_on is None or profile.effective_on > facts.as_of:
        sentence = f"The profile of {facts.payer} is not in force today. Enter from which day it counts."
        yield block("profile_not_in_force", sentence, PROFILE, "effective_on", Mover.ADMINISTRATOR)
    if profile.is_electronic:
        yield from _envelope(facts, profile)
    yield from _filing_code(facts, profile)
    yield from _place(facts, profile)
    yield from _looks(facts, profile)


def _envelope(facts: SetupFacts, profile: ProfileFacts) -> Iterator[LineFinding]:
    needed = {
        "payer_id": (facts.payer_id, "the payer's id"),
        "receiver_name": (profile.receiver_name, "the receiver's name"),
        "receiver_id": (profile.receiver_id, "the receiver's id"),
        "submitter_id": (profile.submitter_id, "our submitter id"),
    }
    for field, (value, what) in needed.items():
        if not value.strip():
            sentence = (
                f"An electronic claim to {facts.payer} needs {what}. Enter it from the enrollment letter."
            )
            yield block(f"{field}_missing", sentence, GUIDE, field, Mover.ADMINISTRATOR)


def _filing_code(facts: SetupFacts, profile: ProfileFacts) -> Iterator[LineFinding]:
    if not profile.filing_code:
        sentence = f"The claim filing code of {facts.payer} is not known. Choose it."
        yield block("filing_code_missing", sentence, GUIDE, "filing_code", Mover.ADMINISTRATOR)
    elif (facts.payer_kind == ORIGINAL_MEDICARE) != (profile.filing_code == "MB"):
        sentence = f"MB is for Original Medicare alone; {facts.payer} has {profile.filing_code}. Correct one of the two."
        yield block("filing_code_wrong", sentence, GUIDE, "filing_code", Mover.ADMINISTRATOR)


def _place(facts: SetupFacts, profile: ProfileFacts) -> Iterator[LineFinding]:
    if not profile.places_of_service:
        sentence = f"Which places of service {facts.payer} pays is not known. Enter them."
        yield warn("places_unknown", sentence, PROFILE, "places_of_service", Mover.BILLING)
    elif facts.place_of_service not in profile.places_of_service:
        allowed = ", ".join(profile.places_of_service)
        sentence = f"The clinic's place of service {facts.place_of_service} is not one that {facts.payer} pays: {allowed}."
        yield block("place_not_paid", sentence, PROFILE, "places_of_service", Mover.BILLING)


def _looks(facts: SetupFacts, profile: ProfileFacts) -> Iterator[LineFinding]:
    unknown = {
        "filing_months": (profile.filing_months is None, "within how many months it takes claims"),
        "needs_authorization": (profile.needs_authorization is None, "whether it needs an authorization"),
        "source": (not profile.source, "where its profile comes from"),
        "owner": (not profile.owner, "who keeps its profile true"),
    }
    for field, (is_unknown, what) in unknown.items():
        if is_unknown:
            sentence = f"Of {facts.payer} it is not known {what}. Ask, and enter it."
            yield warn(f"{field}_unknown", sentence, PROFILE, field, Mover.BILLING)
    if facts.payer_kind == MEDICARE_ADVANTAGE and "GA" not in profile.refused_modifiers:
        sentence = f"{facts.payer} is a Medicare Advantage plan, where modifier GA is not valid. Add it to those refused."
        yield warn(
            "ga_not_refused",
            sentence,
            "Plan manuals, see docs/notices.md",
            "refused_modifiers",
            Mover.BILLING,
        )
    if not profile.is_production:
        sentence = f"Files to {facts.payer} say that they are a test: nothing is paid on them."
        yield note("test_only", sentence, PROFILE, "production", Mover.ADMINISTRATOR)


def _provider(provider: ProviderFacts | None) -> Iterator[LineFinding]:
    if provider is None:
        sentence = "In whose name the clinic bills is not known. Enter the billing provider."
        yield block("provider_missing", sentence, GUIDE, "billing_provider", Mover.ADMINISTRATOR)
        return
    yield from _identifier("npi", provider.npi, "The billing provider's NPI")
    yield from _identifier("tax_id", provider.tax_id, "The tax id", provider.tax_id_kind)
    if provider.taxonomy:
        yield from _identifier("taxonomy", provider.taxonomy, "The billing provider's taxonomy code")
    else:
        sentence = "The billing provider's taxonomy code is not known; many payers reject claims without it."
        yield warn("taxonomy_missing", sentence, GUIDE, "taxonomy", Mover.ADMINISTRATOR)
    if not provider.address.strip() or _PO_BOX.search(provider.address):
        sentence = (
            "The billing address must be a street, not a post-office box. Enter the box as pay-to address."
        )
        yield block("address_not_street", sentence, GUIDE, "address", Mover.ADMINISTRATOR)
    if len(re.sub(r"\D", "", provider.postal_code)) != 9:
        sentence = "The billing address needs the ZIP code with its last four digits (ZIP+4)."
        yield block("zip_not_nine", sentence, GUIDE, "postal_code", Mover.ADMINISTRATOR)
    if not provider.contact_name.strip() or not provider.contact_phone.strip():
        sentence = "A payer must be able to call somebody about a file. Enter a name and a phone number."
        yield block("contact_missing", sentence, GUIDE, "contact_name", Mover.ADMINISTRATOR)
    if provider.accepts_assignment is None:
        sentence = "Whether the clinic accepts assignment is not known. It stands on every claim: enter it."
        yield block("assignment_unknown", sentence, MANUAL, "accepts_assignment", Mover.ADMINISTRATOR)


def _practitioner(of: PractitionerFacts) -> Iterator[LineFinding]:
    yield from _identifier("practitioner_npi", of.npi, f"The NPI of {of.name}")
    if of.taxonomy:
        yield from _identifier("practitioner_taxonomy", of.taxonomy, f"The taxonomy code of {of.name}")


def _identifier(field: str, value: str, what: str, kind: str = "") -> Iterator[LineFinding]:
    """A finding where an identifier is missing or has a wrong form."""
    if not value.strip():
        sentence = f"{what} is not known. Enter it."
        yield block(f"{field}_missing", sentence, GUIDE, field, Mover.ADMINISTRATOR)
        return
    try:
        if field.endswith("npi"):
            check_npi(value)
        elif field == "tax_id":
            check_tax_id(value, kind)
        else:
            check_taxonomy(value)
    except ValueError as error:
        yield block(f"{field}_wrong", f"{what}: {error}", GUIDE, field, Mover.ADMINISTRATOR)


def _charge(facts: SetupFacts) -> Iterator[LineFinding]:
    if facts.charge is None:
        sentence = f"What the clinic charges for one session in {facts.as_of.year} is not known. Import its fee schedule."
        yield block("charge_missing", sentence, "The clinic's fee schedule", "fee_schedule", Mover.BILLING)
