"""Holds: a patient not treated today, and who was told; or treated all the same by a physician's decision."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session, frozen_with_session
from eecp_clinic.models import Signature, User


@pghistory.track()
class HoldOverride(models.Model):
    """``findings`` keeps each hold as it was read: code, fact, rule and version of the limits."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="hold_overrides")
    findings = models.JSONField(_("limits passed"))
    reason = models.CharField(_("why treated all the same"), max_length=300)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"))
    #: Of a start although a review is overdue: that stop is overridden with the password only.
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="hold_override"
    )

    class Meta:
        ordering = ["session", "decided_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hold_overridden_with_reason")]
        triggers = [frozen_with_session("hold_override_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.decided_at:%H:%M}"


@pghistory.track()
class Hold(models.Model):
    """A refusal to treat today: what spoke against it, who decided, and which physician has looked at it.

    The hour is given back at once. A physician may release the hold while the hour is still free.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="holds")
    findings = models.JSONField(_("what spoke against it"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(_("held"))
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    answer = models.CharField(_("the physician's answer"), max_length=300, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        ordering = ["-held_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_with_reason"),
            models.UniqueConstraint(
                fields=["session"], condition=Q(released_at__isnull=True), name="hold_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="hold_seen_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | (Q(seen_by__isnull=False) & ~Q(answer="")),
                name="hold_released_with_reason",
            ),
        ]
        triggers = [frozen_with_session("hold_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.held_at:%H:%M}"


class HoldNotice(models.Model):
    """One mail about one hold to one physician. The row is there before the mail is handed over."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="notices")
    practitioner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tried_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        ordering = ["hold", "practitioner"]
        constraints = [
            models.UniqueConstraint(fields=["hold", "practitioner"], name="hold_notice_once_a_physician")
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.practitioner_id} {self.state}"
