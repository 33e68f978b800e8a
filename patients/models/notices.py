"""Notices: an ABN given to a patient of Original Medicare, and a determination asked of a Medicare Advantage plan."""

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models.assessment import EligibilityAssessment
from patients.models.coverage import Coverage
from patients.models.people import Patient


class NoticeQuerySet(models.QuerySet["Notice"]):
    def answered(self) -> "NoticeQuerySet":
        return self.filter(signed_on__isnull=False)

    def in_force_on(self, day: date) -> "NoticeQuerySet":
        """Answered by ``day``, for a time that holds it; the newest answer first."""
        return (
            self.answered().filter(signed_on__lte=day, last_day__gte=day).order_by("-signed_on", "-given_at")
        )


class Notice(models.Model):
    """An ABN: what the clinic wrote in its blanks, and what the patient answered.

    The blanks are final once the notice is made, the answer once it is given; a wrong one is left as it is and another
    made. ``witness`` stands where the patient would not sign: the notice counts as given.
    """

    class Option(models.TextChoices):
        TREAT_AND_CLAIM = "1", _("Option 1: treat, and claim")
        TREAT_WITHOUT_CLAIM = "2", _("Option 2: treat, no claim")
        NO_TREATMENT = "3", _("Option 3: no treatment")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notices")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="notices")
    assessment = models.ForeignKey(
        EligibilityAssessment, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    service = models.CharField(_("what is to be done"), max_length=200)
    reason = models.TextField(_("why Medicare may not pay"))
    sessions = models.PositiveSmallIntegerField(_("sessions"))
    estimate_usd = models.DecimalField(_("estimated cost"), max_digits=8, decimal_places=2)
    first_day = models.DateField(_("for sessions from"))
    last_day = models.DateField(_("to"))
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("made"))
    option = models.CharField(_("option chosen"), max_length=1, blank=True, choices=Option.choices)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=120, blank=True)
    witness = models.CharField(_("witness, where the patient would not sign"), max_length=120, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("recorded"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="notice_days_in_order"
            ),
            models.CheckConstraint(condition=Q(estimate_usd__gt=0), name="notice_estimate_above_zero"),
            models.CheckConstraint(condition=Q(sessions__range=(1, 100)), name="notice_sessions_1_to_100"),
            # An answer is whole: a day, who recorded it, and either a chosen option or a witness.
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True, option="", witness="", answered_at__isnull=True)
                | (Q(signed_on__isnull=False, answered_at__isnull=False) & (~Q(option="") | ~Q(witness=""))),
                name="notice_answer_is_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="notice_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="notice_blanks_are_final",
                fields=[
                    "patient",
                    "coverage",
                    "assessment",
                    "service",
                    "reason",
                    "sessions",
                    "estimate_usd",
                    "first_day",
                    "last_day",
                    "given_by",
                    "given_at",
                ],
            ),
            pgtrigger.Protect(
                name="notice_answer_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"ABN {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("patients:notice", args=[self.patient.code, self.code])

    @property
    def is_answered(self) -> bool:
        return self.signed_on is not None


class DeterminationQuerySet(models.QuerySet["PlanDetermination"]):
    def of(self, clinic: Clinic) -> "DeterminationQuerySet":
        return self.filter(patient__clinic=clinic)

    def open(self) -> "DeterminationQuerySet":
        """Not answered yet, what is due first on top."""
        return self.filter(answered_on__isnull=True).order_by("due_at")

    def denied_by(self, day: date) -> "DeterminationQuerySet":
        return self.filter(outcome=PlanDetermination.Outcome.DENIED, answered_on__lte=day).order_by(
            "-answered_on"
        )


class PlanDetermination(models.Model):
    """What a Medicare Advantage plan was asked before the service, its clock, and its answer; an answer is final."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard")
        EXPEDITED = "expedited", _("Expedited: waiting would harm the patient")

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        DENIED = "denied", _("Denied, with the plan's denial notice")
        WITHDRAWN = "withdrawn", _("Withdrawn or dismissed, no decision")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="determinations")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="determinations")
    assessment = models.ForeignKey(
        EligibilityAssessment, on_delete=models.PROTECT, null=True, blank=True, related_name="determinations"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.STANDARD)
    requested_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("answer due"))
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    outcome = models.CharField(_("answer"), max_length=10, blank=True, choices=Outcome.choices)
    number = models.CharField(_("plan's number"), max_length=40, blank=True)
    sessions = models.PositiveSmallIntegerField(_("sessions approved"), null=True, blank=True)
    reason = models.TextField(_("plan's reason"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, outcome="")
                | (Q(answered_on__isnull=False) & ~Q(outcome="")),
                name="determination_answer_is_whole",
            ),
            models.UniqueConstraint(
                fields=["coverage"],
                condition=Q(answered_on__isnull=True),
                name="determination_one_open_per_coverage",
                violation_error_message=_(
                    "The plan has been asked already and has not answered. Record its answer first."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="determination_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="determination_answer_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Determination {self.code}"

    @property
    def is_answered(self) -> bool:
        return self.answered_on is not None

    def is_overdue(self, now: datetime) -> bool:
        return not self.is_answered and self.due_at < now
