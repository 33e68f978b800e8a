"""A coverage decision as it was made: never edited, only superseded."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Signature, User
from patients.models.coverage import Coverage
from patients.models.people import Patient
from patients.models.workup import Workup


class EligibilityAssessmentQuerySet(models.QuerySet["EligibilityAssessment"]):
    def in_force(self) -> "EligibilityAssessmentQuerySet":
        """The last of each patient's chain."""
        return self.filter(superseded_by__isnull=True)


class EligibilityAssessment(models.Model):
    """Facts as they stood, the policy and version that judged them, what it found, and who signed it.

    ``facts`` and ``decision`` are the JSON of ``patients.eligibility``; the database refuses to change them.
    Policy and version are empty where no policy could be chosen; the decision then says why.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assessments")
    workup = models.ForeignKey(Workup, on_delete=models.PROTECT, related_name="assessments")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, null=True, related_name="assessments")
    policy_id = models.CharField(_("policy"), max_length=60, blank=True)
    policy_version = models.CharField(_("version"), max_length=20, blank=True)
    facts = models.JSONField(_("facts"))
    decision = models.JSONField(_("decision"))
    verdict = models.CharField(_("verdict"), max_length=30)
    pathway = models.CharField(_("pathway"), max_length=60)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, related_name="assessment"
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = EligibilityAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            # With the one-to-one ``supersedes`` this makes each patient's assessments one chain: exactly
            # one is in force, the one that no other supersedes.
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(supersedes__isnull=True), name="assessment_one_first"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="assessment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="assessment_is_never_edited",
                fields=[
                    "patient",
                    "workup",
                    "coverage",
                    "policy_id",
                    "policy_version",
                    "facts",
                    "decision",
                    "verdict",
                    "pathway",
                    "made_by",
                    "made_at",
                    "supersedes",
                ],
            ),
            pgtrigger.Protect(
                name="assessment_signature_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.signature_id IS NOT NULL AND NEW.signature_id IS DISTINCT FROM OLD.signature_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment {self.code}"

    @property
    def is_signed(self) -> bool:
        return self.signature_id is not None
