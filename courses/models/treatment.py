"""What happened in a booked hour. A signed session is frozen by the database, with everything under it."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.examination import Examined
from courses.models.ordering import Course
from courses.models.scheduling import Appointment
from courses.models.struck import Struck, struck_with_reason
from courses.session_states import stored_changes
from devices.models import Device, GatingReport, Recording
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, Signature, User

#: Refuses a change of any row that belongs to a signed session, by whatever way it comes.
FROZEN_WITH_SESSION = """
    IF EXISTS (
        SELECT 1 FROM courses_session
        WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.session_id ELSE OLD.session_id END,
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.session_id ELSE NEW.session_id END)
          AND signature_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the session is signed: write an amendment instead' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def frozen_with_session(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=FROZEN_WITH_SESSION,
    )


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, clinic: Clinic) -> "SessionQuerySet":
        return self.filter(course__clinic=clinic)

    def completed(self) -> "SessionQuerySet":
        return self.filter(state__in=[Session.State.ENDED, Session.State.SIGNED])

    def running(self) -> "SessionQuerySet":
        return self.filter(state__in=[Session.State.IN_PROGRESS, Session.State.PAUSED])


@pghistory.track()
class Session(models.Model):
    """One treatment. Numbered when it ends, in the order of completion."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        IN_PROGRESS = "in_progress", _("Running")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")
        SIGNED = "signed", _("Signed")

    class StopReason(models.TextChoices):
        COMPLETED = "completed", _("Full time delivered")
        PATIENT_WISH = "patient_wish", _("Patient's wish")
        PAIN = "leg_or_back_pain", _("Leg or back pain")
        SKIN = "skin", _("Skin")
        SYMPTOMS = "symptoms", _("Symptoms")
        ARRHYTHMIA = "arrhythmia", _("Arrhythmia")
        DEVICE = "device", _("Device fault")
        OTHER = "other", _("Other")

    class Education(models.TextChoices):
        """What the patient was told before leaving."""

        SKIN = "skin_care", _("Skin and leg care")
        SYMPTOMS = "symptoms", _("Symptoms to report, and whom to call")
        MEDICINES = "medicines", _("Medicines, nitroglycerin")
        ACTIVITY = "activity", _("Activity and walking")
        DIARY = "diary", _("Angina diary")
        NOTHING = "nothing_new", _("Nothing new was needed")

    class Left(models.TextChoices):
        AS_CAME = "as_came", _("Well, the way the patient came")
        RESTED = "rested", _("After a rest under observation")
        ACCOMPANIED = "accompanied", _("With somebody, or by wheelchair")
        HOSPITAL = "hospital", _("To an emergency department")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="session")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    stop_reason = models.CharField(_("why it ended"), max_length=20, choices=StopReason.choices, blank=True)
    # As the clinic had it when the session started; null on sessions from before it was kept
    reading_interval_minutes = models.PositiveSmallIntegerField(
        _("minutes between two readings"), null=True, blank=True
    )
    stop_note = models.CharField(_("about the end, in words"), max_length=200, blank=True)
    identity_checked = models.BooleanField(_("identity checked"), default=False)
    skin_after = models.CharField(_("skin and legs after"), max_length=200, blank=True)
    symptoms = models.CharField(_("symptoms"), max_length=300, blank=True)
    # Empty or null: not known.
    education = ArrayField(
        models.CharField(max_length=12, choices=Education.choices),
        verbose_name=_("education given"),
        default=list,
        blank=True,
    )
    education_note = models.CharField(_("education, in words"), max_length=200, blank=True)
    left_how = models.CharField(_("how the patient left"), max_length=12, choices=Left.choices, blank=True)
    next_confirmed = models.BooleanField(_("next appointment confirmed"), null=True, blank=True)
    comments = models.TextField(_("comments"), blank=True)
    recording = models.OneToOneField(
        Recording, on_delete=models.PROTECT, null=True, blank=True, related_name="session"
    )
    without_recording_reason = models.CharField(_("why there is no recording"), max_length=200, blank=True)
    # Fixed at signing: the report it was signed with, and the minutes by device time.
    gating_report = models.ForeignKey(
        GatingReport, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    minutes_delivered = models.DecimalField(
        _("minutes delivered"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="session"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["course", "started_at"]
        # Figures, exceptions and gaps of supervision ask for the sessions of some days or months of a clinic's years.
        indexes = [models.Index(fields=["started_at"], name="session_by_start")]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once_a_course"),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(state__in=["in_progress", "paused"]),
                name="session_one_running_per_device",
                violation_error_message=_(
                    "Another session runs on this device. End it first, or use another device."
                ),
            ),
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(state__in=["in_progress", "paused"]),
                name="session_one_running_per_course",
                violation_error_message=_("This patient has a session running. End it first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")),
                name="session_ends_after_start",
                violation_error_message=_("The session ends before it starts. Correct the time."),
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signature__isnull=False),
                name="session_signed_with_signature",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_session_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signature__isnull=False),
            ),
            pgtrigger.FSM(
                name="session_follows_its_states", field="state", transitions=list(stored_changes())
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("courses:session", args=[self.code])

    @property
    def is_signed(self) -> bool:
        return self.signature_id is not None

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.IN_PROGRESS, self.State.PAUSED}


@pghistory.track()
class VitalSigns(Examined):
    """Vital signs before or after the hour; empty means not measured."""

    class Phase(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="vital_signs")
    phase = models.CharField(_("phase"), max_length=6, choices=Phase.choices)
    systolic_mmhg = models.PositiveSmallIntegerField(_("systolic"), null=True, blank=True)
    diastolic_mmhg = models.PositiveSmallIntegerField(_("diastolic"), null=True, blank=True)
    heart_rate_bpm = models.PositiveSmallIntegerField(_("heart rate"), null=True, blank=True)
    spo2_percent = models.PositiveSmallIntegerField(_("SpO₂"), null=True, blank=True)
    respiratory_rate = models.PositiveSmallIntegerField(_("respiratory rate"), null=True, blank=True)
    weight_kg = models.DecimalField(_("weight"), max_digits=5, decimal_places=1, null=True, blank=True)
    angina_since_last = models.PositiveSmallIntegerField(_("angina since last time"), null=True, blank=True)
    nitroglycerin_since_last = models.PositiveSmallIntegerField(
        _("nitroglycerin since last time"), null=True, blank=True
    )
    skin = models.CharField(_("skin and legs"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["session", "-phase"]
        verbose_name_plural = _("vital signs")
        constraints = [
            models.UniqueConstraint(fields=["session", "phase"], name="vitals_once_a_phase"),
            models.CheckConstraint(
                condition=Q(systolic_mmhg__isnull=True)
                | Q(diastolic_mmhg__isnull=True)
                | Q(systolic_mmhg__gt=F("diastolic_mmhg")),
                name="vitals_systolic_above_diastolic",
                violation_error_message=_("Systolic pressure is not above diastolic. Check the two numbers."),
            ),
        ]
        triggers = [frozen_with_session("vitals_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.phase} {self.session_id}"


@pghistory.track()
class Reading(Struck):
    """One timed row of the flowsheet. ``from_device`` names the values the device gave; people gave the rest.

    ``device_minutes`` is the gated running that the device had shown by then.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="readings")
    at = models.DateTimeField(_("time"))
    pressure_mmhg = models.PositiveSmallIntegerField(_("pressure"), null=True, blank=True)
    heart_rate_bpm = models.PositiveSmallIntegerField(_("heart rate"), null=True, blank=True)
    systolic_mmhg = models.PositiveSmallIntegerField(_("systolic"), null=True, blank=True)
    diastolic_mmhg = models.PositiveSmallIntegerField(_("diastolic"), null=True, blank=True)
    spo2_percent = models.PositiveSmallIntegerField(_("SpO₂"), null=True, blank=True)
    ds_peak = models.DecimalField(_("D/S peak"), max_digits=4, decimal_places=2, null=True, blank=True)
    ds_area = models.DecimalField(_("D/S area"), max_digits=4, decimal_places=2, null=True, blank=True)
    inflation_ms = models.SmallIntegerField(_("inflation"), null=True, blank=True)
    device_minutes = models.DecimalField(
        _("device minutes"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    from_device = models.JSONField(default=list)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["session", "at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "at"], name="reading_once_a_moment"),
            struck_with_reason("reading_struck_with_reason"),
        ]
        triggers = [frozen_with_session("reading_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.session_id}"


@pghistory.track()
class Pause(models.Model):
    """A time in which the session stood still, and why. No end means it is not over."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    # Who stopped and who went on; null on pauses from before this was kept, and while it lasts.
    paused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resumed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["session", "started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="pause_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="pause_ends_after_start",
            ),
        ]
        triggers = [frozen_with_session("pause_frozen_with_session")]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M} {self.session_id}"
