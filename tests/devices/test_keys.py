"""Codes that work once, keys that replace each other without a gap, and what is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from devices import keys
from devices.access import UnknownKey, get_agent_key
from devices.models import AgentKey, Device, EnrolmentCode
from eecp_clinic.models import AuditEvent, User
from eecp_clinic.roles import Role
from tests import factories
from tests.factories import MONDAY_NINE as NOW

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def key(device: Device) -> AgentKey:
    return factories.make_key(device)[0]


def is_good(key: AgentKey, now: object = NOW) -> bool:
    try:
        get_agent_key(key.sha256, now)  # type: ignore[arg-type]
    except UnknownKey:
        return False
    return True


def test_code_gives_one_key_of_its_device(device: Device, administrator: User) -> None:
    code = keys.make_code(device=device, actor=administrator, now=NOW)
    made = keys.enrol(code=code, now=SOON)
    assert made.key.device == device
    assert get_agent_key(made.key.sha256, SOON) == made.key
    actions = AuditEvent.objects.order_by("pk").values_list("action", "actor__username")
    assert list(actions) == [
        ("device.enrolment_code_made", administrator.username),
        ("device.enrolled", None),
    ]
    assert AuditEvent.objects.get(action="device.enrolled").data["code_made_by"] == administrator.username


def test_code_is_kept_in_no_form_that_can_be_typed(device: Device, administrator: User) -> None:
    code = keys.make_code(device=device, actor=administrator, now=NOW)
    kept = str(list(EnrolmentCode.objects.values())) + str(list(AuditEvent.objects.values()))
    assert code not in kept
    assert len(code) == 10
    assert not set(code) & set("0o1li")


@pytest.mark.parametrize("shape", [str.upper, keys.in_groups, lambda code: f" {code[:3]} {code[3:]} "])
def test_code_is_taken_however_it_is_typed(device: Device, administrator: User, shape: object) -> None:
    code = keys.make_code(device=device, actor=administrator, now=NOW)
    assert keys.enrol(code=shape(code), now=SOON).key.device == device  # type: ignore[operator]


def test_code_that_was_used_is_refused(device: Device, administrator: User) -> None:
    code = keys.make_code(device=device, actor=administrator, now=NOW)
    keys.enrol(code=code, now=SOON)
    with pytest.raises(keys.CodeRefused, match="used before") as refused:
        keys.enrol(code=code, now=SOON)
    assert refused.value.code == "code_used"
    assert AgentKey.objects.count() == 1


def test_code_is_refused_after_fifteen_minutes(device: Device, administrator: User) -> None:
    code = keys.make_code(device=device, actor=administrator, now=NOW)
    with pytest.raises(keys.CodeRefused, match="too old"):
        keys.enrol(code=code, now=NOW + keys.CODE_LIFE)
    assert not AgentKey.objects.exists()


def test_new_code_of_a_device_ends_the_one_before(device: Device, administrator: User) -> None:
    first = keys.make_code(device=device, actor=administrator, now=NOW)
    keys.make_code(device=device, actor=administrator, now=SOON)
    with pytest.raises(keys.CodeRefused, match="too old"):
        keys.enrol(code=first, now=SOON)


@pytest.mark.parametrize("code", ["", "2222222222", "nonsense" * 50])
def test_code_that_nobody_made_is_refused(db: None, code: str) -> None:
    with pytest.raises(keys.CodeRefused, match="not known"):
        keys.enrol(code=code, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_code_that_is_typed_twice_at_once_gives_one_key() -> None:
    clinic = factories.make_clinic()
    device = factories.make_device(clinic)
    admin = factories.make_user(clinic, Role.ADMINISTRATOR, "ada", "Ada", "Admin-Example", "")
    code = keys.make_code(device=device, actor=admin, now=NOW)
    refused: list[str] = []

    def type_in() -> None:
        try:
            keys.enrol(code=code, now=SOON)
        except keys.CodeRefused as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=type_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (AgentKey.objects.count(), refused) == (1, ["code_used"] * 3)


def test_old_key_is_good_until_the_new_one_is_used(key: AgentKey) -> None:
    made = keys.rotate_key(key=key, now=NOW)
    assert is_good(key, SOON)
    assert is_good(made.key, SOON)
    keys.note_use(made.key.sha256, SOON)
    assert not is_good(key, SOON)
    assert is_good(made.key, SOON)
    assert AuditEvent.objects.filter(action="device.key_replaced").count() == 1
    keys.note_use(made.key.sha256, SOON + timedelta(hours=1))
    assert AuditEvent.objects.filter(action="device.key_replaced").count() == 1


def test_old_key_is_good_for_a_day_at_most(key: AgentKey) -> None:
    keys.rotate_key(key=key, now=NOW)
    assert is_good(key, NOW + keys.OVERLAP - timedelta(seconds=1))
    assert not is_good(key, NOW + keys.OVERLAP)


def test_new_key_that_never_arrived_is_replaced_by_another(key: AgentKey) -> None:
    lost = keys.rotate_key(key=key, now=NOW)
    made = keys.rotate_key(key=key, now=SOON)
    assert not is_good(lost.key, SOON)
    assert is_good(made.key, SOON)
    key.refresh_from_db()
    assert key.expires_at == NOW + keys.OVERLAP, "asking again does not lengthen the life of the old one"


def test_key_that_was_revoked_gets_no_other(key: AgentKey, administrator: User) -> None:
    keys.revoke_key(key=key, actor=administrator, now=NOW)
    with pytest.raises(UnknownKey):
        keys.rotate_key(key=key, now=SOON)
    assert AgentKey.objects.count() == 1


def test_revoking_a_key_takes_the_unused_one_that_it_got_with_it(key: AgentKey, administrator: User) -> None:
    made = keys.rotate_key(key=key, now=NOW)
    keys.revoke_key(key=key, actor=administrator, now=SOON)
    assert not is_good(made.key, SOON)
