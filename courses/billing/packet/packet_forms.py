"""What part of a course a packet holds, and a payer's request for records."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Claim, ClaimLine, Course, RecordsRequest
from patients.forms import plain_dates_and_not_known


class ScopeForm(forms.Form):
    """Nothing given is the whole course; both days, or one claim, or some lines of it."""

    first_day = forms.DateField(label=_("Sessions from"), required=False)
    last_day = forms.DateField(label=_("Sessions to"), required=False)
    claim = forms.ModelChoiceField(
        Claim.objects.none(), label=_("Only the sessions of claim"), required=False, to_field_name="code"
    )
    lines = forms.ModelMultipleChoiceField(
        ClaimLine.objects.none(), label=_("Only its lines"), required=False, to_field_name="code"
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].queryset = Claim.objects.filter(course=course)  # type: ignore[attr-defined]  # a field of choices
        self.fields["lines"].queryset = ClaimLine.objects.filter(session__course=course)  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if (first is None) != (last is None) or (first and last and last < first):
            raise forms.ValidationError(_("Give both days, the first not after the last, or neither."))
        if first and cleaned.get("claim"):
            raise forms.ValidationError(_("Give either days or a claim."))
        cleaned["lines"] = [line.code for line in cleaned.get("lines", ())]
        return cleaned


class RecordsRequestForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = RecordsRequest
        fields = ["number", "asked_by", "address", "received_on", "due_on", "claim"]
        help_texts = {
            "number": _("As the letter has it"),
            "asked_by": _("The contractor or plan that wrote the letter"),
            "due_on": _("As the letter says. Empty: by the payer's number of days, if it is known"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].queryset = Claim.objects.filter(course=self.instance.course)  # type: ignore[attr-defined]  # a field of choices
        plain_dates_and_not_known(self)
        self.fields["claim"].empty_label = _("The whole course")  # type: ignore[attr-defined]  # django-stubs knows no choice fields here
