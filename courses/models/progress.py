"""How the patient is doing, who looked at it, and who supervised."""

from datetime import datetime

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from courses.models.scheduling import TsTzRange
from courses.models.supervision import frozen_with_log
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, Signature, User


@pghistory.track()
class OutcomeMeasure(models.Model):
    """What was measured at one point of a course; empty means not measured."""

    class Point(models.TextChoices):
        BASELINE = "baseline", _("Before")
        TWO_WEEKS = "two_weeks", _("Two weeks")
        MIDDLE = "middle", _("Middle")
        END = "end", _("End")
        SIX_MONTHS = "six_months", _("6 months")
        TWELVE_MONTHS = "twelve_months", _("12 months")

    class Feels(models.TextChoices):
        BETTER = "better", _("Better than before the course")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")

    class Diastolic(models.TextChoices):
        NORMAL = "normal", _("Normal")
        GRADE_1 = "1", _("Grade I")
        GRADE_2 = "2", _("Grade II")
        GRADE_3 = "3", _("Grade III")
        INDETERMINATE = "indeterminate", _("Indeterminate")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="outcomes")
    point = models.CharField(_("point"), max_length=14, choices=Point.choices)
    measured_on = models.DateField(_("measured on"))
    ccs_class = models.PositiveSmallIntegerField(
        _("CCS class"), null=True, blank=True, choices=[(0, "0"), (1, "I"), (2, "II"), (3, "III"), (4, "IV")]
    )
    angina_per_week = models.PositiveSmallIntegerField(_("angina episodes a week"), null=True, blank=True)
    nitroglycerin_per_week = models.PositiveSmallIntegerField(
        _("nitroglycerin uses a week"), null=True, blank=True
    )
    walk_6min_m = models.PositiveSmallIntegerField(_("6-minute walk"), null=True, blank=True)
    dasi = models.DecimalField(_("DASI"), max_digits=4, decimal_places=2, null=True, blank=True)
    # The twelve answers by code; empty where only the score is known (from a paper, or from before).
    dasi_answers = models.JSONField(_("DASI answers"), default=dict, blank=True)
    feels = models.CharField(_("the patient feels"), max_length=6, choices=Feels.choices, blank=True)
    nyha_class = models.PositiveSmallIntegerField(
        _("NYHA class"), null=True, blank=True, choices=[(1, "I"), (2, "II"), (3, "III"), (4, "IV")]
    )
    rose_dyspnoea = models.PositiveSmallIntegerField(_("Rose dyspnoea score"), null=True, blank=True)
    e_over_e_prime = models.DecimalField(_("E/e'"), max_digits=4, decimal_places=1, null=True, blank=True)
    diastolic_grade = models.CharField(
        _("diastolic function"), max_length=13, choices=Diastolic.choices, blank=True
    )
    la_volume_ml_m2 = models.PositiveSmallIntegerField(_("left atrial volume index"), null=True, blank=True)
    # Licensed instruments: the score that the licence holder's own tool gave. Their questions stand nowhere here.
    saq7_score = models.PositiveSmallIntegerField(_("SAQ-7 summary score"), null=True, blank=True)
    sf12_physical = models.DecimalField(
        _("SF-12 physical"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    sf12_mental = models.DecimalField(
        _("SF-12 mental"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    eq5d_index = models.DecimalField(_("EQ-5D index"), max_digits=4, decimal_places=3, null=True, blank=True)
    eq5d_vas = models.PositiveSmallIntegerField(_("EQ-5D VAS"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["course", "measured_on"]
        constraints = [
            models.UniqueConstraint(fields=["course", "point"], name="outcome_once_a_point"),
            models.CheckConstraint(condition=Q(rose_dyspnoea__lte=4), name="outcome_rose_0_to_4"),
            models.CheckConstraint(condition=Q(saq7_score__lte=100), name="outcome_saq7_0_to_100"),
            models.CheckConstraint(condition=Q(eq5d_vas__lte=100), name="outcome_eq5d_vas_0_to_100"),
            models.CheckConstraint(condition=Q(eq5d_index__range=(-1, 1)), name="outcome_eq5d_index_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.course_id}"


class Review(models.Model):
    """A physician's dated look at a course; it exists only signed."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("Progress")
        MID_COURSE = "mid_course", _("Mid-course")
        FINAL = "final", _("Course summary")

    class Decision(models.TextChoices):
        CONTINUE = "continue", _("Continue as ordered")
        ADJUST = "adjust", _("Continue, change pressure or timing")
        EXTEND = "extend", _("Extend beyond the ordered sessions")
        HOLD = "hold", _("Hold")
        STOP = "stop", _("Stop the course")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROGRESS)
    sessions_done = models.PositiveSmallIntegerField(_("sessions done"))
    text = models.TextField(_("assessment"))
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    # What the decision changes; which of them stand belongs to the decision (courses/progress/decisions.py).
    pressure_target_mmhg = models.PositiveSmallIntegerField(_("new pressure target"), null=True, blank=True)
    timing = models.CharField(_("new timing"), max_length=200, blank=True)
    extra_sessions = models.PositiveSmallIntegerField(_("sessions more"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason for the end"), max_length=30, choices=Course.EndReason.choices, blank=True
    )
    #: What the payer's rule said to an extension, as it was shown to who signed.
    payer_findings = models.JSONField(default=list, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="review")

    class Meta:
        ordering = ["reviewed_at"]
        triggers = [pgtrigger.Protect(name="review_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Review {self.code}"


@pghistory.track()
class SupervisionPeriod(models.Model):
    """Who directly supervised a clinic, how, from when to when. No end means it goes on.

    What was begun or ended with a click was written down as it happened. What was written down later says when that
    was; after the clinic's day it also has a reason and a signature of its own, as any late entry of a record.
    """

    class Mode(models.TextChoices):
        ON_SITE = "onsite", _("On site")
        AUDIO_VIDEO = "av", _("Live audio and video")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="supervision_periods")
    practitioner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervision_periods")
    mode = models.CharField(_("mode"), max_length=6, choices=Mode.choices, default=Mode.ON_SITE)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)
    evidence = models.CharField(_("what shows it"), max_length=200, blank=True)
    #: Null where it was written down as it happened.
    noted_at = models.DateTimeField(_("written down"), null=True, blank=True)
    end_noted_at = models.DateTimeField(_("end written down"), null=True, blank=True)
    late_reason = models.CharField(_("why it is written late"), max_length=300, blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="supervision_period"
    )

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")),
                name="supervision_ends_after_start",
            ),
            ExclusionConstraint(
                name="supervision_once_at_a_time_per_person",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (TsTzRange("started_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [frozen_with_log("supervision_frozen_with_log")]

    def __str__(self) -> str:
        return f"{self.practitioner} {self.mode} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def written_late(self) -> datetime | None:
        """When the last of it was written down, where that was not as it happened."""
        return max((at for at in (self.noted_at, self.end_noted_at) if at is not None), default=None)
