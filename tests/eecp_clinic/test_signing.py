"""Signatures: only the right person, with the right password, and the content can be checked for ever."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from eecp_clinic import signing
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, Signature, User
from eecp_clinic.roles import Role
from tests.factories import PASSWORD

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def sign(signer: User, clinic: Clinic, password: str = PASSWORD) -> Signature:
    return signing.sign(
        signer=signer,
        password=password,
        clinic=clinic,
        roles=(Role.PHYSICIAN,),
        meaning="I ordered this",
        subject="order:abc",
        content={"sessions": 35},
        now=NOW,
    )


def test_signature_keeps_name_credentials_meaning_time_and_content(physician: User, clinic: Clinic) -> None:
    signature = sign(physician, clinic)
    assert (signature.name, signature.credentials, signature.role) == (
        "Petra Physician-Example",
        "MD",
        "physician",
    )
    assert signature.content == '{"sessions":35}'
    assert signature.content_sha256 == signing.sha256_of('{"sessions":35}')
    assert signing.is_intact(signature)
    assert AuditEvent.objects.get().action == "signature.made"


def test_somebody_without_the_role_cannot_sign(nurse: User, clinic: Clinic) -> None:
    with pytest.raises(NotAllowed, match="Physician"):
        sign(nurse, clinic)
    assert not Signature.objects.exists()


def test_physician_of_another_clinic_cannot_sign(outsider: User, clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        sign(outsider, clinic)


def test_somebody_without_credentials_cannot_sign(physician: User, clinic: Clinic) -> None:
    physician.credentials = ""
    with pytest.raises(NotAllowed, match="credentials"):
        sign(physician, clinic)


def test_wrong_password_signs_nothing_and_five_of_them_lock_for_a_while(
    physician: User, clinic: Clinic
) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput, match="password"):
            sign(physician, clinic, "wrong")
    with pytest.raises(NotAllowed, match="five minutes"):
        sign(physician, clinic)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("change", [{"name": "Somebody Else"}, {"content": "{}"}])
def test_database_refuses_to_change_a_signature(
    physician: User, clinic: Clinic, change: dict[str, str]
) -> None:
    signature = sign(physician, clinic)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(**change)
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        signature.delete()


def test_same_content_in_another_order_has_the_same_canonical_form() -> None:
    one = signing.canonical({"b": Decimal("1.50"), "a": date(2026, 11, 23)})
    assert one == signing.canonical({"a": date(2026, 11, 23), "b": Decimal("1.50")})
    assert one == '{"a":"2026-11-23","b":"1.50"}'


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="canonical"):
        signing.canonical({"a": object()})
