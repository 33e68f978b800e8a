"""An hour that was cut short and is given again."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session
from eecp_clinic.models import User


@pghistory.track()
class SessionRepeat(models.Model):
    """A session that ended early and does not stand for an ordered one: another is given in its place.

    The session itself stays what it was, with its number; the course has one session more, and this one is not billed.
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="repeat")
    reason = models.CharField(_("reason"), max_length=200)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["decided_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="repeat_with_reason")]

    def __str__(self) -> str:
        return f"Repeat of {self.session_id}"
