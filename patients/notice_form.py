"""Forms of notices, and what they begin with: written from the decision in force, and looked at by a person."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patients.clinic_rules import prices
from patients.forms import plain_dates_and_not_known
from patients.models import Coverage, EligibilityAssessment, Notice, Patient, Payer, PlanDetermination
from patients.prices import estimate

SESSIONS = 35
#: A course of 35 hours, five a week, and a month for hours that are missed.
DURATION = timedelta(weeks=7, days=30)


class _WithCoverage(forms.Form):
    """A form that asks which of the patient's coverages of some kinds it is about."""

    kinds: tuple[str, ...] = ()
    coverage = forms.ModelChoiceField(
        label=_("Coverage"), queryset=Coverage.objects.none(), to_field_name="code", empty_label=None
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["coverage"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = patient.coverages.filter(payer__kind__in=self.kinds).select_related("payer")
        plain_dates_and_not_known(self)


class NoticeForm(_WithCoverage):
    """The blanks D, E and F of an ABN, and for which sessions it is to hold."""

    kinds = (Payer.Kind.ORIGINAL_MEDICARE, Payer.Kind.SELF_PAY)
    service = forms.CharField(label=_("D. What is to be done"), max_length=200)
    reason = forms.CharField(
        label=_("E. Why Medicare may not pay"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In plain words that the patient understands; a reason for each thing named above"),
    )
    sessions = forms.IntegerField(label=_("Sessions"), min_value=1, max_value=100)
    estimate_usd = forms.DecimalField(
        label=_("F. Estimated cost"),
        max_digits=8,
        decimal_places=2,
        help_text=_(
            "Of all these sessions together; it may miss the charge by $100 or 25 %, whichever is more"
        ),
    )
    first_day = forms.DateField(label=_("For sessions from"))
    last_day = forms.DateField(label=_("To"), help_text=_("After this day a new notice is needed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estimate_usd"].unit = "USD"  # type: ignore[attr-defined]


def first_values(assessment: EligibilityAssessment | None, today: date) -> dict[str, Any]:
    """What the notice begins with: the reasons that the decision in force gives."""
    return {
        "service": gettext("%(count)s one-hour sessions of external counterpulsation (EECP)")
        % {"count": SESSIONS},
        "reason": _reasons(assessment) if assessment else "",
        "sessions": SESSIONS,
        "estimate_usd": estimate(prices(), sessions=SESSIONS, on=today).total_usd,
        "first_day": today,
        "last_day": today + DURATION,
    }


def _reasons(assessment: EligibilityAssessment) -> str:
    """The rule and the fact of each required criterion that is not met."""
    found = [
        gettext("Medicare pays only where this holds: %(rule)s On record: %(fact)s")
        % {"rule": finding["sentence"], "fact": finding["fact"]}
        for finding in assessment.decision.get("findings", [])
        if finding["state"] == "not_met" and finding["weight"] == "required"
    ]
    return (
        " ".join([gettext("Medicare pays for this treatment only under its rules."), *found]) if found else ""
    )


class AnswerForm(forms.Form):
    """What the patient chose and signed; or who saw that they would not sign."""

    REFUSED = "refused"
    option = forms.ChoiceField(
        label=_("G. Option chosen"),
        choices=[
            ("", _("Choose what the patient chose")),
            *Notice.Option.choices,
            (REFUSED, _("None: the patient would not sign")),
        ],
    )
    signed_by = forms.CharField(
        label=_("I. Signed by"),
        max_length=120,
        required=False,
        help_text=_("The patient or who acts for them"),
    )
    signed_on = forms.DateField(label=_("J. Date"), required=False)
    witness = forms.CharField(
        label=_("Witness, where the patient would not sign"), max_length=120, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)

    def clean_option(self) -> str:
        """An option, or nothing where the patient would not sign: then a witness is asked for."""
        chosen: str = self.cleaned_data["option"]
        return "" if chosen == self.REFUSED else chosen


class AskPlanForm(_WithCoverage):
    """That the plan was asked, and when: its clock runs from then."""

    kinds = (Payer.Kind.MEDICARE_ADVANTAGE,)
    kind = forms.ChoiceField(label=_("Kind"), choices=PlanDetermination.Kind.choices)
    requested_at = forms.DateTimeField(
        label=_("Asked"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class PlanAnswerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What the plan answered."""

    class Meta:
        model = PlanDetermination
        fields = ["outcome", "answered_on", "number", "sessions", "reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"sessions": _("Where it was approved"), "reason": _("Where it was denied")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["outcome"].required = self.fields["answered_on"].required = True
