"""The pages on which a signed session is amended and countersigned; what they say when refused."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Amendment, Countersignature, Session, TreatmentRules
from courses.treatment.services import amend_session
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.treatment import scenes

FIELD = "vital_signs/before/systolic_mmhg"


@pytest.fixture
def signed(clinic: Clinic, nurse: User, physician: User, now: datetime) -> Session:
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=physician,
        settled_at=now - timedelta(days=7),
        effective_on=now.date() - timedelta(days=7),
        reason="Agreed",
        countersignature=True,
    )
    return scenes.make_signed(nurse, physician, now)


def amend_url(session: Session) -> str:
    return reverse("courses:session-amend", args=[session.code])


def form_of(session: Session, **fields: str) -> dict[str, str]:
    given = {"patient": session.course.patient.code, "reason": "Seen later", "password": factories.PASSWORD}
    return given | fields


def test_correction_stands_on_the_page_beside_what_was_signed(signed: Session, nurse_client: Client) -> None:
    sent = form_of(signed, kind="correction", field=FIELD, corrected="118")
    assert nurse_client.post(amend_url(signed), sent).status_code == 302
    page = nurse_client.get(signed.get_absolute_url()).content.decode()
    assert "<s>128 mmHg</s>" in page
    assert "<b>118 mmHg</b>" in page
    assert "It has an amendment." in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "correction"}, "Choose which value is corrected."),
        ({"kind": "addendum"}, "Write what is added."),
        ({"kind": "addendum", "text": "Called.", "password": "not mine"}, "The password is not right."),
        ({}, "This field is required."),
    ],
)
def test_refused_form_says_why_and_keeps_what_was_typed(
    fields: dict[str, str], sentence: str, signed: Session, nurse_client: Client
) -> None:
    answer = nurse_client.post(amend_url(signed), form_of(signed, **fields))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert "Seen later" in answer.content.decode()
    assert not Amendment.objects.exists()


def test_what_was_typed_for_another_kind_is_left_out(signed: Session, nurse_client: Client) -> None:
    sent = form_of(signed, kind="addendum", text="Called.", field=FIELD, corrected="118")
    assert nurse_client.post(amend_url(signed), sent).status_code == 302
    assert Amendment.objects.get().field == ""


def test_session_that_is_not_signed_has_no_such_page(
    nurse: User, physician: User, now: datetime, nurse_client: Client
) -> None:
    session = scenes.make_complete(nurse, physician, now)
    answer = nurse_client.get(amend_url(session))
    assert answer.status_code == 409
    assert "is changed on its own page" in answer.content.decode()


def test_physician_countersigns_all_that_is_ticked(signed: Session, physician_client: Client) -> None:
    page = physician_client.get(reverse("courses:countersign-list")).content.decode()
    assert "1 session waits for your countersignature" in page
    assert f'value="{signed.code}.0" checked' in page
    sent = {"sessions": [f"{signed.code}.0"], "password": factories.PASSWORD}
    assert physician_client.post(reverse("courses:countersign"), sent).status_code == 302
    assert Countersignature.objects.get().session == signed
    assert "Nothing waits" in physician_client.get(reverse("courses:countersign-list")).content.decode()


def test_amendment_that_came_in_between_is_read_first(
    signed: Session, nurse: User, now: datetime, physician_client: Client
) -> None:
    amend_session(
        session=signed,
        kind="addendum",
        text="Called.",
        reason="Later",
        password=factories.PASSWORD,
        actor=nurse,
        now=now + timedelta(hours=2),
    )
    sent = {"sessions": [f"{signed.code}.0"], "password": factories.PASSWORD}
    answer = physician_client.post(reverse("courses:countersign"), sent)
    assert answer.status_code == 409
    assert "was amended after you opened the list" in answer.content.decode()


def test_session_page_leads_to_countersigning_that_one_alone(
    signed: Session, nurse: User, physician: User, now: datetime, physician_client: Client
) -> None:
    other = scenes.make_signed(nurse, physician, now + timedelta(days=1))
    address = f"{reverse('courses:countersign-list')}?only={signed.code}"
    assert address in physician_client.get(signed.get_absolute_url()).content.decode()
    listed = physician_client.get(address).content.decode()
    assert signed.code in listed
    assert other.code not in listed


@pytest.mark.parametrize("chosen", ["nothing.0", "x", "x.y"])
def test_made_up_choice_signs_nothing(chosen: str, signed: Session, physician_client: Client) -> None:
    sent = {"sessions": [chosen], "password": factories.PASSWORD}
    answer = physician_client.post(reverse("courses:countersign"), sent)
    assert answer.status_code == 409
    assert not Countersignature.objects.exists()


def test_reviews_list_what_waits_to_be_countersigned_to_a_physician_only(
    signed: Session, physician_client: Client, nurse_client: Client
) -> None:
    sentence = "Read and countersign"
    assert sentence in physician_client.get(reverse("courses:reviews")).content.decode()
    assert sentence not in nurse_client.get(reverse("courses:reviews")).content.decode()


def test_list_asks_the_same_number_of_questions_for_any_number(
    signed: Session, nurse: User, physician: User, now: datetime, physician_client: Client
) -> None:
    address = reverse("courses:countersign-list")
    physician_client.get(address)
    with CaptureQueriesContext(connection) as one:
        physician_client.get(address)
    for day in (1, 2):
        scenes.make_signed(nurse, physician, now + timedelta(days=day))
    with CaptureQueriesContext(connection) as three:
        physician_client.get(address)
    assert len(three) == len(one)
