"""What a payer said of a coverage, and how many sessions it approved."""

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eecp_clinic.codes import new_code
from eecp_clinic.models import User
from patients.models.coverage import Coverage


class Verification(models.Model):
    """One inquiry about a coverage: who asked whom, what was said, under which reference. Never changed."""

    class Way(models.TextChoices):
        PHONE = "phone", _("Phone call")
        PORTAL = "portal", _("Payer's web site")
        FAX = "fax", _("Fax or letter")
        CARD = "card", _("Card seen")

    class Outcome(models.TextChoices):
        ACTIVE = "active", _("In force")
        INACTIVE = "inactive", _("Not in force")
        UNCLEAR = "unclear", _("No clear answer")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="verifications")
    way = models.CharField(_("how"), max_length=10, choices=Way.choices)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    spoken_with = models.CharField(
        _("whom you spoke with"), max_length=120, blank=True, help_text=_("Name, or operator number")
    )
    said = models.TextField(
        _("what was said"),
        max_length=2000,
        help_text=_("Copayment, deductible, whether an authorization is needed, limits"),
    )
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("asked"))

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(way="phone") | ~Q(spoken_with=""),
                name="verification_call_names_whom",
                violation_error_message=_(
                    "A call names whom you spoke with. Write the name or operator number."
                ),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="verification_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Verification {self.code}"

    def clean(self) -> None:
        if self.way == self.Way.PHONE and not self.spoken_with.strip():
            raise ValidationError(
                {"spoken_with": _("A call names whom you spoke with. Write the name or operator number.")}
            )


@pghistory.track()
class PriorAuthorization(models.Model):
    """A payer's approval of a number of sessions between two days. How many were used is counted, never kept."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(_("authorization number"), max_length=50)
    starts_on = models.DateField(_("valid from"))
    ends_on = models.DateField(_("to"))
    sessions_approved = models.PositiveSmallIntegerField(_("sessions approved"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["-starts_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["coverage", "number"],
                name="authorization_number_once",
                violation_error_message=_(
                    "This coverage has an authorization of this number. Edit that one instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="authorization_ends_after_start",
                violation_error_message=_(
                    "The authorization ends before it starts. Correct one of the two dates."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sessions_approved__range=(1, 200)),
                name="authorization_sessions_1_to_200",
                violation_error_message=_("An authorization is for 1 to 200 sessions."),
            ),
        ]

    def __str__(self) -> str:
        return f"Authorization {self.number}"
