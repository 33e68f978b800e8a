"""What was added to a signed session, beside it and never in it: amendments and countersignatures."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session
from eecp_clinic.codes import new_code
from eecp_clinic.models import Signature, User

#: What is not signed can still be changed itself, so nothing is written beside it.
ONLY_TO_SIGNED = """
    IF NOT EXISTS (
        SELECT 1 FROM courses_session WHERE id = NEW.session_id AND signature_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the session is not signed: change it itself' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def only_to_signed(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, func=ONLY_TO_SIGNED
    )


def final(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Amendment(models.Model):
    """A late entry, correction or addendum; the signed value stays where it is and is shown beside this one.

    ``field`` is the path of a corrected value in the content that was signed ('vital_signs/before/systolic_mmhg'),
    ``original`` and ``corrected`` its plain text in that content; empty means not known. Each amendment is permanently
    marked, dated and signed by its author (CMS Program Integrity Manual, ch. 3 §3.3.2.5).
    """

    class Kind(models.TextChoices):
        LATE_ENTRY = "late_entry", _("Late entry")
        CORRECTION = "correction", _("Correction")
        ADDENDUM = "addendum", _("Addendum")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    field = models.CharField(_("what is corrected"), max_length=120, blank=True)
    original = models.TextField(_("as signed"), blank=True)
    corrected = models.TextField(_("correct value"), blank=True)
    happened_at = models.DateTimeField(_("when it happened"), null=True, blank=True)
    text = models.TextField(_("what is added"), max_length=2000, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("written"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="amendment")

    class Meta:
        ordering = ["session", "made_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_with_reason"),
            models.CheckConstraint(
                condition=(Q(kind="correction") & ~Q(field="")) | (~Q(kind="correction") & Q(field="")),
                name="amendment_correction_names_its_field",
            ),
            models.CheckConstraint(
                condition=Q(kind="correction") | ~Q(text=""), name="amendment_adds_something"
            ),
        ]
        triggers = [only_to_signed("amendment_of_signed_session"), final("amendment_is_final")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Countersignature(models.Model):
    """A physician has read a signed session, with as many amendments as it had: with another one it is read again."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="countersignatures")
    amendments = models.PositiveSmallIntegerField(_("amendments seen"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="countersignature")

    class Meta:
        ordering = ["session", "amendments"]
        constraints = [
            models.UniqueConstraint(fields=["session", "amendments"], name="countersigned_once_as_it_stands")
        ]
        triggers = [only_to_signed("countersignature_of_signed_session"), final("countersignature_is_final")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.amendments}"
