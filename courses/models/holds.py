"""A hold that a physician overrode: the limits that said no, and why the patient was treated all the same."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session, frozen_with_session
from eecp_clinic.models import User


@pghistory.track()
class HoldOverride(models.Model):
    """``findings`` keeps each hold as it was read: code, fact, rule and version of the limits."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="hold_overrides")
    findings = models.JSONField(_("limits passed"))
    reason = models.CharField(_("why treated all the same"), max_length=300)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["session", "decided_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hold_overridden_with_reason")]
        triggers = [frozen_with_session("hold_override_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.decided_at:%H:%M}"
