"""That two records were one person: what was moved, what stayed, and whether it was undone."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import User
from patients.models.people import Patient


class PatientMerge(models.Model):
    """One merge. ``moves`` and ``stayed`` list rows by model and id; ``filled`` the kept record's new values."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_away")
    reason = models.CharField(_("how you know that they are one person"), max_length=200)
    moves = models.JSONField(_("moved"))
    stayed = models.JSONField(_("stayed"))
    filled = models.JSONField(_("filled in"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("merged"))
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("merged")), name="merge_of_two_records"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_away_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="merge_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="merge_is_never_edited",
                fields=["kept", "merged", "reason", "moves", "stayed", "filled", "made_by", "made_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"Merge {self.code}"
