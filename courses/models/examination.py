"""What is seen, heard and asked before the hour, and the marks on legs and hips. Empty means not known."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class YesNo(models.TextChoices):
    """An answer; empty is not asked."""

    YES = "yes", _("Yes")
    NO = "no", _("No")


class Rhythm(models.TextChoices):
    REGULAR = "regular", _("Regular")
    IRREGULAR = "irregular", _("Irregular")
    ATRIAL_FIBRILLATION = "atrial_fibrillation", _("Atrial fibrillation")
    ECTOPY = "ectopy", _("Frequent extra beats")
    PACED = "paced", _("Paced")


class BreathSounds(models.TextChoices):
    CLEAR = "clear", _("Clear")
    CRACKLES = "crackles", _("Crackles")
    WHEEZES = "wheezes", _("Wheezes")
    REDUCED = "reduced", _("Reduced")


class Oedema(models.TextChoices):
    """Pitting by pressure of a thumb, as it is graded at the bedside."""

    NONE = "0", _("None")
    TRACE = "1", _("Trace (1+)")
    MILD = "2", _("Mild (2+)")
    MODERATE = "3", _("Moderate (3+)")
    SEVERE = "4", _("Severe (4+)")


class Examined(models.Model):
    """Columns of the vital signs that are no measurement of the monitor."""

    rhythm = models.CharField(_("rhythm"), max_length=20, choices=Rhythm.choices, blank=True)
    breath_sounds = models.CharField(
        _("breath sounds"), max_length=10, choices=BreathSounds.choices, blank=True
    )
    oedema = models.CharField(_("oedema"), max_length=1, choices=Oedema.choices, blank=True)
    legs_examined = models.BooleanField(_("legs and hips looked at"), default=False)
    medicines_taken = models.CharField(
        _("today's medicines taken"), max_length=3, choices=YesNo.choices, blank=True
    )
    bladder_emptied = models.CharField(_("bladder emptied"), max_length=3, choices=YesNo.choices, blank=True)
    anticoagulated = models.CharField(_("on anticoagulants"), max_length=3, choices=YesNo.choices, blank=True)
    inr = models.DecimalField(_("INR"), max_digits=3, decimal_places=1, null=True, blank=True)
    inr_on = models.DateField(_("INR of"), null=True, blank=True)
    remarks = models.CharField(_("what the patient says"), max_length=500, blank=True)

    class Meta:
        abstract = True


class Region(models.TextChoices):
    """Places under or near the cuffs; left and right are the patient's."""

    LEFT_HIP = "left_hip", _("Left hip, front")
    RIGHT_HIP = "right_hip", _("Right hip, front")
    LEFT_THIGH = "left_thigh", _("Left thigh, front")
    RIGHT_THIGH = "right_thigh", _("Right thigh, front")
    LEFT_KNEE = "left_knee", _("Left knee")
    RIGHT_KNEE = "right_knee", _("Right knee")
    LEFT_SHIN = "left_shin", _("Left shin")
    RIGHT_SHIN = "right_shin", _("Right shin")
    LEFT_FOOT = "left_foot", _("Left foot and ankle")
    RIGHT_FOOT = "right_foot", _("Right foot and ankle")
    LEFT_BUTTOCK = "left_buttock", _("Left buttock")
    RIGHT_BUTTOCK = "right_buttock", _("Right buttock")
    LEFT_THIGH_BACK = "left_thigh_back", _("Left thigh, back")
    RIGHT_THIGH_BACK = "right_thigh_back", _("Right thigh, back")
    LEFT_CALF = "left_calf", _("Left calf")
    RIGHT_CALF = "right_calf", _("Right calf")
    LEFT_HEEL = "left_heel", _("Left heel")
    RIGHT_HEEL = "right_heel", _("Right heel")


class MarkKind(models.TextChoices):
    """What is seen or felt there; of several the worst is noted, further down the list."""

    REDNESS = "redness", _("Redness")
    BRUISE = "bruise", _("Bruise")
    SWELLING = "swelling", _("Swelling")
    PAIN = "pain", _("Pain")
    BLISTER = "blister", _("Blister")
    BROKEN = "broken", _("Broken skin")
    ULCER = "ulcer", _("Ulcer")
