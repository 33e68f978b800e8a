"""A course handed out for research: asked for with a reason, made by a worker, kept with its hash."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User


class ResearchExportQuerySet(models.QuerySet["ResearchExport"]):
    def of(self, clinic: Clinic) -> "ResearchExportQuerySet":
        return self.filter(course__clinic=clinic)


class ResearchExport(models.Model):
    """One folder of one course as a zip. ``deidentified``: without names, numbers, dates and free text."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="research_exports")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked for"))
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
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    started_at = models.DateTimeField(null=True)
    sessions_done = models.PositiveSmallIntegerField(_("sessions written"), default=0)
    sessions_all = models.PositiveSmallIntegerField(_("sessions to write"), null=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    file = models.FileField(_("zip"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.BigIntegerField(_("bytes"), null=True)
    missing = models.JSONField(_("what could not be written, by session"), default=list)
    failure = models.CharField(_("why not"), max_length=300, blank=True)

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

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.MAKING}
