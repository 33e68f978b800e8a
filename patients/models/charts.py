"""What came from a file: the findings that wait to be looked at, and the source of each value that was kept."""

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models.coverage import Coverage
from patients.models.people import Patient
from patients.models.workup import Workup

#: How long findings wait for somebody to look at them.
WAITS = timedelta(days=1)


class ChartImportQuerySet(models.QuerySet["ChartImport"]):
    def of(self, clinic: Clinic) -> "ChartImportQuerySet":
        return self.filter(clinic=clinic)

    def waiting(self, now: datetime) -> "ChartImportQuerySet":
        return self.filter(patient=None, uploaded_at__gt=now - WAITS)

    def forgotten(self, now: datetime) -> "ChartImportQuerySet":
        return self.filter(patient=None, uploaded_at__lte=now - WAITS)


class ChartImport(models.Model):
    """A chart from elsewhere: what a file says of one person (the JSON of ``patients.fhir.reading.found``); the file itself is not kept.

    Without a patient it waits for somebody to look; with one it is what the patient's record came from.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="chart_imports")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="chart_imports"
    )
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    findings = models.JSONField(_("findings"))
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)

    objects = ChartImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=True, saved_at__isnull=True)
                | Q(patient__isnull=False, saved_at__isnull=False),
                name="chart_import_saved_with_patient",
            )
        ]

    def __str__(self) -> str:
        return f"Import {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("patients:chart", args=[self.code])


class ValueSource(models.Model):
    """One value that the file gave for one field of a record, and whether it stands there as the file gave it.

    A value that somebody changed before saving keeps its row, with ``kept`` false: then a person gave it.
    """

    chart_import = models.ForeignKey(ChartImport, on_delete=models.PROTECT, related_name="values")
    workup = models.ForeignKey(
        Workup, on_delete=models.PROTECT, null=True, blank=True, related_name="value_sources"
    )
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, blank=True, related_name="value_sources"
    )
    field = models.CharField(_("field"), max_length=60)
    file_value = models.JSONField(_("value in the file"))
    kept = models.BooleanField(_("taken as it was"))
    #: A list of {"resource", "says", "on"}: where the file says it.
    sources = models.JSONField(_("sources"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["chart_import", "workup", "coverage", "field"],
                name="value_source_once_a_field",
                nulls_distinct=False,
            )
        ]
        triggers = [
            pgtrigger.Protect(name="value_source_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.field
