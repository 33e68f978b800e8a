"""What the database itself refuses about claims: asking twice, changing what was asked, losing what was sent."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from courses.billing.services.control_numbers import next_control_number
from courses.models import (
    Claim,
    ClaimFile,
    ClaimMembership,
    ClaimOverride,
    ControlNumbers,
    FeeSchedule,
    PayerProfile,
)
from courses.models.claim_files import LAST_CONTROL_NUMBER
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.billing.billing_given import (
    add_line,
    make_billing_provider,
    make_claim,
    make_claim_file,
    make_line,
    make_profile,
)
from tests.courses.courses_given import FIRST_HOUR, Given


def test_line_stands_in_one_live_claim(given: Given, biller: User) -> None:
    line = make_line(given)
    make_claim(given, biller, line)
    with pytest.raises(IntegrityError, match="claim_line_in_one_live_claim"):
        make_claim(given, biller, line)


def test_line_of_a_replaced_claim_stands_in_its_replacement(given: Given, biller: User) -> None:
    line = make_line(given)
    first = make_claim(given, biller, line)
    first.memberships.update(live=False)
    second = make_claim(given, biller, line, frequency="7", original=first)
    assert list(line.memberships.filter(live=True).values_list("claim", flat=True)) == [second.pk]


def test_what_a_claim_asks_is_final(given: Given, biller: User) -> None:
    make_claim(given, biller, make_line(given))
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        ClaimMembership.objects.update(charge=1)


def test_draft_gives_up_a_line(given: Given, biller: User) -> None:
    claim = make_claim(given, biller, make_line(given))
    claim.memberships.all().delete()
    assert not ClaimMembership.objects.exists()


def test_sent_claim_keeps_its_lines(given: Given, biller: User) -> None:
    claim = make_claim(given, biller, make_line(given), state=Claim.State.SENT, sent_at=FIRST_HOUR)
    with pytest.raises(IntegrityError, match="replace or void"), transaction.atomic():
        claim.memberships.all().delete()
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        claim.delete()


@pytest.mark.parametrize(("frequency", "original"), [("7", False), ("8", False), ("1", True)])
def test_only_corrections_name_an_original(
    given: Given, biller: User, frequency: str, original: bool
) -> None:
    first = make_claim(given, biller) if original else None
    with pytest.raises(IntegrityError, match="claim_correction_names_original"):
        make_claim(given, biller, frequency=frequency, original=first)


def test_claim_that_was_not_sent_is_not_paid(given: Given, biller: User) -> None:
    with pytest.raises(IntegrityError, match="claim_beyond_ready_was_sent"):
        make_claim(given, biller, state=Claim.State.PAID)


def test_fifty_first_line_is_refused(given: Given, biller: User) -> None:
    claim = make_claim(given, biller)
    with pytest.raises(IntegrityError, match="claim_position_1_to_50"):
        add_line(claim, make_line(given), 51)


def test_override_is_never_changed(given: Given, biller: User) -> None:
    ClaimOverride.objects.create(
        line=make_line(given),
        finding="same_day_code",
        sentence="An office visit shares the date.",
        reason="The visit was for a fall at home, and has its own note.",
        decided_by=biller,
        role="billing",
        decided_at=FIRST_HOUR,
    )
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        ClaimOverride.objects.update(reason="Other")


def test_control_numbers_count_up_for_each_receiver(db: None) -> None:
    numbers = [next_control_number(submitter_id="A", receiver_id="R") for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert next_control_number(submitter_id="A", receiver_id="S") == 1


def test_control_number_never_goes_back(db: None) -> None:
    next_control_number(submitter_id="A", receiver_id="R")
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        ControlNumbers.objects.update(last=1)


def test_used_up_control_numbers_are_a_refusal(db: None) -> None:
    ControlNumbers.objects.create(submitter_id="A", receiver_id="R", last=LAST_CONTROL_NUMBER)
    with pytest.raises(Conflict, match="used up"):
        next_control_number(submitter_id="A", receiver_id="R")


def test_control_number_of_a_file_is_used_once(clinic: Clinic, biller: User) -> None:
    make_claim_file(clinic, biller, control_number=7)
    with pytest.raises(IntegrityError, match="claim_file_control_number_once"):
        make_claim_file(clinic, biller, control_number=7)


def test_file_that_was_made_is_final_but_for_when_it_was_sent(clinic: Clinic, biller: User) -> None:
    made = make_claim_file(clinic, biller)
    ClaimFile.objects.filter(pk=made.pk).update(sent_at=FIRST_HOUR, sent_by=biller, way="download")
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        ClaimFile.objects.update(sha256="1" * 64)
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        ClaimFile.objects.filter(pk=made.pk)._raw_delete("default")


def test_profile_is_not_confirmed_by_nobody(clinic: Clinic) -> None:
    profile = make_profile(factories.make_payer(clinic))
    assert not profile.is_confirmed
    with pytest.raises(IntegrityError, match="payer_profile_confirmed_by_somebody"):
        PayerProfile.objects.update(confirmed_at=FIRST_HOUR)


def test_allowed_amounts_name_their_payer(clinic: Clinic, biller: User) -> None:
    with pytest.raises(IntegrityError, match="fee_schedule_allowed_names_payer"):
        FeeSchedule.objects.create(
            clinic=clinic, kind="allowed", year=2026, imported_by=biller, imported_at=FIRST_HOUR
        )


@pytest.mark.parametrize(
    ("field", "value"), [("npi", "1245319598"), ("tax_id", "001234567"), ("taxonomy", "207RC")]
)
def test_wrong_identifier_of_the_billing_provider_is_refused(clinic: Clinic, field: str, value: str) -> None:
    provider = make_billing_provider(clinic)
    provider.full_clean()
    setattr(provider, field, value)
    with pytest.raises(ValidationError) as refused:
        provider.full_clean()
    assert set(refused.value.message_dict) == {field}
