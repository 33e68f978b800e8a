"""Fetching and authorising in one step: whatever is not of the clinic in hand is not there."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from devices.models import AgentKey, Device, GatingReport, Recording, RecordingImport, StoredFile
from eecp_clinic.errors import ClinicError, NotFound
from eecp_clinic.models import Clinic

#: So many digits of a SHA-256 name a file in an address.
SHORT_SHA256 = 12


def get_device(clinic: Clinic, code: str) -> Device:
    """A device of this clinic, or NotFound."""
    device = Device.objects.of(clinic).select_related("clinic").filter(code=code).first()
    if device is None:
        raise NotFound(_("There is no such device at your clinic. Choose one from the list of devices."))
    return device


class UnknownKey(ClinicError):
    """No key of an agent, or one that was revoked."""

    status = 401
    default_code = "unknown_key"


def get_agent_key(sha256: str, now: datetime) -> AgentKey:
    """The key with this SHA-256 with its device and clinic, or UnknownKey."""
    key = AgentKey.objects.good(now).select_related("device__clinic").filter(sha256=sha256).first()
    if key is None:
        raise UnknownKey(
            _("The key is missing, unknown or revoked. Ask an administrator of the clinic for a new key.")
        )
    return key


def get_key(device: Device, prefix: str) -> AgentKey:
    """A key of this device that is still good, by how it begins, or NotFound."""
    key = device.agent_keys.filter(prefix=prefix, revoked_at__isnull=True).first()
    if key is None:
        raise NotFound(_("This device has no such key, or it was revoked before."))
    return key


def get_recording(clinic: Clinic, uuid: UUID) -> Recording:
    """A recording by a device of this clinic, or NotFound."""
    found = Recording.objects.select_related("device").filter(pk=uuid, device__clinic=clinic).first()
    if found is None:
        raise NotFound(_("There is no such recording at your clinic. Look in the list of its device."))
    return found


def get_import(device: Device, code: str) -> RecordingImport:
    """A file that was given for this device and waits, or became a recording; or NotFound."""
    found = device.imports.select_related("recording__device", "uploaded_by").filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such file. It was discarded, or waited for a day; upload it again."))
    return found


def get_stored(recording: Recording, version: str = "") -> Recording | StoredFile:
    """The file of a recording, the newest or the version of that number, or NotFound."""
    if recording.stored_at is None:
        raise NotFound(_("This recording is not stored as a file yet. Try again when it has ended."))
    if not version:
        return recording
    number = int(version) if version.isdecimal() and len(version) < 5 else 0
    found = recording.files.filter(version=number).first()
    if found is None:
        raise NotFound(_("There is no such version of this file. Take the newest."))
    return found


def get_version(recording: Recording, sha256: str) -> Recording | StoredFile:
    """The file of a recording whose SHA-256 begins so, the newest or an earlier one, or NotFound."""
    if len(sha256) >= SHORT_SHA256 and recording.stored_at is not None:
        if recording.file_sha256.startswith(sha256):
            return recording
        found = recording.files.filter(file_sha256__startswith=sha256).first()
        if found is not None:
            return found
    raise NotFound(_("There is no such version of this file. Open the recording again."))


def get_report(clinic: Clinic, code: str) -> GatingReport:
    """A report of a recording by a device of this clinic, or NotFound."""
    found = GatingReport.objects.filter(code=code, recording__device__clinic=clinic).first()
    if found is None:
        raise NotFound(_("There is no such report at your clinic. Open it from its session."))
    return found
