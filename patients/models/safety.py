"""What was found when contraindications and precautions were looked through, and what a physician decided of it."""

import pgtrigger
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Signature, User
from patients.models.people import Patient


class SafetyScreening(models.Model):
    """Facts as they stood, the version of the rules, and what they found; never edited, the newest counts.

    ``facts`` and ``findings`` are plain JSON of ``patients.safety``.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_screenings")
    as_of = models.DateField(_("day"))
    facts = models.JSONField(_("facts"))
    findings = models.JSONField(_("findings"))
    rules_version = models.CharField(_("version of the rules"), max_length=40)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        ordering = ["-made_at", "-pk"]
        triggers = [
            pgtrigger.Protect(
                name="screening_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Safety screening {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("patients:safety", args=[self.patient.code])


class SafetyOverride(models.Model):
    """A physician's signed decision to treat although a rule was raised, with the reason; final."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    screening = models.ForeignKey(SafetyScreening, on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(_("rule"), max_length=60)
    tier = models.CharField(_("tier"), max_length=20)
    reason = models.TextField(_("reason"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="safety_override")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "rule"], name="safety_override_once_per_rule"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="safety_override_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="override_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Safety override {self.code}"
