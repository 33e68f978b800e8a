"""Billing setup: what is missing leads to the page that mends it, and nothing is sent before somebody confirmed it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.billing.asking import charge_of
from courses.billing.books.packaged_rules import estimate_rules_of
from courses.billing.services import confirm_profile, import_fees, save_profile, settle_billing_rules
from courses.billing.setup.completeness import setup_shown
from courses.models import BillingProvider, BillingRules, FeeSchedule, PayerProfile, PractitionerBilling
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from patients.models import Payer
from tests import factories
from tests.conftest import client_of
from tests.courses.billing.billing_given import make_billing_provider, make_profile

FEES = b"year,locality,code,modifier,amount\n2026,,G0166,,150.00\n2026,,G0166,76,140\n26,,G0166,,9\n"
SETUP = "courses:setup"


@pytest.fixture
def payer(clinic: Clinic) -> Payer:
    payer = factories.make_payer(clinic)
    payer.payer_id = "00000"
    payer.save(update_fields=["payer_id"])
    return payer


def provider_form(**fields: Any) -> dict[str, Any]:
    return {
        "legal_name": "Example Heart Clinic LLC",
        "npi": "1245319599",
        "tax_id": "360000000",
        "tax_id_kind": "EI",
        "taxonomy": "207RC0000X",
        "address": "1 Example Street",
        "city": "Sampleton",
        "state": "IL",
        "postal_code": "600000001",
        "contact_name": "Berta Sample",
        "contact_phone": "5550100100",
        "accepts_assignment": "true",
        "paper_offset_x_mm": "0",
        "paper_offset_y_mm": "0",
    } | fields


def profile_form(**fields: Any) -> dict[str, Any]:
    return {
        "form": "837P",
        "receiver_name": "Example Clearing House",
        "receiver_id": "EXAMPLECH",
        "receiver_qualifier": "ZZ",
        "submitter_id": "EXAMPLEHEART",
        "submitter_qualifier": "ZZ",
        "filing_code": "MB",
        "places_of_service": "11, 49",
        "refused_modifiers": "ga",
        "groups_days": "unknown",
        "needs_authorization": "false",
        "same_day_conflicts": "99202-99215",
        "source": "Companion guide, seen 02-Nov-2026",
        "effective_on": "2026-01-01",
    } | fields


def findings(clinic: Clinic, payer: Payer, day: date) -> list[dict[str, Any]]:
    rows = {row.payer.pk: row for row in setup_shown(clinic, day).payers}
    return list(rows[payer.pk].findings)


def test_each_missing_thing_leads_to_the_page_that_mends_it(
    clinic: Clinic, payer: Payer, physician: User
) -> None:
    User.objects.filter(pk=physician.pk).update(npi="")
    urls = {finding["url"] for finding in findings(clinic, payer, date(2026, 11, 2))}
    assert urls == {
        reverse("courses:setup-profile", args=[payer.code]),
        reverse("courses:setup-provider"),
        reverse("courses:setup-practitioners"),
        reverse("courses:setup-fees"),
    }


def test_biller_fills_in_everything_and_claims_can_be_sent(
    clinic: Clinic, payer: Payer, physician: User, biller: User, biller_client: Client, now: Any
) -> None:
    assert not setup_shown(clinic, date(2026, 11, 2)).payers[0].may_send
    biller_client.post(reverse("courses:setup-provider"), provider_form())
    name = f"of-{physician.username}"
    biller_client.post(
        reverse("courses:setup-practitioners"),
        {f"{name}-npi": physician.npi, f"{name}-taxonomy": "207RC0000X", f"{name}-ptan": "X1"},
    )
    profile = reverse("courses:setup-profile", args=[payer.code])
    biller_client.post(profile, profile_form())
    biller_client.post(reverse("courses:setup-confirm", args=[payer.code]))
    preview = biller_client.post(
        reverse("courses:setup-fees"),
        {"file": SimpleUploadedFile("fees.csv", FEES), "source": "Our prices", "payer": ""},
    )
    assert "is not a year" in preview.content.decode()
    assert not FeeSchedule.objects.exists()
    biller_client.post(reverse("courses:setup-fees-keep"), {"seen": preview.context["seen"]})

    assert charge_of(clinic, date(2026, 11, 2)) == Decimal("150.00")
    schedule = FeeSchedule.objects.get()
    assert [row["row"] for row in schedule.findings] == [4]
    saved = PayerProfile.objects.get()
    assert (saved.places_of_service, saved.refused_modifiers) == (["11", "49"], ["GA"])
    assert (saved.groups_days, saved.needs_authorization) == (None, False)
    assert PractitionerBilling.objects.get().taxonomy == "207RC0000X"
    row = setup_shown(clinic, date(2026, 11, 2)).payers[0]
    assert (row.may_send, row.missing) == (True, 0)
    assert AuditEvent.objects.filter(action="payerprofile.confirmed", actor=biller).exists()
    for address in (SETUP, "courses:setup-fees", "courses:setup-provider", "courses:setup-practitioners"):
        assert biller_client.get(reverse(address)).status_code == 200
    assert (
        "150.00" in biller_client.get(reverse("courses:fee-schedule", args=[schedule.code])).content.decode()
    )


def test_change_of_a_confirmed_profile_takes_the_confirmation_away(
    payer: Payer, biller: User, now: Any
) -> None:
    make_profile(payer)
    confirm_profile(payer=payer, actor=biller, now=now)
    save_profile(payer=payer, values={"filing_months": 12}, actor=biller, now=now)
    assert PayerProfile.objects.get().is_confirmed  # nothing was changed
    save_profile(payer=payer, values={"filing_months": 6}, actor=biller, now=now)
    assert not PayerProfile.objects.get().is_confirmed


def test_profile_without_a_source_or_a_day_is_not_confirmed(payer: Payer, biller: User, now: Any) -> None:
    make_profile(payer, source="")
    with pytest.raises(Conflict, match="where the profile comes from"):
        confirm_profile(payer=payer, actor=biller, now=now)


def test_profile_is_confirmed_once(payer: Payer, biller: User, now: Any) -> None:
    make_profile(payer)
    confirm_profile(payer=payer, actor=biller, now=now)
    with pytest.raises(Conflict, match="already"):
        confirm_profile(payer=payer, actor=biller, now=now)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"npi": "1245319598"}, "NPI"),
        ({"tax_id": "12"}, "digits"),
        ({"legal_name": ""}, "required"),
    ],
)
def test_wrong_number_of_who_bills_is_refused_beneath_its_field(
    clinic: Clinic, biller_client: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = biller_client.post(reverse("courses:setup-provider"), provider_form(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Berta Sample" in answer.content.decode()
    assert not BillingProvider.objects.exists()


def test_two_who_edit_who_bills_see_both_values(clinic: Clinic, biller_client: Client) -> None:
    make_billing_provider(clinic, contact_name="Theirs")
    shown = {"initial-contact_name": "Before"}
    answer = biller_client.post(
        reverse("courses:setup-provider"), provider_form(contact_name="Mine") | shown
    ).content.decode()
    assert "Theirs" in answer
    assert "Mine" in answer
    assert BillingProvider.objects.get().contact_name == "Theirs"


@pytest.mark.parametrize(
    "fields",
    [
        {"places_of_service": "11;49"},
        {"refused_modifiers": "GAX"},
        {"same_day_conflicts": "992"},
        {"filing_months": "0"},
    ],
)
def test_profile_with_a_wrong_list_is_refused(
    payer: Payer, biller_client: Client, fields: dict[str, str]
) -> None:
    address = reverse("courses:setup-profile", args=[payer.code])
    assert biller_client.post(address, profile_form(**fields)).status_code == 422
    assert not PayerProfile.objects.exists()


def test_file_is_imported_once(clinic: Clinic, biller: User, now: Any) -> None:
    import_fees(clinic=clinic, payer=None, content=FEES, source="Ours", actor=biller, now=now)
    with pytest.raises(InvalidInput, match="already"):
        import_fees(clinic=clinic, payer=None, content=FEES, source="Ours", actor=biller, now=now)


def test_what_a_payer_allows_is_no_charge(clinic: Clinic, payer: Payer, biller: User, now: Any) -> None:
    import_fees(clinic=clinic, payer=payer, content=FEES, source="Theirs", actor=biller, now=now)
    assert charge_of(clinic, date(2026, 11, 2)) is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a,b\n1,2\n", "no column"), (b"\xff\xfe", "UTF-8"), (b"year,code,amount\n26,G0166,9\n", "No row")],
)
def test_file_of_which_nothing_can_be_taken_is_refused_in_words(
    clinic: Clinic, biller_client: Client, content: bytes, sentence: str
) -> None:
    form = {"file": SimpleUploadedFile("fees.csv", content), "source": "Ours", "payer": ""}
    answer = biller_client.post(reverse("courses:setup-fees"), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_preview_that_somebody_changed_is_refused(clinic: Clinic, biller_client: Client) -> None:
    assert biller_client.post(reverse("courses:setup-fees-keep"), {"seen": "made:up"}).status_code == 422
    assert not FeeSchedule.objects.exists()


def rules(**fields: Any) -> dict[str, Any]:
    return {
        "usual_sessions": 36,
        "months_between_courses": 6,
        "minimum_gap_minutes": None,
        "package_sessions": None,
        "package_usd": None,
        "payment_terms": "",
        "effective_on": date(2026, 11, 2),
        "reason": "Our contractor's article",
        "source": "",
    } | fields


def test_administrator_settles_the_billing_rules(clinic: Clinic, administrator: User, now: Any) -> None:
    assert BillingRules.objects.in_force(clinic, now).usual_sessions == 35
    day = clinic.day_of(now)
    settle_billing_rules(clinic=clinic, values=rules(effective_on=day), actor=administrator, now=now)
    found = BillingRules.objects.in_force(clinic, now)
    assert (found.usual_sessions, found.months_between_courses, found.owner) == (36, 6, administrator)
    assert BillingRules.objects.in_force(clinic, now - timedelta(minutes=1)).usual_sessions == 35


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"effective_on": date(2020, 1, 1)}, "past"),
        ({"usual_sessions": 0}, "1 to 200"),
        ({"package_usd": Decimal(5000)}, "both, or neither"),
        ({"months_between_courses": 61}, "0 to 60"),
        ({"estimate_source": "Counsel", "estimate_dispute_usd": 400}, "all three"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(
    clinic: Clinic, administrator: User, now: Any, fields: dict[str, Any], sentence: str
) -> None:
    values = rules(effective_on=clinic.day_of(now)) | fields
    with pytest.raises(InvalidInput, match=sentence):
        settle_billing_rules(clinic=clinic, values=values, actor=administrator, now=now)


def test_figures_of_estimates_are_to_be_confirmed_until_somebody_names_their_source(
    clinic: Clinic, administrator: User, now: Any
) -> None:
    assert not estimate_rules_of(BillingRules.objects.in_force(clinic, now)).confirmed
    figures = {"estimate_dispute_usd": 410, "estimate_dispute_days": 100, "estimate_longest_months": 6}
    values = rules(effective_on=clinic.day_of(now), estimate_source="Counsel, 02-Nov-2026", **figures)
    settle_billing_rules(clinic=clinic, values=values, actor=administrator, now=now)
    law = estimate_rules_of(BillingRules.objects.in_force(clinic, now))
    assert (law.confirmed, law.source) == (True, "Counsel, 02-Nov-2026")
    assert (law.dispute_usd, law.dispute_days, law.longest_months) == (410, 100, 6)


def test_biller_reads_the_rules_and_settles_none(
    clinic: Clinic, biller: User, administrator: User, biller_client: Client, now: Any
) -> None:
    page = biller_client.get(reverse("courses:billing-rules")).content.decode()
    assert "First Coast LCD" in page
    assert "Settle these rules" not in page
    with pytest.raises(NotAllowed):
        settle_billing_rules(clinic=clinic, values=rules(), actor=biller, now=now)
    assert (
        "Settle these rules"
        in client_of(administrator).get(reverse("courses:billing-rules")).content.decode()
    )


def test_setup_costs_the_same_queries_for_one_payer_as_for_three(
    clinic: Clinic, payer: Payer, biller_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert biller_client.get(reverse(SETUP)).status_code == 200
        return len(seen)

    make_profile(payer)
    queries()
    before = queries()
    for number in range(2):
        make_profile(factories.make_payer(clinic, name=f"Plan {number}"))
    assert queries() == before


def test_payer_of_another_clinic_is_not_found(outsider_client: Client, payer: Payer) -> None:
    assert outsider_client.get(reverse("courses:setup-profile", args=[payer.code])).status_code == 404
