"""The form of an amendment, and the one that countersigns: they read what was typed; the services decide."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Amendment
from courses.treatment.amendable import Value


def password_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=help_text,
    )


class AmendForm(forms.Form):
    """A late entry, correction or addendum; which fields count depends on the kind, and the service says so."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Amendment.Kind.choices, widget=forms.RadioSelect)
    field = forms.ChoiceField(label=_("Which value is corrected"), required=False)
    corrected = forms.CharField(
        label=_("Correct value"),
        max_length=2000,
        required=False,
        help_text=_("Without the unit; a time as 09:42. Leave it empty where the right value is not known."),
    )
    happened_at = forms.TimeField(
        label=_("When it happened"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("On the day of the session, where you know it."),
    )
    text = forms.CharField(
        label=_("What is added"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Why it comes after the signature.")
    )
    password = password_field(_("Typing it again signs this amendment under your name."))

    def __init__(self, *args: Any, values: dict[str, Value], zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", _("Choose")), *_grouped(values, zone)]  # type: ignore[attr-defined]

    def amendment(self) -> dict[str, Any]:
        """What the kind needs; what was typed for another kind is left out."""
        values = dict(self.cleaned_data)
        if values["kind"] == Amendment.Kind.CORRECTION:
            values["happened_at"] = None
        else:
            values["field"] = values["corrected"] = ""
        return values


def _grouped(values: dict[str, Value], zone: ZoneInfo) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for path, value in values.items():
        shown = value.shown(value.text, zone) or gettext("Not known")
        groups.setdefault(value.group, []).append((path, f"{value.group} · {value.label}: {shown[:80]}"))
    return list(groups.items())


class CountersignForm(forms.Form):
    """The sessions that a physician read, as CODE.AMENDMENTS so that what is signed is what was shown."""

    sessions = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    password = password_field(_("Typing it again countersigns every session that is ticked, each by itself."))

    def __init__(self, *args: Any, codes: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sessions"].choices = [(code, code) for code in codes or []]  # type: ignore[attr-defined]
