"""What a clinic has settled about billing where no public source in force does. Rows are added, never changed."""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.settled import Settled
from eecp_clinic.models import Clinic


class BillingRulesQuerySet(models.QuerySet["BillingRules"]):
    def in_force(self, clinic: Clinic, at: datetime) -> "BillingRules":
        """What the clinic had settled at this moment; the defaults, not saved, where it never settled anything."""
        rows = self.filter(clinic=clinic).select_related("owner")
        return BillingRules.newest_of(rows, clinic, at)


class BillingRules(Settled):
    """All of them in each row; the newest whose day has come is in force. ``source`` empty: to be confirmed."""

    usual_sessions = models.PositiveSmallIntegerField(
        _("sessions of a usual course"),
        default=35,
        help_text=_("Beyond it a notice is due and the line is looked at"),
    )
    months_between_courses = models.PositiveSmallIntegerField(
        _("months between two courses"),
        default=12,
        help_text=_("From the last session of one to the first of the next; earlier is looked at"),
    )
    minimum_gap_minutes = models.PositiveSmallIntegerField(
        _("minutes between two sessions of a day"),
        null=True,
        blank=True,
        help_text=_("Empty: none is asked for"),
    )
    package_sessions = models.PositiveSmallIntegerField(
        _("sessions of a self-pay package"), null=True, blank=True
    )
    package_usd = models.DecimalField(
        _("price of the package (USD)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    payment_terms = models.CharField(
        _("terms on an invoice"),
        max_length=300,
        blank=True,
        help_text=_("When and how it is to be paid, what is paid back of sessions not given"),
    )
    estimate_dispute_usd = models.PositiveIntegerField(
        _("a bill can be disputed from this much above the estimate (USD)"),
        null=True,
        blank=True,
        help_text=_("Empty: the figure that comes with the program, to be confirmed"),
    )
    estimate_dispute_days = models.PositiveSmallIntegerField(
        _("days from the bill to begin a dispute"), null=True, blank=True
    )
    estimate_longest_months = models.PositiveSmallIntegerField(
        _("months that one estimate covers at most"), null=True, blank=True
    )
    estimate_source = models.CharField(
        _("where the figures of estimates come from"),
        max_length=300,
        blank=True,
        help_text=_("The rule, and who read it for the clinic. Empty: to be confirmed"),
    )
    source = models.CharField(
        _("where this comes from"),
        max_length=300,
        blank=True,
        help_text=_("A contractor's article, a contract. Empty: to be confirmed"),
    )

    objects = BillingRulesQuerySet.as_manager()

    class Meta(Settled.Meta):
        verbose_name_plural = _("billing rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(usual_sessions__range=(1, 200)),
                name="billing_rules_sessions_1_to_200",
                violation_error_message=_("A usual course has 1 to 200 sessions."),
            ),
            models.CheckConstraint(
                condition=Q(months_between_courses__lte=60),
                name="billing_rules_months_to_60",
                violation_error_message=_("Between two courses lie 0 to 60 months."),
            ),
            models.CheckConstraint(
                condition=Q(package_sessions__isnull=True, package_usd__isnull=True)
                | Q(package_sessions__isnull=False, package_usd__isnull=False)
                & Q(package_sessions__range=(1, 200), package_usd__gt=0),
                name="billing_rules_package_whole",
                violation_error_message=_(
                    "A package has a number of sessions, 1 to 200, and a price above 0: enter both, or neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(estimate_source="")
                | Q(
                    estimate_dispute_usd__isnull=False,
                    estimate_dispute_days__isnull=False,
                    estimate_longest_months__range=(1, 60),
                ),
                name="billing_rules_estimate_whole",
                violation_error_message=_(
                    "Whoever confirms the figures of estimates enters all three: amount, days, and 1 to 60 months."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="billing_rules_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Billing rules from {self.effective_on or 'the beginning'}"

    @staticmethod
    def newest_of(rows: Iterable["BillingRules"], clinic: Clinic, at: datetime) -> "BillingRules":
        """Of rows that are fetched, newest first as they are ordered: the one in force at that moment."""
        day = clinic.day_of(at)
        mine = (row for row in rows if row.clinic_id == clinic.pk)
        found = (row for row in mine if row.effective_on <= day and row.settled_at <= at)
        return next(found, None) or BillingRules(clinic=clinic)
