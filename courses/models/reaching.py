"""How a patient is reached about booked hours: a calendar feed, reminders by e-mail, and the wish for none."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.scheduling import Appointment
from eecp_clinic.models import User
from patients.models import Patient


@pghistory.track(exclude=["last_read_at"])
class CalendarLink(models.Model):
    """The secret address of one patient's hours; only its hash is kept, so it is shown once."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="calendar_links")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(revoked_at=None),
                name="calendar_link_one_in_force",
                violation_error_message=_("Two calendar links would be in force. Revoke one of them first."),
            )
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.patient_id}"


class Reminder(models.Model):
    """One reminder of one hour. The row is made before the mail is handed over, so none goes out twice."""

    class Kind(models.TextChoices):
        TWO_DAYS = "two_days", _("Two days before")
        ONE_DAY = "one_day", _("One day before")

    class State(models.TextChoices):
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="reminders")
    #: The hour as it was told: one that is moved afterwards is reminded of anew.
    starts_at = models.DateTimeField(_("hour"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENDING)
    email = models.EmailField(_("e-mail"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tried_at = models.DateTimeField(_("last attempt"))
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        ordering = ["-tried_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "starts_at", "kind"], name="reminder_once_an_hour_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind} {self.state}"


@pghistory.track()
class ReminderOptOut(models.Model):
    """A patient who wants no reminders; without ``by`` it was the patient, through the link in a mail."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminder_opt_outs")
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                name="reminder_opt_out_once",
                violation_error_message=_(
                    "Both records say that no reminders are wanted. Switch them on for one of them first."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"No reminders for {self.patient_id}"
