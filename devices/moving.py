"""An imported file that was given for the wrong device, moved to the right one.

What an agent sends is never moved: its key says of which device it is.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from devices.models import Device, Recording, RecordingImport
from devices.signals import recording_moved, recording_moving
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User


def move_import(*, recording: Recording, device: Device, actor: User, now: datetime) -> Recording:
    """Say that an imported recording is of another device of the same clinic.

    Whoever listens to ``recording_moving`` may refuse, or let go of the recording first.

    Raises Conflict where it was not imported, is of that device already, or stands for something that was signed.
    """
    if device.clinic_id != recording.device.clinic_id:
        raise ValueError("a recording stays at its clinic")
    with transaction.atomic():
        taken = _import_of(recording)
        recording_moving.send(Recording, recording=recording, actor=actor, now=now)
        locked = Recording.objects.select_for_update(no_key=True, of=("self",)).get(pk=recording.pk)
        before = locked.device
        if before == device:
            raise Conflict(_("The recording is of this device already. Choose another."), code="same_device")
        locked.device = taken.device = device
        locked.save(update_fields=["device"])
        taken.save(update_fields=["device"])
        for shown in (before, device):  # it is asked of either
            audit.record(
                "recording.moved",
                subject=f"device:{shown.code}",
                actor=actor,
                clinic=device.clinic,
                at=now,
                recording=str(locked.pk),
                source=before.code,
                target=device.code,
            )
        transaction.on_commit(partial(recording_moved.send_robust, sender=Recording, recording=locked))
    return locked


def _import_of(recording: Recording) -> RecordingImport:
    taken = RecordingImport.objects.select_for_update(of=("self",)).filter(recording=recording).first()
    if taken is None:
        raise Conflict(
            _("Only an imported file can be moved. What an agent sent is of the device whose key it has."),
            code="not_imported",
        )
    return taken
