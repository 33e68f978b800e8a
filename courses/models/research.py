"""A course handed out for research: asked for with a reason, made by a worker, kept with its hash."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from eecp_clinic.models import Clinic, User
from eecp_clinic.models.made_files import MadeFile, MadeFileQuerySet


class ResearchExportQuerySet(MadeFileQuerySet["ResearchExport"]):
    def of(self, clinic: Clinic) -> "ResearchExportQuerySet":
        return self.filter(course__clinic=clinic)


class ResearchExport(MadeFile):
    """One folder of one course as a zip. ``deidentified``: without names, numbers, dates and free text."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="research_exports")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(
        _("what it is for"),
        max_length=200,
        help_text=_("The study or the request, without a name; it is kept with the export."),
    )
    deidentified = models.BooleanField(
        _("de-identified"),
        default=True,
        help_text=_(
            "Without names, record numbers, dates and free text; days are counted from the first session."
        ),
    )
    sessions_done = models.PositiveSmallIntegerField(_("sessions written"), default=0)
    sessions_all = models.PositiveSmallIntegerField(_("sessions to write"), null=True)
    size = models.BigIntegerField(_("bytes"), null=True)
    missing = models.JSONField(_("what could not be written, by session"), default=list)

    objects = ResearchExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="research_export_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(sha256=""), name="research_export_ready_with_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"Research export {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("courses:research-export", args=[self.code])
