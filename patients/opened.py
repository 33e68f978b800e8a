"""Forms that remember what they showed, so that two people can edit one record and neither loses what they typed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext

from eecp_clinic.errors import ClinicError
from patients.forms import show_refusal


@dataclass(frozen=True, slots=True)
class Side:
    """One field that two people changed."""

    label: str
    theirs: str
    mine: str


class RemembersOpened(forms.BaseForm):
    """A model form whose hidden fields hold the values that it showed when it was opened."""

    #: What somebody else saved meanwhile beside what was typed here; for the page.
    sides: list[Side]

    def remember(self) -> None:
        self.sides = []
        for field in self.fields.values():
            field.show_hidden_initial = True

    def opened(self) -> dict[str, Any]:
        """The values that were shown, by field; nothing of a field whose hidden one did not come back."""
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            sent = self.data.get(self[name].html_initial_name)
            if sent is None:
                continue
            try:
                values[name] = field.to_python(sent)
            except ValidationError:
                continue  # tampered with: the value that is saved now decides
        return values

    def show_stale(self, error: ClinicError) -> None:
        """Show both values, and take what is saved now for what was shown: saving again is meant."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        for name, theirs in error.data["theirs"].items():
            field = self[name]
            data[field.html_initial_name] = "" if theirs is None else str(field.field.prepare_value(theirs))
            self.sides.append(
                Side(str(field.label), _shown(field, theirs), _shown(field, self.cleaned_data[name]))
            )
        self.data = data
        show_refusal(self, error)


def _shown(field: forms.BoundField, value: Any) -> str:
    """A value in the words of its field."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if value in (None, ""):
        return gettext("Not known")
    choices = getattr(field.field, "choices", None)
    if choices is not None and not isinstance(field.field, forms.ModelChoiceField):
        return str(dict(choices).get(value, value))
    return f"{value:%d-%b-%Y}" if hasattr(value, "year") else str(value)
