"""Booked hours. Each is a row of its own; how it was proposed leaves no trace in it."""

from datetime import datetime, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from devices.models import Device
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic
from patients.models import Patient


class TsTzRange(Func):
    """[starts_at, ends_at) as PostgreSQL's range type."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


HOUR = TsTzRange("starts_at", "ends_at", RangeBoundary())

#: States in which the hour is taken; a missed or cancelled one is free for somebody else.
TAKEN = ["booked", "arrived", "in_progress", "done"]
#: A patient who arrived, and whose session was never begun or ended, is not waited for any longer than this.
FORGOTTEN_AFTER = timedelta(hours=4)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def of(self, clinic: Clinic) -> "AppointmentQuerySet":
        return self.filter(course__clinic=clinic)

    def taken(self) -> "AppointmentQuerySet":
        return self.filter(state__in=TAKEN)

    def between(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def to_come(self, now: datetime) -> "AppointmentQuerySet":
        """Hours in which a session may still be given: begun, or booked and not yet over."""
        begun = Q(state__in=["arrived", "in_progress"], ends_at__gt=now - FORGOTTEN_AFTER)
        return self.filter(begun | Q(state="booked", ends_at__gt=now))


@pghistory.track()
class Appointment(models.Model):
    """One booked hour of one device for one course."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        IN_PROGRESS = "in_progress", _("Running")
        DONE = "done", _("Done")
        MISSED = "missed", _("Missed")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Hold")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="appointments")
    # The course's patient again: the database can only refuse an overlap of columns that stand in this row.
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.BOOKED)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "device"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            ExclusionConstraint(
                name="appointment_device_not_double_booked",
                expressions=[("device", RangeOperators.EQUAL), (HOUR, RangeOperators.OVERLAPS)],
                condition=Q(state__in=TAKEN),
                violation_error_message=_("The device is taken at that time. Choose another hour or device."),
            ),
            ExclusionConstraint(
                name="appointment_patient_not_double_booked",
                expressions=[("patient", RangeOperators.EQUAL), (HOUR, RangeOperators.OVERLAPS)],
                condition=Q(state__in=TAKEN),
                violation_error_message=_(
                    "The patient has another session at that time. Choose another hour."
                ),
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="appointment_by_start")]

    def __str__(self) -> str:
        return f"Appointment {self.code}"
