"""What is asked of a payer: one line of each signed session."""

from datetime import datetime
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.treatment import Session
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User

if TYPE_CHECKING:
    from courses.models.claims import Claim

#: Whether a short session is billed is not thought over while a payer has it.
KEPT_ONCE_BILLED = """
    IF EXISTS (SELECT 1 FROM courses_claimmembership m JOIN courses_claim c ON c.id = m.claim_id
               WHERE m.line_id = OLD.id AND m.live AND c.sent_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this session was billed: correct it by a replacement claim' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


#: Findings of lines for which no claim is to be made: they wait for nobody.
NOT_BILLED = ("patient_pays", "decided_not_to_bill", "given_again")
_NOT_BILLED = " || ".join(f'@.code == "{code}"' for code in NOT_BILLED)


class ClaimLineQuerySet(models.QuerySet["ClaimLine"]):
    def of(self, clinic: Clinic) -> "ClaimLineQuerySet":
        return self.filter(session__course__clinic=clinic)

    def due(self, *, blocked_before: datetime, ready_before: datetime) -> "ClaimLineQuerySet":
        """Lines to look at again: blocked ones often, because somebody may have mended them; ready ones seldom."""
        return self.filter(
            Q(state=ClaimLine.State.BLOCKED, scrubbed_at__lt=blocked_before)
            | Q(state=ClaimLine.State.READY, scrubbed_at__lt=ready_before)
        ).order_by("scrubbed_at")


# When it was last looked at changes every day and says nothing about the line; nor does a proof that waits, and what
# the findings say they say themselves.
@pghistory.track(exclude=["scrubbed_at", "check_asked_at", "is_to_bill"])
class ClaimLine(models.Model):
    """One service line, of exactly one signed session. ``findings`` is what the scrubber said when it last looked.

    ``partial_decision``: whether a session that ended early is billed; no rule says so, a person does.
    ``check_asked_at``: somebody asked for a proof of its evidence, and no worker has done it yet.
    """

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        BLOCKED = "blocked", _("Blocked")

    class PartialDecision(models.TextChoices):
        BILL = "bill", _("Bill it")
        DO_NOT_BILL = "do_not_bill", _("Do not bill it")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="claim_line")
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    findings = models.JSONField(_("findings"), default=list)
    scrubbed_at = models.DateTimeField(_("last checked"))
    partial_decision = models.CharField(
        _("decision"), max_length=12, choices=PartialDecision.choices, blank=True
    )
    decision_reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_role = models.CharField(_("as"), max_length=20, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    check_asked_at = models.DateTimeField(_("proof asked for"), null=True, blank=True)
    # Copied out of the findings by the database: reading them all takes twenty times as long as counting their lines.
    is_to_bill = models.GeneratedField(
        expression=models.Func(
            models.F("findings"),
            template=f"(NOT jsonb_path_exists(%(expressions)s, '$[*] ? ({_NOT_BILLED})'))",
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = ClaimLineQuerySet.as_manager()

    class Meta:
        ordering = ["session__started_at"]
        indexes = [models.Index(fields=["state"], condition=Q(is_to_bill=True), name="claim_lines_to_bill")]
        constraints = [
            models.CheckConstraint(
                condition=Q(partial_decision="")
                | (~Q(decision_reason="") & Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="claim_line_decided_with_reason",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="billed_line_keeps_its_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.partial_decision IS DISTINCT FROM NEW.partial_decision"),
                func=KEPT_ONCE_BILLED,
            )
        ]

    def __str__(self) -> str:
        return f"Line {self.code}"

    @property
    def billed_in(self) -> "Claim | None":
        """The claim that a payer has of this line: what it rests on is corrected by replacing or voiding that."""
        member = (
            self.memberships.filter(live=True, claim__sent_at__isnull=False)
            .select_related("claim")
            .order_by("rank")
            .first()
        )
        return member.claim if member else None
