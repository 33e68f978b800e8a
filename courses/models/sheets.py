"""The sheet of a signed session: one PDF that stands alone, rendered once, and again beside it when something was added."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session
from eecp_clinic.models import Clinic
from eecp_clinic.models.made_files import MadeFile, MadeFileQuerySet

#: Of a sheet that is ready nothing changes but when it was last compared.
_READY_AND_ANOTHER = (
    "OLD.state = 'ready' AND (to_jsonb(OLD) - 'compared_at') IS DISTINCT FROM (to_jsonb(NEW) - 'compared_at')"
)


class SessionSheetQuerySet(MadeFileQuerySet["SessionSheet"]):
    def of(self, clinic: Clinic) -> "SessionSheetQuerySet":
        return self.filter(session__course__clinic=clinic)


class SessionSheet(MadeFile):
    """One version. ``fingerprint`` is the SHA-256 of everything on it, so that the same record makes no second one.

    ``amendments`` and ``countersignatures`` say how many it shows; ``compared_at`` when the record was last found to
    say what it says.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="sheets")
    version = models.PositiveSmallIntegerField(_("version"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    compared_at = models.DateTimeField(null=True)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True)
    fingerprint = models.CharField(_("SHA-256 of what it shows"), max_length=64, blank=True)
    amendments = models.PositiveSmallIntegerField(_("amendments shown"), default=0)
    countersignatures = models.PositiveSmallIntegerField(_("countersignatures shown"), default=0)

    objects = SessionSheetQuerySet.as_manager()

    class Meta:
        ordering = ["session", "version"]
        constraints = [
            models.UniqueConstraint(fields=["session", "version"], name="sheet_version_once"),
            models.UniqueConstraint(
                fields=["session"], condition=~Q(state="ready"), name="sheet_one_in_the_making"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (~Q(sha256="") & ~Q(fingerprint="") & Q(pages__gte=1) & Q(ready_at__isnull=False)),
                name="sheet_ready_with_hash",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sheet_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_READY_AND_ANOTHER),
            ),
            pgtrigger.Protect(
                name="sheet_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="ready"),
            ),
        ]

    def __str__(self) -> str:
        return f"Sheet {self.code}"
