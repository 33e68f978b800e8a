"""The morning's mail to one person: what waits for them, in counts. One a day, and the wish for none."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models import Clinic, User


class WorkMail(models.Model):
    """One person's mail of one day at one clinic. The row is there before the mail is handed over."""

    class State(models.TextChoices):
        NOTHING = "nothing", _("Nothing waited")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=1)
    tried_at = models.DateTimeField(_("last attempt"))
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        ordering = ["clinic", "day", "person"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "person", "day"], name="work_mail_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day:%Y-%m-%d} {self.state}"


@pghistory.track()
class WorkMailOff(models.Model):
    """A person who wants no such mails from one clinic."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "person"], name="work_mail_off_once")]

    def __str__(self) -> str:
        return f"No work mail for {self.person_id}"
