"""Pages of devices: keys shown once, files taken with a trace, and no more queries than devices deserve."""

import hashlib
import html
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from devices.models import AgentKey, Device, Recording
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories
from tests.conftest import client_of

VALUES = {"name": "Device 7", "model": "Example 3", "serial": "S-7", "kind": "pneumatic", "is_active": "on"}


@pytest.fixture
def admin_client(administrator: User) -> Client:
    return client_of(administrator)


def text(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def test_list_takes_the_same_queries_for_one_device_and_for_five(
    nurse_client: Client, clinic: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(number: int) -> None:
        device = factories.make_device(clinic, f"Device {number}")
        factories.make_key(device)
        factories.make_recording(device, closed_at=None, ended_at=None)

    fill(1)
    nurse_client.get(reverse("devices:list"))
    with django_assert_num_queries(6):  # session, user, memberships; devices, recordings, keys
        nurse_client.get(reverse("devices:list"))
    for number in range(2, 6):
        fill(number)
    with django_assert_num_queries(6):
        answer = nurse_client.get(reverse("devices:list"))
    assert "Device 5" in text(answer)


def test_recordings_take_the_same_queries_however_many(
    nurse_client: Client, device: Device, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        factories.make_report(factories.make_recording(device))
    with django_assert_max_num_queries(12):
        answer = nurse_client.get(device.get_absolute_url())
    assert text(answer).count("Stored and verified") == 25
    assert "1 to 25 of 30" in text(answer)


def test_empty_list_says_what_would_stand_here(admin_client: Client, nurse_client: Client) -> None:
    assert "Add the first one" in text(admin_client.get(reverse("devices:list")))
    assert reverse("devices:add") not in text(nurse_client.get(reverse("devices:list")))


def test_htmx_gets_the_table_alone(nurse_client: Client, device: Device) -> None:
    answer = nurse_client.get(reverse("devices:list"), headers={"HX-Request": "true"})
    assert text(answer).lstrip().startswith('<div id="devices"')


def test_device_is_added_and_edited(admin_client: Client, clinic: Clinic) -> None:
    answer = admin_client.post(reverse("devices:add"), VALUES)
    device = Device.objects.get()
    assert answer["Location"] == device.get_absolute_url()
    assert device.clinic == clinic
    admin_client.post(reverse("devices:edit", args=[device.code]), VALUES | {"name": "Device 8"})
    device.refresh_from_db()
    assert device.name == "Device 8"
    edited = AuditEvent.objects.get(action="device.edited")
    assert edited.data["changed"] == ["name"]


@pytest.mark.parametrize("changes", [{"serial": "S-8"}, {"name": "Device 8"}], ids=["name", "serial"])
def test_name_and_serial_number_that_are_taken_are_refused_with_what_was_typed(
    admin_client: Client, clinic: Clinic, changes: dict[str, str]
) -> None:
    factories.make_device(clinic, "Device 7", serial="S-7")
    answer = admin_client.post(reverse("devices:add"), VALUES | changes)
    assert answer.status_code == 422
    assert "has this name or serial number" in text(answer)
    assert "Example 3" in text(answer)
    assert Device.objects.count() == 1


def test_incomplete_device_is_refused(admin_client: Client) -> None:
    assert admin_client.post(reverse("devices:add"), VALUES | {"serial": ""}).status_code == 422
    assert not Device.objects.exists()


def test_secret_of_a_new_key_is_shown_once_and_kept_nowhere(admin_client: Client, device: Device) -> None:
    answer = admin_client.post(reverse("devices:make-key", args=[device.code]))
    secret = re.findall(r"eecp_[\w-]{43}", text(answer))[0]
    key = AgentKey.objects.get()
    assert key.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert "eecp-agent run --source sample --server http://testserver --key-file key.txt" in text(answer)
    assert answer["Cache-Control"] == "no-store, private"
    assert secret not in text(admin_client.get(device.get_absolute_url()))
    assert secret not in str(list(AuditEvent.objects.values()))


def test_key_is_revoked_after_asking(admin_client: Client, device: Device) -> None:
    key, _ = factories.make_key(device)
    address = reverse("devices:revoke-key", args=[device.code, key.prefix])
    assert "can send nothing more" in text(admin_client.get(address))
    assert AgentKey.objects.filter(revoked_at=None).exists()
    assert admin_client.post(address).status_code == 302
    assert not AgentKey.objects.filter(revoked_at=None).exists()
    assert admin_client.post(address).status_code == 404


def test_key_of_another_device_is_not_there(admin_client: Client, clinic: Clinic, device: Device) -> None:
    key, _ = factories.make_key(factories.make_device(clinic, "Device 2"))
    address = reverse("devices:revoke-key", args=[device.code, key.prefix])
    assert admin_client.post(address).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def stored(device: Device) -> Recording:
    name = default_storage.save("recordings/one.edf", ContentFile(b"0 the file"))
    sha256 = hashlib.sha256(b"0 the file").hexdigest()
    return factories.make_recording(device, file=name, file_sha256=sha256)


def test_file_is_taken_and_the_audit_trail_knows_by_whom(
    physician_client: Client, physician: User, device: Device
) -> None:
    recording = stored(device)
    answer = physician_client.get(reverse("devices:recording-file", args=[recording.pk]))
    assert answer.content == b"0 the file"
    assert str(recording.pk)[:8] in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="recording.downloaded")
    assert (event.actor, event.data["recording"]) == (physician, str(recording.pk))


def test_file_that_is_not_made_yet_or_is_lost_is_refused_in_words(
    nurse_client: Client, device: Device
) -> None:
    running = factories.make_recording(device, stored_at=None)
    answer = nurse_client.get(reverse("devices:recording-file", args=[running.pk]))
    assert (answer.status_code, "not stored as a file yet" in text(answer)) == (404, True)
    lost = factories.make_recording(device, file="recordings/lost.edf")
    answer = nurse_client.get(reverse("devices:recording-file", args=[lost.pk]))
    assert (answer.status_code, "a backup may hold it" in text(answer)) == (404, True)
    assert not AuditEvent.objects.filter(action="recording.downloaded").exists()


def test_file_that_has_changed_is_not_given_out(nurse_client: Client, device: Device) -> None:
    recording = stored(device)
    Recording.objects.update(file_sha256="ab" * 32)
    answer = nurse_client.get(reverse("devices:recording-file", args=[recording.pk]))
    assert (answer.status_code, "has changed since it was stored" in text(answer)) == (409, True)


def test_recording_that_failed_says_why(nurse_client: Client, device: Device) -> None:
    factories.make_recording(device, stored_at=None, failure="The agent sent no samples.")
    assert "The agent sent no samples." in text(nurse_client.get(device.get_absolute_url()))
