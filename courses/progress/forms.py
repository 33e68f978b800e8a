"""Forms of this stage: they read what was typed; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import OutcomeMeasure, Review, SupervisionPeriod
from courses.progress.services.outcomes import MEASURES
from patients.forms import plain_dates_and_not_known

UNITS = {
    "angina_per_week": _("a week"),
    "nitroglycerin_per_week": _("a week"),
    "walk_6min_m": "m",
    "dasi": _("points"),
}


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
        self.fields["dasi"].help_text = _("0 to 58.2: the weights of the activities that can be done, added")

    def _post_clean(self) -> None:
        """The service checks the whole record; here only the fields' own forms are checked."""


class ReviewForm(forms.Form):
    """A review and, typed again, the password that signs it."""

    kind = forms.ChoiceField(label=_("Kind of review"), choices=Review.Kind.choices)
    text = forms.CharField(label=_("Assessment"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000)
    decision = forms.ChoiceField(label=_("Decision"), choices=[("", _("Choose")), *Review.Decision.choices])
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Typing it again signs this review under your name."),
    )


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


class EndForm(forms.Form):
    """When a period that was forgotten ended."""

    ended_at = _moment(_("Ended"))


class NoteForm(forms.Form):
    """A time of supervision that is over."""

    mode = forms.ChoiceField(label=_("How"), choices=SupervisionPeriod.Mode.choices)
    started_at = _moment(_("From"))
    ended_at = _moment(_("To"))
