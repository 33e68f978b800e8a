"""The physician's order, and the course that carries it out."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, Signature, User
from patients.models import EligibilityAssessment, Patient


@pghistory.track()
class TreatmentOrder(models.Model):
    """What a physician ordered; without a signature it is a draft, with one it is final."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="orders")
    assessment = models.ForeignKey(EligibilityAssessment, on_delete=models.PROTECT, related_name="orders")
    sessions = models.PositiveSmallIntegerField(_("sessions"), default=35)
    session_minutes = models.PositiveSmallIntegerField(_("minutes a session"), default=60)
    sessions_per_day = models.PositiveSmallIntegerField(_("sessions a day"), default=1)
    days_per_week = models.PositiveSmallIntegerField(_("days a week"), default=5)
    pressure_target_mmhg = models.PositiveSmallIntegerField(_("pressure target"), default=260)
    diagnoses = ArrayField(
        models.CharField(max_length=8), verbose_name=_("diagnoses (ICD-10-CM)"), default=list
    )
    goals = models.TextField(_("goals"), blank=True)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("written"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, related_name="order")

    class Meta:
        ordering = ["-ordered_at"]
        constraints = [
            models.CheckConstraint(condition=Q(sessions__range=(1, 45)), name="order_sessions_1_to_45"),
            models.CheckConstraint(
                condition=Q(sessions_per_day__range=(1, 2)), name="order_at_most_two_a_day"
            ),
            models.CheckConstraint(condition=Q(days_per_week__range=(1, 6)), name="order_days_1_to_6"),
            models.CheckConstraint(
                condition=Q(pressure_target_mmhg__range=(80, 350)),
                name="order_pressure_in_mmhg",
                violation_error_message=_("The pressure target is given in mmHg, between 80 and 350."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_order_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signature__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Order {self.code}"

    @property
    def is_signed(self) -> bool:
        return self.signature_id is not None


class CourseQuerySet(models.QuerySet["Course"]):
    def of(self, clinic: Clinic) -> "CourseQuerySet":
        return self.filter(clinic=clinic)

    def going_on(self) -> "CourseQuerySet":
        return self.filter(state__in=[Course.State.PLANNED, Course.State.ACTIVE, Course.State.ON_HOLD])


@pghistory.track()
class Course(models.Model):
    """A signed order being carried out."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ACTIVE = "active", _("Active")
        ON_HOLD = "on_hold", _("On hold")
        COMPLETED = "completed", _("Completed")
        DISCONTINUED = "discontinued", _("Discontinued")

    class EndReason(models.TextChoices):
        LEG_OR_BACK_PAIN = "leg_or_back_pain", _("Leg or back pain")
        SKIN_DAMAGE = "skin_damage", _("Skin damage")
        WORSENING_HF = "worsening_hf", _("Worsening heart failure")
        CARDIAC_EVENT = "cardiac_event", _("Other cardiac event")
        ARRHYTHMIA = "arrhythmia", _("Arrhythmia")
        SCHEDULING = "scheduling", _("Scheduling or transport")
        PATIENT_WISH = "patient_wish", _("Patient's wish")
        HOSPITALISATION = "hospitalisation", _("Hospitalisation")
        OTHER = "other", _("Other")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="courses")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    order = models.OneToOneField(TreatmentOrder, on_delete=models.PROTECT, related_name="course")
    state = models.CharField(_("state"), max_length=14, choices=State.choices, default=State.PLANNED)
    target_end_on = models.DateField(_("planned to end on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason for the end"), max_length=30, choices=EndReason.choices, blank=True
    )
    # What a physician decided after the order was signed; the order itself stays as it was (Review says who and when).
    extra_sessions = models.PositiveSmallIntegerField(_("sessions added by a decision"), default=0)
    repeated_sessions = models.PositiveSmallIntegerField(_("sessions given again"), default=0)
    pressure_changed_mmhg = models.PositiveSmallIntegerField(
        _("pressure target as changed by a decision"), null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(state__in=["planned", "active", "on_hold"]),
                name="course_one_at_a_time",
                violation_error_message=_(
                    "This patient has a course that is not ended. End it before a new one."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="discontinued") | ~Q(end_reason=""), name="course_discontinued_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(pressure_changed_mmhg__isnull=True) | Q(pressure_changed_mmhg__range=(80, 350)),
                name="course_pressure_in_mmhg",
                violation_error_message=_("The pressure target is given in mmHg, between 80 and 350."),
            ),
        ]

    def __str__(self) -> str:
        return f"Course {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("courses:detail", args=[self.code])

    @property
    def sessions_ordered(self) -> int:
        """Sessions of the order with those that a decision added and those given again; the order must be fetched."""
        return self.order.sessions + self.extra_sessions + self.repeated_sessions

    @property
    def pressure_target_mmhg(self) -> int:
        """The target that counts now: the order's, or what a later decision made of it."""
        return self.pressure_changed_mmhg or self.order.pressure_target_mmhg
