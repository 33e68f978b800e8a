"""What a clinic has settled about treatment: its switches, and limits of its own. Rows are added, never changed.

Each has an owner, a day from which it holds, and a reason. What happened is judged by what was in force then: a row
counts from its day on, and never for a moment before it was written.
"""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models import Clinic, User


class Settled(models.Model):
    """Who answers for it, from when it holds, and why."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField(_("in force from"))
    reason = models.CharField(_("reason"), max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    settled_at = models.DateTimeField(_("written down"))

    class Meta:
        abstract = True
        ordering = ["-effective_on", "-settled_at", "-id"]


class TreatmentRulesQuerySet(models.QuerySet["TreatmentRules"]):
    def in_force(self, clinic: Clinic, at: datetime) -> "TreatmentRules":
        """What the clinic had settled at this moment; the defaults, not saved, where it never settled anything."""
        day = clinic.day_of(at)
        found = self.filter(clinic=clinic, effective_on__lte=day, settled_at__lte=at)
        return found.select_related("owner").first() or TreatmentRules(clinic=clinic)


class TreatmentRules(Settled):
    """The switches of a clinic, all of them in each row; the newest whose day has come is in force.

    That the order is signed is no switch: without it nobody is treated.
    """

    class Gate(models.TextChoices):
        """What a fact that speaks against a start does."""

        OFF = "off", _("Not looked at")
        WARN = "warn", _("Shown as a warning")
        BLOCK = "block", _("Stops the start")

    coverage_not_current = models.CharField(
        _("No coverage in force on the day"), max_length=5, choices=Gate.choices, default=Gate.WARN
    )
    authorization_used_up = models.CharField(
        _("Approved sessions used up, or the approval not in force"),
        max_length=5,
        choices=Gate.choices,
        default=Gate.WARN,
    )
    no_supervision = models.CharField(
        _("Nobody is noted as supervising"), max_length=5, choices=Gate.choices, default=Gate.WARN
    )
    review_overdue = models.CharField(
        _("A physician's review of the course is overdue"),
        max_length=5,
        choices=Gate.choices,
        default=Gate.WARN,
        help_text=_(
            "If it stops the start, a physician may still treat in an emergency, with reason and password"
        ),
    )
    #: Between the two, and where they are empty, a physician decides.
    billable_from_minutes = models.PositiveSmallIntegerField(
        _("ended early: billable from"), null=True, blank=True
    )
    not_billable_under_minutes = models.PositiveSmallIntegerField(
        _("ended early: not billable under"), null=True, blank=True
    )
    short_session_rule = models.TextField(_("the clinic's written rule"), max_length=1000, blank=True)
    countersignature = models.BooleanField(_("A physician countersigns each session"), default=False)
    audio_video_supervision = models.BooleanField(
        _("Supervision by live audio and video is allowed"), default=False
    )

    daily_mail = models.BooleanField(
        _("Each morning a mail to physicians and nurses says how much waits for them"), default=True
    )

    objects = TreatmentRulesQuerySet.as_manager()

    class Meta(Settled.Meta):
        verbose_name_plural = _("treatment rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(billable_from_minutes__isnull=True)
                | Q(not_billable_under_minutes__isnull=True)
                | Q(not_billable_under_minutes__lte=F("billable_from_minutes")),
                name="treatment_rules_minutes_in_order",
                violation_error_message=_(
                    "“Not billable under” is above “billable from”. Between the two a physician decides, so "
                    "the first cannot be the larger."
                ),
            ),
            models.CheckConstraint(
                condition=Q(billable_from_minutes__isnull=True, not_billable_under_minutes__isnull=True)
                | ~Q(short_session_rule=""),
                name="treatment_rules_minutes_with_words",
                violation_error_message=_(
                    "Minutes need the rule in words as the clinic wrote it: an auditor will ask for it."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="treatment_rules_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Rules from {self.effective_on or 'the beginning'}"


class ClinicLimitQuerySet(models.QuerySet["ClinicLimit"]):
    def in_force(self, clinic: Clinic, at: datetime) -> "list[ClinicLimit]":
        """The newest of each rule at this moment."""
        rows = self.filter(clinic=clinic, effective_on__lte=clinic.day_of(at), settled_at__lte=at)
        newest: dict[str, ClinicLimit] = {}
        for row in rows.select_related("owner"):
            newest.setdefault(row.rule, row)
        return list(newest.values())


class ClinicLimit(Settled):
    """One limit before treatment as the clinic has it: its own, the published one again, or none. A sign has no figure."""

    class Answer(models.TextChoices):
        LOOK = "look", _("Look: the nurse is told")
        HOLD = "hold", _("Hold: a physician decides")

    class Standing(models.TextChoices):
        OWN = "own", _("The clinic's own")
        PUBLISHED = "published", _("As published")
        OFF = "off", _("Not checked")

    rule = models.CharField(_("rule"), max_length=40)
    standing = models.CharField(
        _("what counts"), max_length=9, choices=Standing.choices, default=Standing.OWN
    )
    figure = models.DecimalField(_("figure"), max_digits=5, decimal_places=1, null=True, blank=True)
    answer = models.CharField(_("beyond it"), max_length=4, choices=Answer.choices, default=Answer.HOLD)

    objects = ClinicLimitQuerySet.as_manager()

    class Meta(Settled.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__isnull=True) | Q(standing="own", figure__gt=0),
                name="clinic_limit_figure_is_the_clinics",
                violation_error_message=_(
                    "Only a limit of the clinic's own has a figure, and it is above 0."
                ),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="clinic_limit_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.standing} from {self.effective_on}"
