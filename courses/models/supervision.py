"""What is written about supervision: why nobody was noted for a part of a session, and the signed log of a day."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.amendments import final
from courses.models.treatment import Session
from eecp_clinic.models import Clinic, Signature, User

#: A period that is over stands in the log of its day: once that is signed, the period cannot be changed any more.
IN_A_SIGNED_LOG = """
    IF OLD.ended_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM courses_supervisionlog signed
        JOIN eecp_clinic_clinic place ON place.id = signed.clinic_id
        WHERE signed.clinic_id = OLD.clinic_id AND signed.practitioner_id = OLD.practitioner_id
        AND signed.day = (OLD.started_at AT TIME ZONE place.time_zone)::date
    ) THEN
        RAISE EXCEPTION 'the log of this day is signed: write a late entry' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


def frozen_with_log(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=IN_A_SIGNED_LOG,
    )


class SupervisionGapNote(models.Model):
    """Why nobody is noted for a part of a session that is over. It explains and covers nothing; the newest counts."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="supervision_gap_notes")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    text = models.CharField(_("what happened"), max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("written"))

    class Meta:
        ordering = ["session", "starts_at", "at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="supervision_gap_note_says_something"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="supervision_gap_note_ends_after_start"
            ),
        ]
        triggers = [final("supervision_gap_note_stays")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.starts_at:%H:%M} to {self.ends_at:%H:%M}"


class SupervisionLog(models.Model):
    """One practitioner's supervision on one day, as it was signed. What is written later makes the next version.

    Periods, sessions with the time covered, gaps and their explanations are the content of the signature.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="supervision_logs")
    practitioner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervision_logs")
    day = models.DateField(_("day"))
    version = models.PositiveSmallIntegerField(_("version"))
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="supervision_log")

    class Meta:
        ordering = ["clinic", "day", "practitioner", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "practitioner", "day", "version"], name="supervision_log_version_once"
            )
        ]
        triggers = [final("supervision_log_is_final")]

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.day:%Y-%m-%d} version {self.version}"
