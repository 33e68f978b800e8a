"""A corrected value of a signed session is shown where the value stands, beside what was signed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from courses.models import Amendment, Session
from courses.treatment.services import amend_session
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

Correct = Callable[[str, str], Amendment]


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_signed(nurse, physician, now)


@pytest.fixture
def correct(signed: Session, nurse: User, now: datetime) -> Correct:
    def inner(field: str, corrected: str) -> Amendment:
        return amend_session(
            session=signed,
            kind="correction",
            field=field,
            corrected=corrected,
            reason="Read off the <wrong> line",
            password=factories.PASSWORD,
            actor=nurse,
            now=now + timedelta(hours=5),
        )

    return inner


def page(client: Client, session: Session) -> str:
    return str(client.get(session.get_absolute_url()).content.decode())


def place(html: str, begin: str, end: str) -> str:
    """A part of the page."""
    at = html.index(begin)
    return html[at : html.index(end, at)]


def line(signed: str, correct: str) -> str:
    return f"<s>{signed}</s> <b>{correct}</b>"


def reading_path(session: Session, name: str) -> str:
    return f"readings/{session.readings.earliest('at').at.isoformat()}/{name}"


def test_vital_sign_shows_its_correction_in_its_row(
    signed: Session, correct: Correct, nurse_client: Client
) -> None:
    made = correct("vital_signs/before/systolic_mmhg", "118")
    cell = place(page(nurse_client, signed), "128/72", "</td>")
    assert f"Systolic: {line('128 mmHg', '118 mmHg')}" in cell
    assert f'href="#amendment-{made.code}"' in cell
    assert f'id="amendment-{made.code}"' in page(nurse_client, signed)
    assert "amended A1</a>" in cell


def test_mark_tells_reason_author_and_time_and_escapes_them(
    signed: Session, correct: Correct, nurse_client: Client
) -> None:
    correct("symptoms", "Tired")
    cell = place(page(nurse_client, signed), "<dt>Symptoms</dt>", "</dd>")
    assert "Read off the &lt;wrong&gt; line · Nora Nurse-Example, RN, 23-Nov-2026" in cell
    assert "<b>Tired</b>" in cell


def test_reading_shows_its_correction_in_its_cell(
    signed: Session, correct: Correct, nurse_client: Client
) -> None:
    before = signed.readings.earliest("at").pressure_mmhg
    correct(reading_path(signed, "pressure_mmhg"), "199")
    table = place(page(nurse_client, signed), 'class="flowsheet"', "</table>")
    assert line(f"{before} mmHg", "199 mmHg") in table
    assert table.count('class="amended') == 1


def test_value_corrected_twice_shows_the_last_and_leads_to_it(
    signed: Session, correct: Correct, nurse_client: Client
) -> None:
    correct("symptoms", "Tired")
    last = correct("symptoms", "Tired, slept in the afternoon")
    cell = place(page(nurse_client, signed), "<dt>Symptoms</dt>", "</dd>")
    assert "slept in the afternoon" in cell
    assert f"#amendment-{last.code}" in cell
    assert "amended A2</a>" in cell
    assert cell.count('class="amended') == 1


def test_value_that_was_not_known_appears_with_its_correction(
    signed: Session, correct: Correct, nurse_client: Client
) -> None:
    row = signed.vital_signs.get(phase="before")
    assert row.inr is None
    assert "<dt>INR" not in page(nurse_client, signed)
    correct("vital_signs/before/inr", "1.4")
    cell = place(page(nurse_client, signed), "<dt>INR", "</dd>")
    assert line("Not known", "1.4") in cell


@pytest.mark.parametrize("path", ["ended_at", "stop_reason"])
def test_end_of_the_hour_shows_its_correction(
    path: str, signed: Session, correct: Correct, nurse_client: Client
) -> None:
    correct(path, {"ended_at": "09:42", "stop_reason": "patient_wish"}[path])
    assert 'class="amended' in place(page(nurse_client, signed), "<dt>Ended</dt>", "</dd>")


def test_addition_changes_no_value(signed: Session, nurse: User, nurse_client: Client, now: datetime) -> None:
    amend_session(
        session=signed,
        kind="addendum",
        text="Called",
        reason="Told later",
        password=factories.PASSWORD,
        actor=nurse,
        now=now + timedelta(hours=5),
    )
    assert 'class="amended' not in page(nurse_client, signed)
