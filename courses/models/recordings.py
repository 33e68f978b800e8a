"""Recordings that a person said are not of a session, so that device and time do not bind them to it again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session, frozen_with_session
from devices.models import Recording
from eecp_clinic.models import User


class SetAsideRecording(models.Model):
    """``session`` is not what ``recording`` recorded, says ``set_aside_by``; a person may say otherwise later."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="set_aside")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="set_aside_from")
    set_aside_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField(_("set aside"))

    class Meta:
        ordering = ["session", "set_aside_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "recording"], name="recording_set_aside_once_a_session"
            )
        ]
        triggers = [frozen_with_session("set_aside_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.recording_id}"
