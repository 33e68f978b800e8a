"""A mark on legs or hips before or after one session: frozen with it."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.examination import MarkKind, Region
from courses.models.treatment import Session, VitalSigns, frozen_with_session
from eecp_clinic.models import User


@pghistory.track()
class BodyMark(models.Model):
    """What was seen or felt in one place; that the rest was looked at stands in the vital signs."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="body_marks")
    phase = models.CharField(_("phase"), max_length=6, choices=VitalSigns.Phase.choices)
    region = models.CharField(_("place"), max_length=20, choices=Region.choices)
    kind = models.CharField(_("what"), max_length=10, choices=MarkKind.choices)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["session", "-phase", "region"]
        constraints = [
            models.UniqueConstraint(fields=["session", "phase", "region"], name="body_mark_once_a_place")
        ]
        triggers = [frozen_with_session("body_mark_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.get_region_display()}: {self.get_kind_display()}"
