"""Forms of this stage: they read what was typed; the services decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, ExceptionNote, OutcomeMeasure, Review
from courses.progress.dasi_words import ACTIVITIES
from courses.progress.services.outcomes import MEASURES
from patients.forms import plain_dates_and_not_known

UNITS = {
    "angina_per_week": _("a week"),
    "nitroglycerin_per_week": _("a week"),
    "walk_6min_m": "m",
    "dasi": _("points"),
    "la_volume_ml_m2": "ml/m²",
}
#: In which part of the page each measure stands.
PARTS = (
    (
        _("How the patient is"),
        ("measured_on", "feels", "ccs_class", "angina_per_week", "nitroglycerin_per_week"),
    ),
    (_("Walking and effort"), ("walk_6min_m", "dasi", "nyha_class", "rose_dyspnoea")),
    (_("Echo"), ("e_over_e_prime", "diastolic_grade", "la_volume_ml_m2")),
    (
        _("Scores of licensed questionnaires"),
        ("saq7_score", "sf12_physical", "sf12_mental", "eq5d_index", "eq5d_vas"),
    ),
)
_WRITTEN = {True: "yes", False: "no", None: ""}
_ANSWERS = [("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))]


class OutcomeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What was measured at one point of a course."""

    class Meta:
        model = OutcomeMeasure
        fields = ["measured_on", *MEASURES]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        for name, unit in UNITS.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]  # read by partials/_field.html
        self.fields["dasi"].help_text = _(
            "0 to 58.2; computed where the twelve activities below are answered"
        )
        self.fields["rose_dyspnoea"].help_text = _("How many of its four questions were answered yes")
        known: dict[str, bool | None] = self.instance.dasi_answers or {}
        for code, label in ACTIVITIES.items():
            self.fields[f"dasi_{code}"] = forms.ChoiceField(
                label=label,
                choices=_ANSWERS,
                required=False,
                initial=_WRITTEN[known.get(code)],
            )
        if known and not self.is_bound:
            self.initial["dasi"] = None  # the answers make it; a typed one would have to agree with them

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(label, [self[name] for name in names]) for label, names in PARTS]

    @property
    def activities(self) -> list[forms.BoundField]:
        return [self[f"dasi_{code}"] for code in ACTIVITIES]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, with the twelve answers together."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("dasi_")}
        answers = {code: self.cleaned_data.get(f"dasi_{code}") for code in ACTIVITIES}
        return {
            **given,
            "dasi_answers": {code: answer == "yes" for code, answer in answers.items() if answer},
        }

    def _post_clean(self) -> None:
        """The service checks the whole record; here only the fields' own forms are checked."""


class ReviewForm(forms.Form):
    """A review and, typed again, the password that signs it."""

    kind = forms.ChoiceField(label=_("Kind of review"), choices=Review.Kind.choices)
    text = forms.CharField(label=_("Assessment"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000)
    decision = forms.ChoiceField(label=_("Decision"), choices=[("", _("Choose")), *Review.Decision.choices])
    pressure_target_mmhg = forms.IntegerField(
        label=_("New pressure target"), required=False, min_value=80, max_value=350
    )
    timing = forms.CharField(
        label=_("New timing"),
        required=False,
        max_length=200,
        help_text=_("In words, such as: inflate 20 ms later"),
    )
    extra_sessions = forms.IntegerField(label=_("More sessions"), required=False, min_value=1, max_value=44)
    end_reason = forms.ChoiceField(
        label=_("Why the course ends"), required=False, choices=[("", "–"), *Course.EndReason.choices]
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Typing it again signs this review under your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pressure_target_mmhg"].unit = "mmHg"  # type: ignore[attr-defined]
        self.fields["extra_sessions"].unit = _("sessions")  # type: ignore[attr-defined]

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "text", "decision")]

    @property
    def changes(self) -> list[forms.BoundField]:
        """What only one of the decisions needs."""
        return [self[name] for name in ("pressure_target_mmhg", "timing", "extra_sessions", "end_reason")]


class WhyForm(forms.Form):
    """Why an hour differs from what was prescribed, and for which other hours of the course the same is true."""

    why = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose")), *ExceptionNote.Why.choices])
    text = forms.CharField(label=_("Note"), required=False, max_length=300)
    also = forms.MultipleChoiceField(
        label=_("The same reason also for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``others``: the code of each hour that has no reason yet, and the hour in words."""
        super().__init__(*args, **kwargs)
        also = self.fields["also"]
        assert isinstance(also, forms.MultipleChoiceField)  # noqa: S101  # declared above
        also.choices = list(others)
        if not others:
            also.widget = forms.MultipleHiddenInput()


class DiaryForm(forms.Form):
    """One day of the diary."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    episodes = forms.IntegerField(label=_("Times with angina"), min_value=0, max_value=50)
    nitroglycerin = forms.IntegerField(label=_("Times nitroglycerin was taken"), min_value=0, max_value=50)
