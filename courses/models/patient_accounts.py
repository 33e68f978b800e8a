"""What a patient is asked for, has paid, and was given on paper about it. Entries are added, never changed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.ordering import Course
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models import Patient


class BillingPaperQuerySet(models.QuerySet["BillingPaper"]):
    def of(self, clinic: Clinic) -> "BillingPaperQuerySet":
        return self.filter(patient__clinic=clinic)


class BillingPaper(models.Model):
    """One paper for a patient about money, as it was given: ``facts`` is everything on it, the file its PDF.

    ``amount`` is what the paper asks for or expects; None where that is not known. An invoice is a charge from the day
    on which it was made, and a credit note takes one back.
    """

    class Kind(models.TextChoices):
        ESTIMATE = "estimate", _("Good-faith estimate")
        INVOICE = "invoice", _("Invoice of a self-pay package")
        CREDIT = "credit", _("Credit note")
        STATEMENT = "statement", _("Statement of the course")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="billing_papers")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="billing_papers"
    )
    cancels = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="cancelled_by"
    )
    amount = models.DecimalField(_("amount (USD)"), max_digits=9, decimal_places=2, null=True)
    facts = models.JSONField(_("what stands on it"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    file = models.FileField(_("PDF"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"))

    objects = BillingPaperQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="credit", cancels__isnull=False)
                | (~Q(kind="credit") & Q(cancels__isnull=True)),
                name="billing_paper_credit_names_invoice",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["invoice", "credit"])
                | Q(amount__isnull=False, amount__gt=0, course__isnull=False),
                name="billing_paper_invoice_asks_an_amount",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="billing_paper_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class PatientPaymentQuerySet(models.QuerySet["PatientPayment"]):
    def of(self, clinic: Clinic) -> "PatientPaymentQuerySet":
        return self.filter(course__clinic=clinic)


class PatientPayment(models.Model):
    """Money that the patient paid, or that was paid back. An entry typed wrong is withdrawn by another."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Paid by the patient")
        REFUND = "refund", _("Paid back to the patient")
        WITHDRAWAL = "withdrawal", _("Entry withdrawn")

    class Method(models.TextChoices):
        CASH = "cash", _("Cash")
        CHECK = "check", _("Check")
        CARD = "card", _("Card")
        TRANSFER = "transfer", _("Bank transfer")
        OTHER = "other", _("Other")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="patient_payments")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices, default=Kind.PAYMENT)
    amount = models.DecimalField(_("amount (USD)"), max_digits=9, decimal_places=2)
    received_on = models.DateField(_("day"))
    method = models.CharField(_("how"), max_length=10, choices=Method.choices)
    reference = models.CharField(_("check or receipt number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    withdraws = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawn_by"
    )

    objects = PatientPaymentQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="patient_payment_above_zero",
                violation_error_message=_("Enter an amount above 0."),
            ),
            models.CheckConstraint(
                condition=Q(kind="withdrawal", withdraws__isnull=False)
                | (~Q(kind="withdrawal") & Q(withdraws__isnull=True)),
                name="patient_payment_withdrawal_names_entry",
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawal") | ~Q(note=""), name="patient_payment_withdrawn_with_reason"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="patient_payment_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
