"""A claim: lines asked of one payer together, and what became of them."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.claim_states import BILLED, stored_changes
from courses.models.billing import ClaimLine
from courses.models.ordering import Course
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User
from patients.models import Coverage, Payer, PriorAuthorization

#: The rank stands at the line too, so that one constraint can hold it.
RANK_OF_ITS_CLAIM = """
    SELECT rank INTO NEW.rank FROM courses_claim WHERE id = NEW.claim_id;
    RETURN NEW;
"""

#: A line leaves a claim only while nobody outside has seen the claim.
KEPT_ONCE_SENT = """
    IF EXISTS (SELECT 1 FROM courses_claim WHERE id = OLD.claim_id AND sent_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the claim was sent: replace or void it instead' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
"""


class ClaimQuerySet(models.QuerySet["Claim"]):
    def of(self, clinic: Clinic) -> "ClaimQuerySet":
        return self.filter(course__clinic=clinic)

    def open(self) -> "ClaimQuerySet":
        """Neither paid nor void."""
        return self.exclude(state__in=[Claim.State.PAID, Claim.State.VOID])

    def billed(self) -> "ClaimQuerySet":
        """Sent, and neither turned back nor corrected: what their lines rest on is locked."""
        return self.filter(state__in=BILLED)


@pghistory.track()
class Claim(models.Model):
    """What is asked of one payer for one course. Its ``code`` goes out as the claim's own number (CLM01).

    A correction is another claim of ``frequency`` 7 or 8 that names its ``original``, which keeps what it asked.
    ``rank`` says whether its payer is asked first, second or third; a later one names the claim that it ``follows``, on
    whose answer it rests. ``passed_on``: the earlier payer sent it there itself (crossover), so the clinic does not.
    ``payer_number`` is the payer's own number of this claim, as an acknowledgement or remittance gave it.
    """

    class Frequency(models.TextChoices):
        """CLM05-3, the third digit of the NUBC type of bill."""

        ORIGINAL = "1", _("Original")
        REPLACEMENT = "7", _("Replacement of an earlier claim")
        VOID = "8", _("Void of an earlier claim")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        READY = "ready", _("Ready to send")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted by the payer")
        REJECTED = "rejected", _("Rejected before it was judged")
        DENIED = "denied", _("Denied")
        PAID = "paid", _("Paid")
        APPEALED = "appealed", _("Under appeal")
        VOID = "void", _("Void")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="claims")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="claims")
    authorization = models.ForeignKey(
        PriorAuthorization, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    frequency = models.CharField(
        _("frequency"), max_length=1, choices=Frequency.choices, default=Frequency.ORIGINAL
    )
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="later_claims"
    )
    rank = models.PositiveSmallIntegerField(_("which payer is asked"), default=1)
    passed_on = models.BooleanField(_("passed on by the earlier payer"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    payer_number = models.CharField(_("payer's claim number"), max_length=50, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    state_at = models.DateTimeField(_("in this state since"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(frequency="1", original__isnull=True)
                | (Q(frequency__in=["7", "8"]) & Q(original__isnull=False)),
                name="claim_correction_names_original",
                violation_error_message=_("A replacement or void names the claim that it corrects."),
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False) | Q(state__in=["draft", "ready", "void"]),
                name="claim_beyond_ready_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(original__isnull=True) | ~Q(original=F("id")), name="claim_corrects_another"
            ),
            models.CheckConstraint(
                condition=Q(rank=1, follows__isnull=True, passed_on=False)
                | Q(rank__in=[2, 3], follows__isnull=False),
                name="claim_to_a_later_payer_follows",
                violation_error_message=_(
                    "A claim to a second payer names the claim that the first answered."
                ),
            ),
        ]
        indexes = [
            # The worklist reads a payer's claims of one state, the oldest first.
            models.Index(fields=["payer", "state", "state_at"], name="claim_worklist"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_claim_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
            pgtrigger.FSM(name="claim_follows_its_states", field="state", transitions=list(stored_changes())),
        ]

    def __str__(self) -> str:
        return f"Claim {self.code}"

    @property
    def was_sent(self) -> bool:
        return self.sent_at is not None


class ClaimMembership(models.Model):
    """One line as one claim asks for it: what is asked is final, and each payer is asked by one live claim at most.

    A draft is changed by taking its memberships out and making others. ``live`` ends when the claim is rejected,
    void or replaced, so that the line may stand in another.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="memberships")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField(_("number on the claim"))
    #: That of its claim: the database writes it.
    rank = models.PositiveSmallIntegerField(_("which payer is asked"), default=1, editable=False)
    live = models.BooleanField(_("counts"), default=True)
    service_date = models.DateField(_("date of service"))
    hcpcs = models.CharField(_("code"), max_length=5)
    modifiers = ArrayField(
        models.CharField(max_length=2), verbose_name=_("modifiers"), default=list, blank=True, size=4
    )
    place_of_service = models.CharField(_("place of service"), max_length=2)
    units = models.PositiveSmallIntegerField(_("units"), default=1, validators=[MinValueValidator(1)])
    charge = models.DecimalField(_("charge (USD)"), max_digits=9, decimal_places=2)
    supervisor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supervised by"),
    )

    class Meta:
        ordering = ["claim", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="claim_position_once"),
            models.UniqueConstraint(fields=["claim", "line"], name="claim_line_once_a_claim"),
            # Asking twice for one session is how a clinic gets into trouble.
            models.UniqueConstraint(
                fields=["line", "rank"],
                condition=Q(live=True),
                name="claim_line_in_one_live_claim_a_payer",
                violation_error_message=_(
                    "This session stands in a live claim already. Replace or void that one."
                ),
            ),
            # A claim has 50 lines at most (X12 005010X222A1, loop 2400).
            models.CheckConstraint(condition=Q(position__range=(1, 50)), name="claim_position_1_to_50"),
            models.CheckConstraint(condition=Q(charge__gte=0), name="claim_charge_not_negative"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="claim_membership_is_final",
                fields=[
                    "claim",
                    "line",
                    "rank",
                    "position",
                    "service_date",
                    "hcpcs",
                    "modifiers",
                    "place_of_service",
                    "units",
                    "charge",
                    "supervisor",
                ],
            ),
            pgtrigger.Trigger(
                name="claim_membership_takes_its_rank",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=RANK_OF_ITS_CLAIM,
            ),
            pgtrigger.Trigger(
                name="claim_membership_kept_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=KEPT_ONCE_SENT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} line {self.position}"


class ClaimOverride(models.Model):
    """The ledger of findings that somebody set aside, with the reason; an entry is never changed.

    ``finding`` and ``sentence`` are what the scrubber said; ``withdraws`` names the entry that this one takes back.
    """

    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="overrides")
    finding = models.CharField(_("finding"), max_length=60)
    sentence = models.CharField(_("what was said"), max_length=500)
    reason = models.CharField(_("reason"), max_length=300)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("as"), max_length=20)
    decided_at = models.DateTimeField(_("decided"))
    withdraws = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawn_by"
    )

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="claim_override_has_reason",
                violation_error_message=_("Write the reason: it is what an auditor will ask for."),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="claim_override_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Override of {self.finding} on {self.line}"
