"""What the bank shows, against what payers say they paid."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.remittances import Remittance
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User


class DepositQuerySet(models.QuerySet["Deposit"]):
    def of(self, clinic: Clinic) -> "DepositQuerySet":
        return self.filter(clinic=clinic)

    def standing(self) -> "DepositQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Deposit(models.Model):
    """One amount on the bank's statement, typed by a biller, and the remittances that it is to cover.

    It is withdrawn where it was mistyped, never changed.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="deposits")
    banked_on = models.DateField(_("on the statement on"))
    amount = models.DecimalField(_("amount (USD)"), max_digits=12, decimal_places=2)
    reference = models.CharField(_("reference on the statement"), max_length=80, blank=True)
    remittances = models.ManyToManyField(Remittance, related_name="deposits")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=200, blank=True)

    objects = DepositQuerySet.as_manager()

    class Meta:
        ordering = ["-banked_on", "-entered_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="deposit_withdrawn_with_reason",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="deposit_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="deposit_is_final",
                fields=["code", "clinic", "banked_on", "amount", "reference", "entered_by", "entered_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"Deposit {self.code}"
