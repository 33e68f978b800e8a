"""A drawn session as a recording that ended: one EDF+ file in the store, as the intake would have left it."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from devices.agent.cutting import formats_of
from devices.edf import write_edf
from devices.models import Device, Recording
from devices.protocol import Manifest, TriggerSource
from devices.recordings import to_ms
from devices.waveform import Waveform
from tests import factories
from tests.factories import MONDAY_NINE


def store_waveform(
    device: Device, waveform: Waveform, started_at: datetime = MONDAY_NINE, **fields: Any
) -> Recording:
    """``fields`` of the recording may say otherwise than a verified file."""
    manifest = Manifest(
        started_at_ms=to_ms(started_at),
        clock_ms=to_ms(started_at),
        agent_version="0.1.0",
        source="a drawing",
        trigger_source=TriggerSource.R_WAVE,
        channels=formats_of(waveform),
    )
    data = write_edf(waveform, (), manifest, uuid.uuid4(), started_at)
    ended_at = started_at + timedelta(seconds=waveform.duration_s)
    values: dict[str, Any] = {
        "manifest": msgspec.to_builtins(manifest),
        "file": default_storage.save("recordings/drawn.edf", ContentFile(data)),
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "ended_at": ended_at,
        "closed_at": ended_at,
    }
    return factories.make_recording(device, started_at, **values | fields)
