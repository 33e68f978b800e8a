"""Who bills and who renders: the identifiers a claim names, beside those of the clinic and its people."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.identifiers import check_tax_id, check_taxonomy
from eecp_clinic.models import Clinic, User
from eecp_clinic.models.clinic import validate_npi


def validate_taxonomy(value: str) -> None:
    try:
        check_taxonomy(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def validate_tax_id(value: str) -> None:
    try:
        check_tax_id(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


@pghistory.track()
class BillingProvider(models.Model):
    """The organisation in whose name the clinic bills. Its street address is no post-office box (X12, 2010AA N3)."""

    class TaxIdKind(models.TextChoices):
        EIN = "EI", _("EIN")
        SSN = "SY", _("SSN")

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="billing_provider")
    legal_name = models.CharField(_("legal name"), max_length=60)
    npi = models.CharField(_("group NPI"), max_length=10, validators=[validate_npi])
    tax_id = models.CharField(_("tax id"), max_length=12, validators=[validate_tax_id])
    tax_id_kind = models.CharField(
        _("kind of tax id"), max_length=2, choices=TaxIdKind.choices, default=TaxIdKind.EIN
    )
    taxonomy = models.CharField(_("taxonomy code"), max_length=10, blank=True, validators=[validate_taxonomy])
    ptan = models.CharField(
        _("PTAN"),
        max_length=20,
        blank=True,
        help_text=_("Used with the Medicare contractor, never on a claim"),
    )
    address = models.CharField(_("street address"), max_length=55)
    address_2 = models.CharField(_("suite, floor"), max_length=55, blank=True)
    city = models.CharField(_("city"), max_length=30)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP+4"), max_length=10)
    pay_to_address = models.CharField(_("pay-to address, where another"), max_length=55, blank=True)
    pay_to_city = models.CharField(_("city"), max_length=30, blank=True)
    pay_to_state = models.CharField(_("state"), max_length=2, blank=True)
    pay_to_postal_code = models.CharField(_("ZIP+4"), max_length=10, blank=True)
    contact_name = models.CharField(_("whom a payer may call"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone of that person"), max_length=30, blank=True)
    accepts_assignment = models.BooleanField(_("accepts assignment"), null=True, blank=True)
    # What is printed on bought red forms is moved by so much, because printers differ.
    paper_offset_x_mm = models.DecimalField(
        _("print further right by (mm)"), max_digits=4, decimal_places=1, default=0
    )
    paper_offset_y_mm = models.DecimalField(
        _("print further down by (mm)"), max_digits=4, decimal_places=1, default=0
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paper_offset_x_mm__range=(-20, 20), paper_offset_y_mm__range=(-20, 20)),
                name="billing_provider_offsets_within_20_mm",
                violation_error_message=_("Move the print by at most 20 mm; for more, reload the paper."),
            )
        ]

    def __str__(self) -> str:
        return self.legal_name


@pghistory.track()
class PractitionerBilling(models.Model):
    """What a claim says of one practitioner beside name and NPI (those are the user's own)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="billing")
    taxonomy = models.CharField(_("taxonomy code"), max_length=10, blank=True, validators=[validate_taxonomy])
    ptan = models.CharField(_("PTAN"), max_length=20, blank=True)

    def __str__(self) -> str:
        return f"Billing identifiers of {self.user}"
