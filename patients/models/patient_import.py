"""A list of patients that somebody brought as a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User


class PatientImport(models.Model):
    """One file: its rows while they wait to be confirmed, then what became of each.

    ``rows`` is emptied when the import is done or given up: after that only codes and row numbers remain.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be confirmed")
        DONE = "done", _("Done")
        DISCARDED = "discarded", _("Discarded")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patient_imports")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    rows = models.JSONField(_("rows"), default=list)
    report = models.JSONField(_("report"), default=list)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"Import {self.code}"
