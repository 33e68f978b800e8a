"""The patient's own diary: episodes of angina and uses of nitroglycerin by day, and the secret page to fill it in."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from eecp_clinic.models import User


@pghistory.track(exclude=["last_read_at"])
class DiaryLink(models.Model):
    """The secret address of one course's diary; only its hash is kept, so it is shown once. It ends by itself."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="diary_links")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("good until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_read_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(revoked_at=None), name="diary_link_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"Diary of {self.course_id}"


@pghistory.track()
class DiaryEntry(models.Model):
    """One day. Without ``entered_by`` the patient wrote it through the link; a day without an entry is not known."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="diary")
    day = models.DateField(_("day"))
    episodes = models.PositiveSmallIntegerField(_("angina episodes"))
    nitroglycerin = models.PositiveSmallIntegerField(_("nitroglycerin uses"))
    entered_at = models.DateTimeField(_("entered"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["course", "day"]
        constraints = [
            models.UniqueConstraint(fields=["course", "day"], name="diary_once_a_day"),
            models.CheckConstraint(
                condition=Q(episodes__lte=50, nitroglycerin__lte=50),
                name="diary_counts_to_50",
                violation_error_message=_("More than 50 a day cannot be kept. Call the clinic."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.course_id}"
