"""The form of a workup: the fields in work order, with units, and what each was last time."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.diagnoses import split_codes
from patients.forms import plain_dates_and_not_known
from patients.models import Workup
from patients.models.workup import OpinionReason, Therapy
from patients.workup_fields import GROUPS, NAMES, UNITS, label, shown


def _is_wide(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple | forms.Textarea)


class DiagnosesField(forms.CharField):
    """Several codes on one line."""

    def clean(self, value: Any) -> list[str]:
        return split_codes(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class WorkupForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What is known today. ``last`` is the workup before, whose values are shown and never copied."""

    opinion_reasons = forms.MultipleChoiceField(
        label=label("opinion_reasons"),
        choices=OpinionReason.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    therapy_tried = forms.MultipleChoiceField(
        label=label("therapy_tried"),
        choices=Therapy.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    diagnoses = DiagnosesField(
        label=label("diagnoses"),
        required=False,
        help_text=_("Several with a comma or a space between, the principal one first: I25.112, I10"),
    )

    class Meta:
        model = Workup
        fields = list(NAMES)
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "prior_course_benefit_class_gain": _("Below zero where classes were lost"),
            "prior_sessions_in_course": _("0 before the first"),
        }

    def __init__(self, *args: Any, last: Workup | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        for name, unit in UNITS.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.last_value = shown(last, name) if last else ""  # type: ignore[attr-defined]

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField], list[forms.BoundField]]]:
        """Headings with their short fields and then those that need a whole line, in work order."""
        for group in GROUPS:
            fields = [self[name] for name in group.names]
            yield (
                str(group.title),
                [field for field in fields if not _is_wide(field)],
                [field for field in fields if _is_wide(field)],
            )

    @classmethod
    def copied(cls, workup: Workup) -> dict[str, Any]:
        """The values of an earlier workup to begin from, without its notes."""
        return {name: getattr(workup, name) for name in NAMES if name != "notes"}
