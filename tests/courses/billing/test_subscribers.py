"""A plan that is somebody else's: how it is asked, told to the next payer, and what keeps a line back."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from courses.billing import asking
from courses.billing.claim_checking import paper_claim
from courses.billing.cms1500 import filling
from courses.billing.mending import mend_of
from courses.billing.people_asked import subscriber_asked
from courses.billing.services import refresh_lines, take_answers
from courses.billing.services.later_claims import make_later_claim
from courses.billing.worklist.worklist import Tab, lines_of
from courses.models import Claim, ClaimLine, PayerProfile
from eecp_clinic.models import User
from patients.models import Coverage, Patient, Payer
from tests import factories
from tests.courses.billing.answers_given import NOW, SENT, Answering, send
from tests.courses.billing.billing_given import make_billable, make_line, make_profile
from tests.courses.billing.later_given import answer_of, decided_as, sent_on
from tests.courses.billing.x12.judge import complaints
from tests.courses.courses_given import FIRST_HOUR, Given

SPOUSE: dict[str, Any] = {
    "relationship": Coverage.Relationship.SPOUSE,
    "subscriber_family_name": "Sample",
    "subscriber_given_name": "Jon",
    "subscriber_birth_date": date(1949, 8, 7),
    "subscriber_sex": "M",
    "subscriber_address": "3 Example Street",
    "subscriber_city": "Sampleton",
    "subscriber_state": "IL",
    "subscriber_postal_code": "60000",
}
SPOUSE_PAID = (("CO", "45", "30"), ("PR", "2", "24"))


def spouses_plan(given: Given, biller: User, **fields: Any) -> Coverage:
    """The course's first payer is the plan of the patient's spouse; all else that a claim needs is there."""
    profile: PayerProfile = make_billable(given, biller, filing_code="CI", needs_authorization=False)
    Payer.objects.filter(pk=profile.payer_id).update(kind=Payer.Kind.COMMERCIAL, name="Sample Mutual")
    coverage = given.course.patient.coverages.get()
    values = SPOUSE | {"member_id": "AB123", "group_number": "GRP7"} | fields
    Coverage.objects.filter(pk=coverage.pk).update(**values)
    coverage.refresh_from_db()
    return coverage


def card_findings(line: ClaimLine) -> list[str]:
    return [found["code"] for found in line.findings if found["field"] == "card"]


def test_spouses_plan_is_asked_and_its_answers_find_the_claim(given: Given, biller: User) -> None:
    spouses_plan(given, biller)
    file = send(given, biller, *(make_line(given, n) for n in range(3)))
    claim = file.claims.get()
    with file.file.open() as opened:
        content = opened.read()
    assert complaints(content) == []
    assert b"SBR*P**GRP7******CI~NM1*IL*1*SAMPLE*JON****MI*AB123~NM1*PR" in content
    assert b"HL*3*2*23*0~PAT*01~NM1*QC*1*SAMPLE*JOAN~N3*2 EXAMPLE STREET~" in content
    payer = Answering(file)
    take_answers(clinic=given.clinic, content=payer.status(), actor=biller, now=NOW)
    answer_of(claim, biller, decided_as(claim, SPOUSE_PAID))
    claim.refresh_from_db()
    assert claim.state == Claim.State.PAID


def test_medicare_after_a_spouses_plan_is_told_whose_plan_paid(given: Given, biller: User) -> None:
    spouses_plan(given, biller)
    medicare = Payer.objects.create(
        clinic=given.clinic, name="Sample Supplement", kind=Payer.Kind.MEDICAID, payer_id="06102"
    )
    make_profile(
        medicare, filing_code="MC", confirmed_by=biller, confirmed_at=FIRST_HOUR, needs_authorization=False
    )
    factories.make_coverage(given.course.patient, medicare, priority=2, member_id="X123456")
    claim = send(given, biller, make_line(given)).claims.get()
    answer_of(claim, biller, decided_as(claim, SPOUSE_PAID))
    claim.refresh_from_db()
    content = sent_on(make_later_claim(claim=claim, actor=biller, now=NOW), biller)
    assert complaints(content) == []
    assert b"SBR*P*01*GRP7******CI~" in content
    assert b"NM1*IL*1*SAMPLE*JON****MI*AB123~N3*3 EXAMPLE STREET~N4*SAMPLETON*IL*60000~NM1*PR" in content
    assert b"SBR*S*18*******MC~NM1*IL*1*SAMPLE*JOAN****MI*X123456~N3*2 EXAMPLE STREET~" in content


def test_form_names_the_spouse_in_its_boxes(given: Given, biller: User) -> None:
    spouses_plan(given, biller)
    claim = send(given, biller, make_line(given)).claims.get()
    found = asking.with_all(Claim.objects.filter(pk=claim.pk)).get()
    [page] = filling.pages(paper_claim(found, SENT))
    texts = page.texts
    assert (texts["4"], texts["6 Spouse"], texts["7 street"]) == ("SAMPLE, JON", "X", "3 EXAMPLE STREET")
    assert (texts["11"], texts["11a year"], texts["11a M"]) == ("GRP7", "1949", "X")


UNKNOWN = {"subscriber_birth_date": None, "subscriber_address": ""}


@pytest.mark.parametrize(
    ("fields", "form", "codes", "state"),
    [
        ({}, "837P", [], "ready"),
        ({"subscriber_given_name": ""}, "837P", ["subscriber_not_named"], "blocked"),
        (UNKNOWN, "837P", ["subscriber_incomplete"], "ready"),
        (UNKNOWN, "CMS-1500", ["subscriber_incomplete"], "blocked"),
        ({"member_id": ""}, "837P", ["member_id_missing"], "blocked"),
    ],
)
def test_what_is_not_known_of_the_card_keeps_the_line_back_where_the_claim_needs_it(
    given: Given, biller: User, fields: dict[str, Any], form: str, codes: list[str], state: str
) -> None:
    coverage = spouses_plan(given, biller, **fields)
    PayerProfile.objects.filter(payer=coverage.payer).update(form=form)
    line = make_line(given)
    assert card_findings(line) == codes
    assert line.state == state


def test_blocked_line_leads_to_the_coverage_and_goes_once_it_is_complete(given: Given, biller: User) -> None:
    coverage = spouses_plan(given, biller, subscriber_family_name="")
    line = make_line(given)
    [shown] = lines_of(given.clinic, Tab.BLOCKED, None)
    [finding] = [found for found in shown.findings if found["field"] == "card"]
    assert "Enter the subscriber's name." in finding["sentence"]
    assert mend_of(shown, finding).url == f"{coverage.get_absolute_url()}edit/"
    Coverage.objects.filter(pk=coverage.pk).update(subscriber_family_name="Sample")
    [line] = refresh_lines(sessions=[line.session_id], now=SENT)
    assert line.state == ClaimLine.State.READY


def test_missing_approval_leads_to_the_page_of_the_coverage(given: Given, biller: User) -> None:
    coverage = spouses_plan(given, biller)
    PayerProfile.objects.filter(payer=coverage.payer).update(needs_authorization=True)
    make_line(given)
    [shown] = lines_of(given.clinic, Tab.BLOCKED, None)
    [finding] = [found for found in shown.findings if found["code"] == "authorization_missing"]
    assert mend_of(shown, finding).url == coverage.get_absolute_url()


def test_sex_that_a_claim_does_not_know_goes_as_unknown(given: Given) -> None:
    patient: Patient = given.course.patient
    coverage = Coverage(patient=patient, relationship="19", subscriber_sex="X")
    assert asdict(subscriber_asked(coverage, patient))["sex"] == "U"


def test_line_of_a_patient_whose_address_is_not_known_leads_to_the_record_and_goes_once_it_is(
    given: Given,
) -> None:
    patient = given.course.patient
    Patient.objects.filter(pk=patient.pk).update(address="", postal_code=" ")
    line = make_line(given)
    assert line.state == ClaimLine.State.BLOCKED
    [shown] = lines_of(given.clinic, Tab.BLOCKED, None)
    [finding] = [found for found in shown.findings if found["code"] == "patient_address_missing"]
    assert (
        finding["sentence"]
        == "Not known of the patient's address: street and ZIP code. No claim goes without it: enter it."
    )
    assert mend_of(shown, finding).url == reverse("patients:edit", args=[patient.code])
    Patient.objects.filter(pk=patient.pk).update(address="2 Example Street", postal_code="60000")
    [line] = refresh_lines(sessions=[line.session_id], now=SENT)
    assert line.state == ClaimLine.State.READY
