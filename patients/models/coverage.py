"""Who pays."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic
from patients.member_ids import check_member_id
from patients.models.people import Patient


@pghistory.track()
class Payer(models.Model):
    """An insurer, as this clinic deals with it."""

    class Kind(models.TextChoices):
        ORIGINAL_MEDICARE = "original_medicare", _("Original Medicare")
        MEDICARE_ADVANTAGE = "medicare_advantage", _("Medicare Advantage")
        MEDICAID = "medicaid", _("Medicaid")
        COMMERCIAL = "commercial", _("Commercial")
        SELF_PAY = "self_pay", _("Self-pay")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="payers")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    payer_id = models.CharField(_("payer id"), max_length=20, blank=True)
    policy_id = models.CharField(
        _("coverage policy"),
        max_length=40,
        blank=True,
        help_text=_("The policy file that decides; empty: by kind"),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="payer_name_once_per_clinic"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["original_medicare", "medicare_advantage", "medicaid", "commercial", "self_pay"]
                ),
                name="payer_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


#: Where nobody is insured through somebody else.
EACH_THEIR_OWN = (Payer.Kind.ORIGINAL_MEDICARE, Payer.Kind.MEDICARE_ADVANTAGE, Payer.Kind.SELF_PAY)
#: What is told of a subscriber who is not the patient; with the date of birth.
SUBSCRIBER_TEXTS = (
    "subscriber_family_name",
    "subscriber_given_name",
    "subscriber_sex",
    "subscriber_address",
    "subscriber_city",
    "subscriber_state",
    "subscriber_postal_code",
)
SUBSCRIBER_FIELDS = (*SUBSCRIBER_TEXTS, "subscriber_birth_date")


@pghistory.track()
class Coverage(models.Model):
    """One insurance of one patient, from a day to a day; priority 1 pays first.

    ``relationship``: what the patient is to the subscriber, whose plan it is; ``subscriber_*`` say who that is where it is
    not the patient, empty what is not known. ``member_id`` is the one under which the plan knows the subscriber.
    ``secondary_reason``: why Medicare pays after another; claims to Medicare as second payer must say so.
    The last three facts say whether a patient who pays alone may be asked to; empty means not known.
    """

    class AbnOption(models.TextChoices):
        TREAT_AND_CLAIM = "1", _("Option 1: treat, and claim")
        TREAT_WITHOUT_CLAIM = "2", _("Option 2: treat, no claim")
        NO_TREATMENT = "3", _("Option 3: no treatment")

    class SecondaryReason(models.TextChoices):
        """SBR05 of an 837P: the insurance type codes of Medicare as secondary payer."""

        WORKING_AGED = "12", _("12 Working aged, or spouse works, with an employer's plan")
        RENAL = "13", _("13 End-stage renal disease, in the time of coordination with an employer's plan")
        NO_FAULT = "14", _("14 No-fault insurance, auto among it")
        WORKERS = "15", _("15 Workers' compensation")
        PUBLIC_HEALTH = "16", _("16 Public Health Service or another federal agency")
        BLACK_LUNG = "41", _("41 Black lung")
        VETERANS = "42", _("42 Veterans Affairs")
        DISABLED = "43", _("43 Disabled under 65, with a large group's plan")
        LIABILITY = "47", _("47 Other liability insurance")

    class Relationship(models.TextChoices):
        """The patient is the subscriber's ...: individual relationship codes of an 837P (PAT01, SBR02)."""

        SELF = "18", _("Self: the patient is the subscriber")
        SPOUSE = "01", _("Spouse")
        LIFE_PARTNER = "53", _("Life partner")
        CHILD = "19", _("Child")
        OTHER = "G8", _("Another relationship")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    priority = models.PositiveSmallIntegerField(_("priority"), default=1)
    member_id = models.CharField(_("member id"), max_length=40, blank=True)
    group_number = models.CharField(_("group number"), max_length=30, blank=True)
    relationship = models.CharField(
        _("patient's relationship to the subscriber"),
        max_length=2,
        choices=Relationship.choices,
        default=Relationship.SELF,
    )
    subscriber_family_name = models.CharField(_("subscriber's family name"), max_length=80, blank=True)
    subscriber_given_name = models.CharField(_("subscriber's given name"), max_length=80, blank=True)
    subscriber_birth_date = models.DateField(_("subscriber's date of birth"), null=True, blank=True)
    subscriber_sex = models.CharField(
        _("subscriber's sex"), max_length=1, choices=Patient.Sex.choices[:3], blank=True
    )
    subscriber_address = models.CharField(_("subscriber's street address"), max_length=200, blank=True)
    subscriber_city = models.CharField(_("subscriber's city"), max_length=80, blank=True)
    subscriber_state = models.CharField(_("subscriber's state"), max_length=2, blank=True)
    subscriber_postal_code = models.CharField(_("subscriber's ZIP code"), max_length=10, blank=True)
    secondary_reason = models.CharField(
        _("why Medicare pays second"), max_length=2, choices=SecondaryReason.choices, blank=True
    )
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    medicare_beneficiary = models.BooleanField(_("entitled to Medicare"), null=True, blank=True)
    abn_option = models.CharField(
        _("option chosen on a signed ABN"), max_length=1, choices=AbnOption.choices, blank=True
    )
    ma_denial_on = models.DateField(_("Medicare Advantage plan's denial notice of"), null=True, blank=True)

    class Meta:
        ordering = ["patient", "priority", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="coverage_ends_after_start",
                violation_error_message=_(
                    "The coverage ends before it starts. Correct one of the two dates."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(priority__range=(1, 3)), name="coverage_priority_1_to_3"
            ),
            models.CheckConstraint(
                condition=~models.Q(relationship="18")
                | models.Q(subscriber_birth_date__isnull=True, **dict.fromkeys(SUBSCRIBER_TEXTS, "")),
                name="coverage_subscriber_where_not_the_patient",
                violation_error_message=_(
                    "The patient is the subscriber here, so nobody else is named. Say what the patient is to the "
                    "subscriber, or leave the subscriber's fields empty."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.priority}"

    def get_absolute_url(self) -> str:
        return reverse("patients:coverage", args=[self.patient.code, self.code])

    @property
    def is_own(self) -> bool:
        """Whether the patient is the subscriber."""
        return self.relationship == self.Relationship.SELF

    def clean(self) -> None:
        """The member id has the form of its plan; a Medicare one is stored without dashes, in capitals.

        Who is insured through another is not under Medicare, where nobody is.
        """
        for name in ("subscriber_family_name", "subscriber_given_name"):
            setattr(self, name, " ".join(getattr(self, name).split()))
        self.subscriber_state = self.subscriber_state.upper()
        if not self.payer_id:
            return
        try:
            self.member_id = check_member_id(self.payer.kind, self.member_id)
        except ValueError as error:
            raise ValidationError({"member_id": str(error)}) from error
        if self.group_number and self.payer.kind == Payer.Kind.ORIGINAL_MEDICARE:
            raise ValidationError(
                {"group_number": _("Original Medicare has no group number. Leave it empty.")}
            )
        if not self.is_own and self.payer.kind in EACH_THEIR_OWN:
            raise ValidationError(
                {
                    "relationship": _(
                        "Under %(kind)s everybody is their own subscriber. Choose Self, or another payer."
                    )
                    % {"kind": self.payer.get_kind_display()}
                }
            )
