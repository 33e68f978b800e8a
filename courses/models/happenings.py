"""What happened to the patient in the hour, what was done about it, and what was set otherwise on the console."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.struck import Struck, struck_with_reason
from courses.models.treatment import Session, frozen_with_session
from eecp_clinic.codes import new_code
from eecp_clinic.models import User


@pghistory.track()
class TreatmentEvent(Struck):
    """One thing that the patient felt or that was seen, with how bad it was and what was done."""

    class Kind(models.TextChoices):
        SKIN = "skin", _("Skin")
        PAIN = "leg_or_back_pain", _("Leg or back pain")
        CHEST = "chest_pain", _("Chest pain or angina")
        DYSPNOEA = "dyspnoea", _("Shortness of breath")
        ARRHYTHMIA = "arrhythmia", _("Arrhythmia")
        OTHER = "other", _("Other")

    class Severity(models.TextChoices):
        MILD = "mild", _("Mild")
        MODERATE = "moderate", _("Moderate")
        SEVERE = "severe", _("Severe")

    class Action(models.TextChoices):
        OBSERVED = "observed", _("Watched")
        PADDED = "padded", _("Padding or cuffs adjusted")
        REPOSITIONED = "repositioned", _("Patient repositioned")
        PRESSURE = "pressure_lowered", _("Pressure lowered")
        TIMING = "timing_changed", _("Timing changed")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Treatment stopped")
        MEDICATED = "medicated", _("Medicine or oxygen given")
        PHYSICIAN = "physician_told", _("Physician told")
        OTHER = "other", _("Other")

    class Outcome(models.TextChoices):
        GONE = "gone", _("Gone")
        BETTER = "better", _("Better")
        SAME = "same", _("Unchanged")
        WORSE = "worse", _("Worse")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="treatment_events")
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    severity = models.CharField(_("how bad"), max_length=10, choices=Severity.choices)
    actions = ArrayField(
        models.CharField(max_length=20, choices=Action.choices), verbose_name=_("what was done")
    )
    note = models.CharField(_("in words"), max_length=300, blank=True)
    # Empty: how it went is not known (yet).
    outcome = models.CharField(_("how it went"), max_length=10, choices=Outcome.choices, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["session", "at", "pk"]
        constraints = [
            struck_with_reason("event_struck_with_reason"),
            models.CheckConstraint(condition=~Q(actions=[]), name="event_says_what_was_done"),
        ]
        triggers = [frozen_with_session("event_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.kind}"

    def actions_display(self) -> list[str]:
        return [str(self.Action(action).label) for action in self.actions]


@pghistory.track()
class SettingChange(Struck):
    """The console was set otherwise: what, from what to what, by whom, and why."""

    class What(models.TextChoices):
        PRESSURE = "pressure", _("Cuff pressure")
        INFLATION = "inflation", _("Inflation timing")
        DEFLATION = "deflation", _("Deflation timing")

    UNITS: ClassVar[dict[str, str]] = {What.PRESSURE: "mmHg", What.INFLATION: "ms", What.DEFLATION: "ms"}

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="setting_changes")
    at = models.DateTimeField(_("time"))
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    # As the console shows them; empty where the value before was not read.
    from_value = models.SmallIntegerField(_("from"), null=True, blank=True)
    to_value = models.SmallIntegerField(_("to"))
    unit = models.CharField(_("unit"), max_length=4, editable=False)
    why = models.CharField(_("why"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["session", "at", "pk"]
        constraints = [
            struck_with_reason("change_struck_with_reason"),
            models.CheckConstraint(
                condition=Q(from_value__isnull=True) | ~Q(from_value=models.F("to_value")),
                name="change_changes_something",
                violation_error_message=_("The two values are the same, so nothing was changed."),
            ),
        ]
        triggers = [frozen_with_session("change_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.what}"
