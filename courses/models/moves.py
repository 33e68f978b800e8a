"""What happens to a plan: when a patient cannot come, and which hour was exchanged for which."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.scheduling import Appointment
from devices.models import Device
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models import Patient


@pghistory.track()
class PatientAbsence(models.Model):
    """Days on which a patient cannot come, the first and the last included."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("The last day must not lie before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%d-%b-%Y} {self.last_day:%d-%b-%Y}"


class MoveQuerySet(models.QuerySet["Move"]):
    def of(self, clinic: Clinic) -> "MoveQuerySet":
        return self.filter(appointment__course__clinic=clinic)

    def to_tell(self) -> "MoveQuerySet":
        """The last move of each hour that is still to come and that nobody has told the patient of."""
        later = Move.objects.filter(appointment=models.OuterRef("appointment"), pk__gt=models.OuterRef("pk"))
        return self.filter(~models.Exists(later), told_at=None, appointment__state=Appointment.State.BOOKED)


@pghistory.track()
class Move(models.Model):
    """One appointment's way from an hour to another: who, when, why, and whether the patient knows.

    ``batch`` is shared by all that were moved for one cause.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="moves")
    batch = models.CharField(max_length=12)
    from_starts_at = models.DateTimeField(_("from"))
    from_device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    to_starts_at = models.DateTimeField(_("to"))
    to_device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    moved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("moved"))
    told_at = models.DateTimeField(_("patient told"), null=True, blank=True)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = MoveQuerySet.as_manager()

    class Meta:
        ordering = ["moved_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="move_with_reason")]
        indexes = [models.Index(fields=["batch"], name="move_by_batch")]

    def __str__(self) -> str:
        return f"Move {self.code}"
