"""Why what was delivered differs from what was prescribed: chosen by a person, for one hour and one parameter."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.scheduling import Appointment
from eecp_clinic.models import User


@pghistory.track()
class ExceptionNote(models.Model):
    """The reason of one exception. It hangs on the booked hour, which every session has and a missed day too."""

    class Parameter(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        PRESSURE = "pressure", _("Pressure")
        DS_RATIO = "ds_ratio", _("D/S ratio")
        TIMING = "timing", _("Timing")
        INTERRUPTIONS = "interruptions", _("Interruptions")
        ATTENDANCE = "attendance", _("Attendance")
        GATING = "gating", _("Gating grade")
        NO_RECORDING = "no_recording", _("No recording")

    class Why(models.TextChoices):
        DISCOMFORT = "discomfort", _("Pain or discomfort")
        PATIENT_WISH = "patient_wish", _("Patient's wish")
        LATE = "late", _("Came late or had to leave")
        ILLNESS = "illness", _("Ill or in hospital")
        TRANSPORT = "transport", _("Transport or weather")
        RHYTHM = "rhythm", _("Rhythm or ectopy")
        VESSELS = "vessels", _("Patient's vessels or build")
        SENSOR = "sensor", _("Electrode or finger sensor")
        CUFFS = "cuffs", _("Cuffs or hoses")
        DEVICE = "device", _("Device or its computer")
        ORDERED = "ordered", _("Ordered by a physician")
        STAFF = "staff", _("Staff or room")
        OTHER = "other", _("Other, see the note")
        NOT_KNOWN = "not_known", _("Asked, and not known")

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="exception_notes")
    parameter = models.CharField(_("parameter"), max_length=14, choices=Parameter.choices)
    why = models.CharField(_("why"), max_length=14, choices=Why.choices)
    text = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted"))

    class Meta:
        ordering = ["appointment", "parameter"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "parameter"], name="exception_note_once"),
        ]

    def __str__(self) -> str:
        return f"{self.parameter} {self.appointment_id}"
