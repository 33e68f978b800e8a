"""Records that nobody may change afterwards: the audit trail and signatures."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models.clinic import Clinic
from eecp_clinic.models.people import User


class AuditEvent(models.Model):
    """Who did what to which record, when. Written by ``audit.record`` only; holds codes, never names."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, related_name="audit_events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audit_events")
    action = models.CharField(_("action"), max_length=80)
    subject = models.CharField(_("record"), max_length=80)
    at = models.DateTimeField(_("when"))
    data = models.JSONField(_("data"), default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
            models.Index(fields=["clinic", "at"], name="audit_by_clinic"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"


class Signature(models.Model):
    """Who signed what, with which meaning, when, how they proved who they were, and the hash of the content."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(_("name"), max_length=160)
    credentials = models.CharField(_("credentials"), max_length=40)
    role = models.CharField(_("role"), max_length=20)
    meaning = models.CharField(_("meaning"), max_length=200)
    signed_at = models.DateTimeField(_("signed"))
    authentication = models.CharField(_("identity shown by"), max_length=40)
    subject = models.CharField(_("record"), max_length=80)
    content = models.TextField(_("content as signed"))
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)

    class Meta:
        ordering = ["signed_at"]
        indexes = [models.Index(fields=["subject"], name="signature_by_subject")]
        triggers = [
            pgtrigger.Protect(name="signature_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.signed_at:%Y-%m-%d %H:%M} UTC"
