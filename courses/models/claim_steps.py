"""What happened to a claim, step by step."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.claim_files import Acknowledgement
from courses.models.claims import Claim
from courses.models.remittances import Remittance
from eecp_clinic.models import User


class ClaimStep(models.Model):
    """One step of ``claim_states``: what happened, when, by whom or by which answer; never changed.

    ``by`` is empty where an answer of the payer was read without a person. ``on``: the day that a person names for it,
    such as that on which an appeal was sent. ``lines``: the codes of the lines that an appeal is about.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps")
    event = models.CharField(_("what happened"), max_length=30)
    from_state = models.CharField(_("from"), max_length=10, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=Claim.State.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField(_("dated"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    lines = ArrayField(
        models.CharField(max_length=12), verbose_name=_("lines it is about"), default=list, blank=True
    )
    acknowledgement = models.ForeignKey(
        Acknowledgement, on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, blank=True, related_name="steps"
    )

    class Meta:
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="claim_step_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.event}"
