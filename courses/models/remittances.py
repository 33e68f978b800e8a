"""What a payer paid, and what it did not and why (835)."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.billing import ClaimLine
from courses.models.claims import Claim
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models import Payer


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    def of(self, clinic: Clinic) -> "RemittanceQuerySet":
        return self.filter(clinic=clinic)


class Remittance(models.Model):
    """One 835 transaction as it came. ``findings`` says where its sums do not agree; it is kept either way.

    ``provider_adjustments`` are those of the whole payment (PLB): reason, reference, amount.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="remittances")
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="remittances"
    )
    payer_name = models.CharField(_("payer, as the file has it"), max_length=60, blank=True)
    trace_number = models.CharField(_("check or transfer number"), max_length=50)
    paid_on = models.DateField(_("paid on"), null=True)
    method = models.CharField(_("how it was paid"), max_length=3)
    amount = models.DecimalField(_("paid (USD)"), max_digits=12, decimal_places=2)
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    position = models.PositiveSmallIntegerField(_("which payment of the file"), default=1)
    provider_adjustments = models.JSONField(_("adjustments of the payment"), default=list, blank=True)
    findings = models.JSONField(_("what does not agree"), default=list, blank=True)
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(_("read"))
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)

    objects = RemittanceQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "sha256", "position"],
                name="remittance_once",
                violation_error_message=_("This file was read already."),
            )
        ]
        triggers = [pgtrigger.Protect(name="remittance_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Remittance {self.trace_number}"


class RemittanceClaim(models.Model):
    """One claim of a remittance (CLP), which may be one that we do not know, or the reversal of an earlier one."""

    remittance = models.ForeignKey(Remittance, on_delete=models.CASCADE, related_name="claims")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="remittances"
    )
    position = models.PositiveIntegerField(_("number in the remittance"))
    reference = models.CharField(_("claim number"), max_length=50)
    status = models.CharField(_("claim status code"), max_length=2)
    is_reversal = models.BooleanField(_("reversal"), default=False)
    charge = models.DecimalField(_("charged (USD)"), max_digits=12, decimal_places=2)
    paid = models.DecimalField(_("paid (USD)"), max_digits=12, decimal_places=2)
    # The payer may leave it out, which is not the same as nothing.
    patient_responsibility = models.DecimalField(
        _("patient owes (USD)"), null=True, max_digits=12, decimal_places=2
    )
    payer_number = models.CharField(_("payer's claim number"), max_length=50, blank=True)
    remarks = ArrayField(models.CharField(max_length=10), verbose_name=_("remarks"), default=list, blank=True)
    is_passed_on = models.BooleanField(_("passed on to another payer"), default=False)
    passed_on_to = models.CharField(_("passed on to, as the file has it"), max_length=60, blank=True)

    class Meta:
        ordering = ["remittance", "position"]
        constraints = [
            models.UniqueConstraint(fields=["remittance", "position"], name="remittance_claim_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference} paid {self.paid}"

    @property
    def own_adjustments(self) -> list["RemittanceAdjustment"]:
        """Those of the claim as a whole, which belong to no line; fetch ``adjustments`` ahead for many claims."""
        return [one for one in self.adjustments.all() if one.remittance_line_id is None]


class RemittanceLine(models.Model):
    """One service of a remittance (SVC), tied to our line by the number that we sent (REF 6R) where it came back."""

    remittance_claim = models.ForeignKey(RemittanceClaim, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        ClaimLine, on_delete=models.PROTECT, null=True, blank=True, related_name="remittances"
    )
    position = models.PositiveSmallIntegerField(_("number in the claim"))
    reference = models.CharField(_("line number"), max_length=50, blank=True)
    hcpcs = models.CharField(_("code"), max_length=48)
    modifiers = ArrayField(
        models.CharField(max_length=2), verbose_name=_("modifiers"), default=list, blank=True
    )
    service_date = models.DateField(_("date of service"), null=True)
    units = models.DecimalField(_("units paid"), max_digits=9, decimal_places=2, null=True)
    charge = models.DecimalField(_("charged (USD)"), max_digits=12, decimal_places=2)
    paid = models.DecimalField(_("paid (USD)"), max_digits=12, decimal_places=2)
    allowed = models.DecimalField(_("allowed (USD)"), null=True, max_digits=12, decimal_places=2)
    remarks = ArrayField(models.CharField(max_length=10), verbose_name=_("remarks"), default=list, blank=True)

    class Meta:
        ordering = ["remittance_claim", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["remittance_claim", "position"], name="remittance_line_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hcpcs} paid {self.paid}"


class RemittanceAdjustment(models.Model):
    """Why an amount was not paid (CAS), of a whole claim or of one of its lines."""

    class Group(models.TextChoices):
        CONTRACTUAL = "CO", _("CO: the clinic bears it")
        PATIENT = "PR", _("PR: the patient owes it")
        OTHER = "OA", _("OA: neither, for information or another payer")
        PAYER = "PI", _("PI: the payer's own reduction")
        CORRECTION = "CR", _("CR: correction of an earlier payment")

    remittance_claim = models.ForeignKey(
        RemittanceClaim, on_delete=models.CASCADE, related_name="adjustments"
    )
    remittance_line = models.ForeignKey(
        RemittanceLine, on_delete=models.CASCADE, null=True, blank=True, related_name="adjustments"
    )
    group = models.CharField(_("group"), max_length=2)
    reason = models.CharField(_("reason code"), max_length=5)
    amount = models.DecimalField(_("amount (USD)"), max_digits=12, decimal_places=2)
    quantity = models.DecimalField(_("units"), max_digits=9, decimal_places=2, null=True)

    class Meta:
        ordering = ["remittance_claim", "pk"]

    def __str__(self) -> str:
        return f"{self.group}-{self.reason} {self.amount}"
