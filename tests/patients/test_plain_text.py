"""Names as they are searched."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from patients.models.search import plain as plain_sql
from patients.plain_text import digits, plain


@pytest.mark.parametrize(
    ("name", "searched"),
    [
        ("Müller", "muller"),
        ("O'Neil", "oneil"),
        ("García-López", "garcia lopez"),
        ("  St.  John ", "st john"),
        ("Søren Łukasz", "soren lukasz"),
        ("Nguyễn", "nguyen"),
        ("田中", "田中"),
    ],
)
def test_name_is_found_as_it_is_typed_in_a_hurry(name: str, searched: str) -> None:
    assert plain(name) == searched


@given(st.text())
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_digits_of_a_phone_number() -> None:
    assert digits("+1 (312) 555-0199 x4") == "131255501994"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["Müller", "O’Neil", "García-López", "Søren  Łukasz", "Nguyễn", "ÅNGSTRÖM, Ö."]
)
def test_database_and_python_agree(name: str) -> None:
    from django.db.models import TextField, Value

    from eecp_clinic.models import Clinic
    from tests import factories

    factories.make_clinic()
    found = Clinic.objects.annotate(p=plain_sql(Value(name, output_field=TextField()))).values_list(
        "p", flat=True
    )
    assert connection.vendor == "postgresql"
    assert str(found[0]).strip() == plain(name)
