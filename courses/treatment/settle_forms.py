"""What a clinic settles: its rules, and one limit. Services decide what may be saved."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import ClinicLimit, TreatmentRules

RULES = (
    "coverage_not_current",
    "authorization_used_up",
    "no_supervision",
    "audio_video_supervision",
    "review_overdue",
    "billable_from_minutes",
    "not_billable_under_minutes",
    "short_session_rule",
    "countersignature",
    "daily_mail",
)
WHEN = ("effective_on", "reason")


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """All switches at once, as they are now; what is saved is a new row."""

    class Meta:
        model = TreatmentRules
        fields = [*RULES, *WHEN]
        widgets = {
            "effective_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "short_session_rule": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("billable_from_minutes", "not_billable_under_minutes"):
            self.fields[name].unit = "min"  # type: ignore[attr-defined]
            self.fields[name].help_text = _("Empty: not settled")

    def before_start(self) -> list[forms.BoundField]:
        return [self[name] for name in RULES[:5]]

    def ended_early(self) -> list[forms.BoundField]:
        return [self[name] for name in RULES[5:8]]

    def signing(self) -> list[forms.BoundField]:
        return [self[name] for name in RULES[8:]]

    def when(self) -> list[forms.BoundField]:
        return [self[name] for name in WHEN]


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """What counts for one rule; a sign has no figure."""

    class Meta:
        model = ClinicLimit
        fields = ["standing", "figure", "answer", *WHEN]
        widgets = {"effective_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, unit: str | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = today
        if unit is None:
            del self.fields["figure"]
        else:
            self.fields["figure"].unit = unit  # type: ignore[attr-defined]
            self.fields["figure"].help_text = _("Only with the clinic's own")
