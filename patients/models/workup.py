"""Dated clinical facts on which a coverage decision stands. Empty means not known."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import User
from patients.models.people import Patient


class OpinionReason(models.TextChoices):
    """Why a specialist holds PCI or bypass surgery not to be an option; the last two do not qualify."""

    INOPERABLE = "inoperable_or_high_risk", _("Inoperable, or high risk of complications or failure")
    ANATOMY = "anatomy_not_amenable", _("Coronary anatomy not readily amenable")
    COMORBID = "comorbid_excessive_risk", _("Co-morbid states make the risk excessive")
    PREFERENCE = "patient_preference", _("The patient prefers no intervention (does not qualify)")
    REFRACTORY = "refractory_to_medication", _("Refractory to medication (does not qualify by itself)")


class Therapy(models.TextChoices):
    """Anti-anginal and supporting therapy that was tried."""

    BETA_BLOCKER = "beta_blocker", _("Beta-blocker")
    CALCIUM_CHANNEL_BLOCKER = "calcium_channel_blocker", _("Calcium-channel blocker")
    LONG_ACTING_NITRATE = "long_acting_nitrate", _("Long-acting nitrate")
    RANOLAZINE = "ranolazine", _("Ranolazine")
    IVABRADINE = "ivabradine", _("Ivabradine")
    STATIN = "statin", _("Statin")
    ANTIPLATELET = "antiplatelet", _("Antiplatelet")
    ACE_INHIBITOR_OR_ARB = "ace_inhibitor_or_arb", _("ACE inhibitor or ARB")
    PCI = "pci", _("PCI")
    CABG = "cabg", _("CABG")


@pghistory.track()
class Workup(models.Model):
    """What was known of a patient on one day; a later workup does not change an earlier decision."""

    class Stability(models.TextChoices):
        STABLE = "stable", _("Stable")
        UNSTABLE = "unstable", _("Unstable")

    class Specialty(models.TextChoices):
        CARDIOLOGY = "cardiology", _("Cardiology")
        CARDIOTHORACIC_SURGERY = "cardiothoracic_surgery", _("Cardiothoracic surgery")
        INTERNAL_MEDICINE = "internal_medicine", _("Internal medicine")
        FAMILY_MEDICINE = "family_medicine", _("Family medicine")
        OTHER = "other", _("Other")

    class DeviceKind(models.TextChoices):
        PNEUMATIC = "pneumatic", _("Air cuffs (pneumatic)")
        HYDRAULIC = "hydraulic", _("Water cuffs (hydraulic)")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="workups")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    ccs_class = models.PositiveSmallIntegerField(
        _("CCS angina class"),
        null=True,
        blank=True,
        choices=[(0, "0"), (1, "I"), (2, "II"), (3, "III"), (4, "IV")],
    )
    ccs_assessed_on = models.DateField(_("CCS class assessed on"), null=True, blank=True)
    angina_stability = models.CharField(_("angina is"), max_length=10, blank=True, choices=Stability.choices)
    stable_since = models.DateField(_("stable since"), null=True, blank=True)
    opinion_by = models.CharField(_("specialist's name"), max_length=120, blank=True)
    opinion_specialty = models.CharField(
        _("specialist's specialty"), max_length=30, blank=True, choices=Specialty.choices
    )
    opinion_on = models.DateField(_("date of the opinion"), null=True, blank=True)
    opinion_reasons = ArrayField(
        models.CharField(max_length=40, choices=OpinionReason.choices),
        verbose_name=_("reason not amenable to PCI or CABG"),
        default=list,
        blank=True,
    )
    angina_is_primary = models.BooleanField(_("angina is the condition treated"), null=True, blank=True)
    cad_proven = models.BooleanField(_("coronary disease proven"), null=True, blank=True)
    medical_therapy_maximal = models.BooleanField(_("on maximal medical therapy"), null=True, blank=True)
    therapy_tried = ArrayField(
        models.CharField(max_length=40, choices=Therapy.choices),
        verbose_name=_("therapy tried"),
        default=list,
        blank=True,
    )
    cac_agatston = models.PositiveIntegerField(_("CAC (Agatston score)"), null=True, blank=True)
    cac_on = models.DateField(_("CAC scan on"), null=True, blank=True)
    lvef_percent = models.PositiveSmallIntegerField(_("LVEF"), null=True, blank=True)
    nyha_class = models.PositiveSmallIntegerField(
        _("NYHA class"), null=True, blank=True, choices=[(1, "I"), (2, "II"), (3, "III"), (4, "IV")]
    )
    diagnoses = ArrayField(
        models.CharField(max_length=8), verbose_name=_("diagnoses (ICD-10-CM)"), default=list, blank=True
    )
    device_kind = models.CharField(
        _("device to be used"), max_length=12, blank=True, choices=DeviceKind.choices
    )
    prior_sessions_in_course = models.PositiveSmallIntegerField(
        _("sessions already given in this course"), null=True, blank=True
    )
    earlier_course = models.BooleanField(_("an earlier course was given"), null=True, blank=True)
    last_course_ended_on = models.DateField(_("last session of the earlier course"), null=True, blank=True)
    prior_course_benefit_class_gain = models.SmallIntegerField(
        _("CCS classes gained by the earlier course"), null=True, blank=True
    )
    prior_course_benefit_episode_drop_percent = models.SmallIntegerField(
        _("fewer angina episodes after the earlier course"), null=True, blank=True
    )
    history_and_physical_on = models.DateField(_("history and physical on"), null=True, blank=True)
    ecg_on = models.DateField(_("12-lead ECG on"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ccs_class__isnull=True) | models.Q(ccs_class__lte=4),
                name="workup_ccs_0_to_4",
            ),
            models.CheckConstraint(
                condition=models.Q(lvef_percent__isnull=True) | models.Q(lvef_percent__range=(5, 90)),
                name="workup_lvef_plausible",
                # Django fills the message in like a format, so a per cent sign stands twice.
                violation_error_message=_(
                    "LVEF is between 5 and 90 %%. Correct it, or leave it empty if not known."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(prior_course_benefit_class_gain__isnull=True)
                | models.Q(prior_course_benefit_class_gain__range=(-4, 4)),
                name="workup_class_gain_4_at_most",
                violation_error_message=_(
                    "A course gains or loses four CCS classes at most. Correct it, or leave it empty if not known."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(prior_course_benefit_episode_drop_percent__isnull=True)
                | models.Q(prior_course_benefit_episode_drop_percent__range=(-1000, 100)),
                name="workup_episode_drop_100_at_most",
                violation_error_message=_(
                    "Episodes cannot fall by more than 100 %%. Correct it, or leave it empty if not known."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Workup {self.code}"
