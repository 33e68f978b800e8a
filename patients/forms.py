"""Forms: they read what was typed. What may be saved is decided by the services, whose refusals they show."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from eecp_clinic.errors import ClinicError
from patients.models import Coverage, Patient, Workup

_YES_NO = [("unknown", _("Not known")), ("true", _("Yes")), ("false", _("No"))]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, even if it is empty; None where nothing was."""
    return request.POST if request.method == "POST" else None


def given_files(request: HttpRequest) -> "MultiValueDict[str, UploadedFile] | None":
    """The files of a form that was sent; None where nothing was."""
    return request.FILES if request.method == "POST" else None


def show_refusal(form: forms.BaseForm, error: ClinicError) -> None:
    """Put a service's sentences beneath the fields they speak of."""
    problems = error.data.get("fields") or {NON_FIELD_ERRORS: [error.message]}
    for name, sentences in problems.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def bound(form: forms.BaseForm, *names: str) -> list[forms.BoundField]:
    return [form[name] for name in names]


def plain_dates_and_not_known(form: forms.BaseForm) -> None:
    """Native date pickers, and "Not known" wherever a choice may be left open."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        elif isinstance(field, forms.NullBooleanField):
            field.widget = forms.NullBooleanSelect()
            field.widget.choices = _YES_NO
        elif isinstance(field, forms.TypedChoiceField) and not field.required:
            given: Any = field.choices
            field.choices = [("", _("Not known")), *[choice for choice in given if choice[0] != ""]]


class AssessForm(forms.Form):
    """What to judge, and for which day."""

    workup = forms.ModelChoiceField(label=_("Workup"), queryset=Workup.objects.none(), to_field_name="code")
    coverage = forms.ModelChoiceField(
        label=_("Coverage"),
        queryset=Coverage.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("Not known"),
    )
    as_of = forms.DateField(
        label=_("Date of the first session"),
        help_text=_("The version of the policy that holds on this day decides"),
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (
            ("workup", patient.workups.all()),
            ("coverage", patient.coverages.select_related("payer")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = queryset
        plain_dates_and_not_known(self)


class SignForm(forms.Form):
    """The password, typed again, is the signature."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Typing it again signs this decision under your name."),
    )
