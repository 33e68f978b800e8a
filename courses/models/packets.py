"""Documentation packets: one PDF of a course, of a part of it or of one claim; several asked for at once; and payers' requests for records."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.billing import ClaimLine
from courses.models.claims import Claim
from courses.models.ordering import Course
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from eecp_clinic.models.made_files import MadeFile, MadeFileQuerySet

_DUE_IN_ORDER = Q(due_on__isnull=True) | Q(due_on__gte=F("received_on"))


class RecordsRequestQuerySet(models.QuerySet["RecordsRequest"]):
    def of(self, clinic: Clinic) -> "RecordsRequestQuerySet":
        return self.filter(course__clinic=clinic)

    def open(self) -> "RecordsRequestQuerySet":
        """Not answered yet: what is due first on top, what has no known day last."""
        return self.filter(answered_at__isnull=True).order_by(F("due_on").asc(nulls_last=True), "received_on")


class RecordsRequest(models.Model):
    """An additional documentation request (ADR): a payer's letter that asks for the record behind its claims.

    ``due_on`` is what the letter or the payer's profile says; null is not known. Without ``claim`` the whole course is
    asked for.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="records_requests")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="records_requests"
    )
    number = models.CharField(_("request number"), max_length=60)
    asked_by = models.CharField(_("who asks"), max_length=120)
    address = models.TextField(_("where the answer goes"), max_length=400, blank=True)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_how = models.CharField(_("how it was sent"), max_length=200, blank=True)

    objects = RecordsRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"],
                name="records_request_once_a_course",
                violation_error_message=_("This request is recorded for this course already."),
            ),
            models.CheckConstraint(
                condition=_DUE_IN_ORDER,
                name="records_request_due_after_received",
                violation_error_message=_("The answer is due before the request was received."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answered_how="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answered_how="")),
                name="records_request_answer_is_whole",
            ),
        ]
        triggers = [pgtrigger.Protect(name="records_request_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Request {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("courses:records-request", args=[self.code])


class PacketBatchQuerySet(models.QuerySet["PacketBatch"]):
    def of(self, clinic: Clinic) -> "PacketBatchQuerySet":
        return self.filter(clinic=clinic)


class PacketBatch(models.Model):
    """Packets that one person asked for at once; each of them is made, fails and goes on by itself."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="packet_batches")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked for"))

    objects = PacketBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        verbose_name_plural = _("packet batches")

    def __str__(self) -> str:
        return f"Packets {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("courses:packet-batch", args=[self.code])


class PacketQuerySet(MadeFileQuerySet["Packet"]):
    def of(self, clinic: Clinic) -> "PacketQuerySet":
        return self.filter(course__clinic=clinic)


class Packet(MadeFile):
    """A documentation packet of one course, kept with its hash.

    Without days and claim it holds all signed sessions; with ``first_day`` and ``last_day`` those of these days, with
    ``claim`` those of its lines, or only those of ``lines`` (codes, in order). ``evidence_sha256`` is of the
    machine-readable evidence that the PDF carries.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="packets")
    first_day = models.DateField(_("sessions from"), null=True, blank=True)
    last_day = models.DateField(_("sessions to"), null=True, blank=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="packets")
    lines = ArrayField(
        models.CharField(max_length=12), verbose_name=_("only these lines"), default=list, blank=True
    )
    records_request = models.ForeignKey(
        RecordsRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="packets"
    )
    batch = models.ForeignKey(
        PacketBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="packets"
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sheets_done = models.PositiveSmallIntegerField(_("session sheets there"), default=0)
    sheets_all = models.PositiveSmallIntegerField(_("session sheets needed"), null=True)
    evidence_sha256 = models.CharField(_("SHA-256 of the evidence"), max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True)
    missing = models.JSONField(_("what is missing, by name"), default=list)

    objects = PacketQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(sha256=""), name="packet_ready_with_hash"
            ),
            models.CheckConstraint(
                condition=Q(lines=[]) | Q(claim__isnull=False), name="packet_lines_are_of_a_claim"
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True)
                | (Q(first_day__isnull=False, claim__isnull=True) & Q(last_day__gte=F("first_day"))),
                name="packet_days_in_order",
                violation_error_message=_("Give both days, the first not after the last, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"Packet {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("courses:packet", args=[self.code])


class EvidenceCheck(models.Model):
    """One proving of what stands behind a claim line, link by link; what was found then is never changed.

    ``links``: for each its kind, verdict, sentence, the hash that was signed or kept, and the hash that was found.
    """

    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="evidence_checks")
    holds = models.BooleanField(_("everything holds"))
    links = models.JSONField(_("what was found, by link"))
    checked_at = models.DateTimeField(_("checked"))
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-checked_at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="evidence_check_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Check of {self.line_id} at {self.checked_at:%Y-%m-%d %H:%M}"
