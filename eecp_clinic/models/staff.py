"""How many nurses work when: what planning may count on, not a roster of names."""

import pghistory
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models.clinic import Clinic


@pghistory.track()
class StaffHours(models.Model):
    """So many nurses on one weekday (0 is Monday) for so long; several rows add up where they overlap."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="staff_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    nurses = models.PositiveSmallIntegerField(_("nurses"))

    class Meta:
        ordering = ["clinic", "weekday", "begins"]
        verbose_name_plural = _("staff hours")
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="staff_hours_weekday_0_to_6"),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")),
                name="staff_hours_end_after_beginning",
                violation_error_message=_("The hours must end after they begin, on the same day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins:%H:%M}-{self.ends:%H:%M} {self.nurses}"

    @property
    def weekday_name(self) -> str:
        return str(WEEKDAYS[self.weekday])


@pghistory.track()
class StaffAbsence(models.Model):
    """So many nurses fewer than usual, from when to when."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="staff_absences")
    during = DateTimeRangeField(_("from, to"))
    nurses = models.PositiveSmallIntegerField(_("nurses away"), default=1)
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ["during"]

    def __str__(self) -> str:
        return f"{self.nurses} {self.reason}"
