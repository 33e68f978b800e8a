"""Papers that belong to a patient: referral letters, reports, insurance cards."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import User
from patients.models.coverage import Coverage
from patients.models.people import Patient


class DocumentQuerySet(models.QuerySet["Document"]):
    def papers(self) -> "DocumentQuerySet":
        """What is filed under the patient; cards stand with their coverage."""
        return self.exclude(kind__in=Document.CARDS)

    def in_use(self) -> "DocumentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Document(models.Model):
    """A file that was read, cleaned and written anew; what was stored is never changed, only withdrawn.

    ``sha256`` is of the stored bytes, ``given_sha256`` of those that were uploaded; ``removed`` says what was taken
    out in between (codes of ``patients.papers``).
    """

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("Referral letter")
        CATH_REPORT = "cath_report", _("Catheterization report")
        ECG = "ecg", _("ECG")
        IMAGING = "imaging", _("Imaging or stress test")
        LABORATORY = "laboratory", _("Laboratory")
        CONSENT = "consent", _("Consent")
        AUTHORIZATION = "authorization", _("Letter of a payer")
        CARD_FRONT = "card_front", _("Insurance card, front")
        CARD_BACK = "card_back", _("Insurance card, back")
        OTHER = "other", _("Other")

    CARDS = (Kind.CARD_FRONT, Kind.CARD_BACK)

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120, blank=True)
    dated_on = models.DateField(_("date of the document"), null=True, blank=True)
    file = models.FileField(_("file"), max_length=200)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    pages = models.PositiveIntegerField(_("pages"))
    sha256 = models.CharField(max_length=64)
    given_sha256 = models.CharField(max_length=64)
    removed = models.JSONField(_("taken out"), default=list)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | (~Q(withdrawn_reason="") & Q(withdrawn_by__isnull=False)),
                name="document_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(coverage__isnull=False) | ~Q(kind__in=["card_front", "card_back"]),
                name="document_card_has_its_coverage",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="document_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="document_is_never_changed",
                fields=[
                    "kind",
                    "file",
                    "content_type",
                    "size",
                    "pages",
                    "sha256",
                    "given_sha256",
                    "removed",
                    "uploaded_by",
                    "uploaded_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())

    @property
    def is_image(self) -> bool:
        return self.content_type != "application/pdf"
