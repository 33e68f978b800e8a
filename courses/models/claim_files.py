"""The files that went out and came back, byte for byte."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.claims import Claim
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User

#: ISA13 has nine digits.
LAST_CONTROL_NUMBER = 999_999_999


class ControlNumbers(models.Model):
    """The last interchange control number used from one submitter to one receiver; it only grows.

    A test file uses up a number too: a receiver that sees one twice drops the second.
    """

    submitter_id = models.CharField(_("submitter id"), max_length=15)
    receiver_id = models.CharField(_("receiver id"), max_length=15)
    last = models.PositiveIntegerField(_("last number used"), default=0)

    class Meta:
        verbose_name_plural = _("control numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["submitter_id", "receiver_id"], name="control_numbers_once_per_receiver"
            ),
            models.CheckConstraint(
                condition=Q(last__lte=LAST_CONTROL_NUMBER), name="control_number_nine_digits"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="control_numbers_only_grow",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last__lte=pgtrigger.F("old__last")),
            ),
            pgtrigger.Protect(name="control_numbers_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.submitter_id} to {self.receiver_id}: {self.last}"


class ClaimFileQuerySet(models.QuerySet["ClaimFile"]):
    def of(self, clinic: Clinic) -> "ClaimFileQuerySet":
        return self.filter(clinic=clinic)


class ClaimFile(models.Model):
    """One 837P interchange as it was made, with its hash; only when it was sent is written later."""

    class Way(models.TextChoices):
        DOWNLOAD = "download", _("Downloaded and sent by hand")
        FOLDER = "folder", _("Put into the outgoing folder")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="claim_files")
    submitter_id = models.CharField(_("submitter id"), max_length=15)
    receiver_id = models.CharField(_("receiver id"), max_length=15)
    control_number = models.PositiveIntegerField(_("control number"))
    is_test = models.BooleanField(_("test"), default=True)
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    claims = models.ManyToManyField(Claim, related_name="files")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(_("how"), max_length=10, choices=Way.choices, blank=True)

    objects = ClaimFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["submitter_id", "receiver_id", "control_number"],
                name="claim_file_control_number_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="claim_file_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="claim_file_is_final",
                fields=[
                    "code",
                    "clinic",
                    "submitter_id",
                    "receiver_id",
                    "control_number",
                    "is_test",
                    "file",
                    "sha256",
                    "size",
                    "made_by",
                    "made_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"837P {self.control_number:09d} to {self.receiver_id}"


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def of(self, clinic: Clinic) -> "AcknowledgementQuerySet":
        return self.filter(clinic=clinic)


class Acknowledgement(models.Model):
    """A TA1, 999 or 277CA as it came, with its hash. The same bytes again are the same acknowledgement."""

    class Kind(models.TextChoices):
        INTERCHANGE = "TA1", _("TA1: the envelope")
        SYNTAX = "999", _("999: the form of the file")
        CLAIMS = "277CA", _("277CA: each claim")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Accepted in part")
        REJECTED = "rejected", _("Rejected")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="acknowledgements")
    claim_file = models.ForeignKey(
        ClaimFile, on_delete=models.PROTECT, null=True, blank=True, related_name="acknowledgements"
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(_("which of its kind in the file"), default=1)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    findings = models.JSONField(_("what it says"), default=list, blank=True)
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(_("read"))

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at"]
        constraints = [
            # One file may hold a 999 and a 277CA, and several of each.
            models.UniqueConstraint(
                fields=["clinic", "sha256", "kind", "position"],
                name="acknowledgement_once",
                violation_error_message=_("This file was read already."),
            )
        ]
        triggers = [pgtrigger.Protect(name="acknowledgement_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class ClaimStatus(models.Model):
    """What a 277CA said of one claim; a claim that we do not know keeps its ``reference`` and no ``claim``."""

    acknowledgement = models.ForeignKey(Acknowledgement, on_delete=models.CASCADE, related_name="statuses")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="statuses")
    reference = models.CharField(_("claim number"), max_length=50)
    accepted = models.BooleanField(_("accepted"), null=True)
    category = models.CharField(_("category code"), max_length=5)
    status = models.CharField(_("status code"), max_length=10, blank=True)
    entity = models.CharField(_("whom it is about"), max_length=3, blank=True)
    message = models.CharField(_("in words"), max_length=500, blank=True)
    payer_number = models.CharField(_("payer's claim number"), max_length=50, blank=True)
    amount = models.DecimalField(_("amount (USD)"), max_digits=12, decimal_places=2, null=True)
    effective_on = models.DateField(_("as of"), null=True)

    class Meta:
        ordering = ["acknowledgement", "pk"]
        verbose_name_plural = _("claim statuses")

    def __str__(self) -> str:
        return f"{self.reference} {self.category}:{self.status}"
