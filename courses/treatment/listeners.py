"""What the devices announce, heard: a recording finds its session as soon as either appears."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from courses.treatment.binding import bind_recording
from courses.treatment.choosing import release_recording
from devices.models import GatingReport, Recording
from devices.signals import (
    recording_closed,
    recording_moved,
    recording_moving,
    recording_opened,
    report_ready,
)
from eecp_clinic.errors import ClinicError
from eecp_clinic.models import User

logger = logging.getLogger(__name__)


def connect() -> None:
    """Once, when the application is ready."""
    recording_opened.connect(on_recording, dispatch_uid="treatment.recording_opened")
    recording_closed.connect(on_recording, dispatch_uid="treatment.recording_closed")
    recording_moving.connect(on_moving, dispatch_uid="treatment.recording_moving")
    recording_moved.connect(on_recording, dispatch_uid="treatment.recording_moved")
    report_ready.connect(on_report, dispatch_uid="treatment.report_ready")


def on_recording(sender: object, recording: Recording, **kwargs: Any) -> None:
    try:
        bind_recording(recording=recording, now=timezone.now())
    except ClinicError as error:  # somebody bound or signed in this moment; the sweep looks again
        logger.info("recording was not bound: %s", error.code)


def on_moving(sender: object, recording: Recording, actor: User, now: datetime, **kwargs: Any) -> None:
    """Its session loses it; raises Conflict, so that it stays where it is, where that session is signed."""
    release_recording(recording=recording, actor=actor, now=now)


def on_report(sender: object, report: GatingReport, **kwargs: Any) -> None:
    on_recording(sender, report.recording)
