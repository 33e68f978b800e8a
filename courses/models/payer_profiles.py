"""What one payer wants of a claim, and what the clinic charges and may expect."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models import Payer


@pghistory.track()
class PayerProfile(models.Model):
    """How claims reach one payer and what it takes. Empty means not known; nothing is sent before it is confirmed.

    ``receiver_*`` is who reads the file (a clearing house or the payer), ``submitter_*`` how it knows the sender; the
    payer's own id on claims is ``Payer.payer_id``.
    """

    class Form(models.TextChoices):
        ELECTRONIC = "837P", _("Electronic (837P)")
        PAPER = "CMS-1500", _("Paper (CMS-1500)")

    class FilingCode(models.TextChoices):
        """SBR09, the codes an EECP clinic meets (X12 element 1032)."""

        MEDICARE_PART_B = "MB", _("MB Medicare Part B")
        MEDICARE_HMO = "16", _("16 Medicare Advantage HMO")
        MEDICAID = "MC", _("MC Medicaid")
        COMMERCIAL = "CI", _("CI Commercial")
        BLUE_CROSS = "BL", _("BL Blue Cross Blue Shield")
        HMO = "HM", _("HM Health maintenance organization")
        PPO = "12", _("12 Preferred provider organization")
        CHAMPUS = "CH", _("CH TRICARE")
        VETERANS = "VA", _("VA Veterans Affairs")
        OTHER = "ZZ", _("ZZ Mutually defined")

    payer = models.OneToOneField(Payer, on_delete=models.PROTECT, related_name="profile")
    form = models.CharField(_("form of claim"), max_length=8, choices=Form.choices, default=Form.ELECTRONIC)
    receiver_name = models.CharField(_("receiver"), max_length=60, blank=True)
    receiver_id = models.CharField(_("receiver id"), max_length=15, blank=True)
    receiver_qualifier = models.CharField(_("receiver id qualifier"), max_length=2, default="ZZ")
    submitter_id = models.CharField(_("submitter id"), max_length=15, blank=True)
    submitter_qualifier = models.CharField(_("submitter id qualifier"), max_length=2, default="ZZ")
    filing_code = models.CharField(
        _("claim filing code"), max_length=2, choices=FilingCode.choices, blank=True
    )
    production = models.BooleanField(
        _("real claims"), default=False, help_text=_("Off: files say that they are a test")
    )
    places_of_service = ArrayField(
        models.CharField(max_length=2), verbose_name=_("places of service it pays"), default=list, blank=True
    )
    repeat_modifier = models.CharField(_("modifier of a second session on a day"), max_length=2, blank=True)
    refused_modifiers = ArrayField(
        models.CharField(max_length=2), verbose_name=_("modifiers it refuses"), default=list, blank=True
    )
    groups_days = models.BooleanField(
        _("takes consecutive days on one line"),
        null=True,
        blank=True,
        help_text=_("Not known counts as no: one line a date"),
    )
    filing_months = models.PositiveSmallIntegerField(_("months to file"), null=True, blank=True)
    same_day_conflicts = ArrayField(
        models.CharField(max_length=11),
        verbose_name=_("codes that must not share a date"),
        default=list,
        blank=True,
        help_text=_("Codes, or ranges such as 99202-99215"),
    )
    needs_authorization = models.BooleanField(_("needs an authorization"), null=True, blank=True)
    review_days = models.PositiveSmallIntegerField(_("days to decide, standard"), null=True, blank=True)
    review_hours = models.PositiveSmallIntegerField(_("hours to decide, expedited"), null=True, blank=True)
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal a denial"), null=True, blank=True, help_text=_("Counted from the day of the answer")
    )
    records_days = models.PositiveSmallIntegerField(
        _("days to answer a request for records"), null=True, blank=True
    )
    source = models.CharField(_("where this comes from"), max_length=300, blank=True)
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who keeps it true"),
    )
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        ordering = ["payer__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="payer_profile_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(filing_months__isnull=True) | Q(filing_months__range=(1, 60)),
                name="payer_profile_filing_months_1_to_60",
                violation_error_message=_("A time limit for claims is 1 to 60 months."),
            ),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.payer}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class FeeSchedule(models.Model):
    """Amounts of one year and locality, as a file gave them: the clinic's own charges, or what a payer allows.

    ``findings`` is what the reader said of rows it did not take. A newer import of the same year takes the place of
    an older one; both are kept.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("What the clinic charges")
        ALLOWED = "allowed", _("What the payer allows")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="fee_schedules")
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="fee_schedules"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    locality = models.CharField(_("locality"), max_length=20, blank=True)
    source = models.CharField(_("where this comes from"), max_length=300)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    findings = models.JSONField(_("rows not taken"), default=list, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("imported"))

    class Meta:
        ordering = ["-year", "-imported_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="charge", payer__isnull=True) | Q(kind="allowed", payer__isnull=False),
                name="fee_schedule_allowed_names_payer",
                violation_error_message=_(
                    "Allowed amounts are one payer's; the clinic's charges are nobody's."
                ),
            ),
            models.CheckConstraint(condition=Q(year__range=(2000, 2100)), name="fee_schedule_year_plausible"),
            models.UniqueConstraint(
                fields=["clinic", "kind", "payer", "year", "locality", "sha256"],
                nulls_distinct=False,
                name="fee_schedule_file_once",
                violation_error_message=_("This file was imported already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year} {self.locality}".strip()


class FeeScheduleRow(models.Model):
    """One amount of one code, with or without a modifier."""

    schedule = models.ForeignKey(FeeSchedule, on_delete=models.CASCADE, related_name="rows")
    hcpcs = models.CharField(_("code"), max_length=5)
    modifier = models.CharField(_("modifier"), max_length=2, blank=True)
    amount = models.DecimalField(_("amount (USD)"), max_digits=9, decimal_places=2)

    class Meta:
        ordering = ["schedule", "hcpcs", "modifier"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "hcpcs", "modifier"], name="fee_once_per_code"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.hcpcs} {self.modifier} {self.amount}".replace("  ", " ")
