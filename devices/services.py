"""What people do to devices and their keys, and what the rest of the application asks of recordings."""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from devices.gating.config import InvalidGatingConfig
from devices.keys import make_key, revoke_key
from devices.models import Device, GatingReport, Recording, StoredFile
from devices.notices import enqueue_finish
from devices.prescription import prescribed_config
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User

__all__ = [
    "DEVICE_FIELDS",
    "add_device",
    "edit_device",
    "file_of",
    "latest_report",
    "make_key",
    "note_download",
    "prescribe",
    "reports_of_all",
    "revoke_key",
]

DEVICE_FIELDS = ("name", "model", "serial", "kind", "is_active")


def add_device(*, clinic: Clinic, values: dict[str, object], actor: User, now: datetime) -> Device:
    """Put a device on the clinic's list; Conflict where its name or serial number is taken."""
    device = Device(clinic=clinic, **values)
    with transaction.atomic():
        _save(device)
        _audit("device.added", device, actor, now)
    return device


def edit_device(*, device: Device, values: dict[str, object], actor: User, now: datetime) -> Device:
    """Change what is known of a device; Conflict where its name or serial number is taken."""
    unknown = set(values) - set(DEVICE_FIELDS)
    if unknown:
        raise ValueError(f"a device has no {', '.join(sorted(unknown))} to edit")
    with transaction.atomic():
        changed = [name for name, value in values.items() if getattr(device, name) != value]
        for name in changed:
            setattr(device, name, values[name])
        _save(device, changed)
        _audit("device.edited", device, actor, now, changed=changed)
    return device


def _save(device: Device, update_fields: list[str] | None = None) -> None:
    device.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            device.save(update_fields=update_fields)
    except IntegrityError as error:
        raise Conflict(
            _(
                "Another device of your clinic has this name or serial number. Give it another, or edit that one."
            ),
            code="device_taken",
        ) from error


def prescribe(*, recording: Recording, pressure_mmhg: int | None, minutes: int | None) -> None:
    """Tell the analysis what was prescribed; a recording that was stored before is judged again by it.

    Raises
    ------
    InvalidInput
        The engine refuses such a pressure or duration; its sentence says why.
    """
    try:
        prescribed_config(pressure_mmhg, minutes)
    except InvalidGatingConfig as error:
        raise InvalidInput(str(error), code="prescription") from error
    with transaction.atomic():
        locked = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
        locked.prescribed_pressure_mmhg = recording.prescribed_pressure_mmhg = pressure_mmhg
        locked.prescribed_minutes = recording.prescribed_minutes = minutes
        locked.save(update_fields=["prescribed_pressure_mmhg", "prescribed_minutes"])
        if locked.stored_at is not None:
            transaction.on_commit(partial(enqueue_finish, locked.pk))


def latest_report(recording: Recording) -> GatingReport | None:
    """The newest report of all that has arrived; None where there is none yet, or chunks wait to be stored."""
    return reports_of_all(recording).first()


def reports_of_all(recording: Recording) -> QuerySet[GatingReport]:
    """Reports of all that has arrived, the newest first; none where chunks wait to be stored."""
    if recording.late_chunks_at is not None:
        return recording.reports.none()
    return recording.reports.filter(input_sha256=recording.file_sha256).order_by("-made_at")


def file_of(report: GatingReport) -> StoredFile | None:
    """The version of the file that a report judged, which a session that was signed with the report stands for."""
    versions = StoredFile.objects.filter(recording=report.recording_id, file_sha256=report.input_sha256)
    return versions.order_by("version").first()


def note_download(
    *, recording: Recording, actor: User, now: datetime, file_sha256: str, form: str = "edf"
) -> None:
    """Waves left the application: who took which version of which recording, and as what."""
    uuid = str(recording.pk)
    _audit(
        "recording.downloaded",
        recording.device,
        actor,
        now,
        recording=uuid,
        file_sha256=file_sha256,
        form=form,
    )


def _audit(action: str, device: Device, actor: User, now: datetime, **data: object) -> None:
    subject = f"device:{device.code}"
    audit.record(action, subject=subject, actor=actor, clinic=device.clinic, at=now, **data)
