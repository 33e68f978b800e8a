"""What somebody typed and has not saved yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models.clinic import Clinic
from eecp_clinic.models.people import User


class Draft(models.Model):
    """The unsaved fields of one form of one record, of one person; nobody else ever sees them (docs/drafts.md).

    ``fields`` holds, by the name of the field, what ``eecp_clinic.drafts.store`` describes. ``settled`` names the
    last lives whose fields were saved for real: what comes late from one of them is not taken any more. Without
    history on purpose: what was never saved is no part of the record, and leaves nothing behind.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    subject = models.CharField(_("record"), max_length=80)
    form = models.CharField(_("form"), max_length=40)
    fields = models.JSONField(_("fields"), default=dict)
    settled = models.JSONField(_("saved for real"), default=list)
    updated_at = models.DateTimeField(_("last written"))

    class Meta:
        ordering = ["clinic", "user", "subject", "form"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user", "subject", "form"], name="draft_once_a_form")
        ]
        indexes = [models.Index(fields=["updated_at"], name="draft_by_age")]

    def __str__(self) -> str:
        return f"{self.form} of {self.subject}"
