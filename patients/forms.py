"""Forms: they read what was typed. What may be saved is decided by the services, whose refusals they show."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from eecp_clinic.errors import ClinicError
from patients.clinic_rules import policy_book
from patients.models import Coverage, Patient, Payer, Workup

_YES_NO = [("unknown", _("Not known")), ("true", _("Yes")), ("false", _("No"))]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, even if it is empty; None where nothing was."""
    return request.POST if request.method == "POST" else None


def show_refusal(form: forms.BaseForm, error: ClinicError) -> None:
    """Put a service's sentences beneath the fields they speak of."""
    problems = error.data.get("fields") or {NON_FIELD_ERRORS: [error.message]}
    for name, sentences in problems.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def _bound(form: forms.BaseForm, *names: str) -> list[forms.BoundField]:
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


class PatientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Who the patient is and how to reach them."""

    class Meta:
        model = Patient
        fields = [
            "family_name",
            "given_name",
            "birth_date",
            "sex",
            "mrn",
            "phone",
            "email",
            "address",
            "city",
            "state",
            "postal_code",
            "allergies",
            "alerts",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)

    def who(self) -> list[forms.BoundField]:
        return _bound(self, "family_name", "given_name", "birth_date", "sex", "mrn")

    def reach(self) -> list[forms.BoundField]:
        return _bound(self, "phone", "email", "address", "city", "state", "postal_code")

    def know(self) -> list[forms.BoundField]:
        return _bound(self, "allergies", "alerts")

    def _get_validation_exclusions(self) -> set[str]:
        # The clinic is not in the form, but an MRN is unique within it.
        return {name for name in super()._get_validation_exclusions() if name != "clinic"}  # type: ignore[misc]


class RegisterForm(PatientForm):
    """A new patient; the box appears when somebody alike is registered already."""

    confirmed = forms.BooleanField(
        label=_("This is another person: register them as a new patient"), required=False
    )


class PayerForm(forms.ModelForm):  # type: ignore[type-arg]
    """An insurer and the policy by which it decides."""

    policy_id = forms.ChoiceField(label=_("Coverage policy"), required=False)

    class Meta:
        model = Payer
        fields = ["name", "kind", "payer_id", "policy_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = {policy.id: policy.title for policy in policy_book().policies}
        self.fields["policy_id"] = forms.ChoiceField(
            label=_("Coverage policy"),
            required=False,
            choices=[("", _("By the kind of payer, where one follows from it")), *sorted(titles.items())],
            help_text=_("Original Medicare, Medicare Advantage and self-pay have theirs by kind."),
        )

    def _get_validation_exclusions(self) -> set[str]:
        # The clinic is not in the form, but a payer's name is unique within it.
        return {name for name in super()._get_validation_exclusions() if name != "clinic"}  # type: ignore[misc]


class CoverageForm(forms.ModelForm):  # type: ignore[type-arg]
    """One insurance of the patient."""

    class Meta:
        model = Coverage
        fields = [
            "payer",
            "priority",
            "member_id",
            "starts_on",
            "ends_on",
            "medicare_beneficiary",
            "abn_option",
            "ma_denial_on",
        ]
        help_texts = {
            "member_id": _(
                "Original Medicare: the 11 characters of the Medicare card, such as 1EG4-TE5-MK73"
            ),
            "priority": _("1 pays first"),
            "ends_on": _("Empty: no end is known"),
            "medicare_beneficiary": _("Matters where the patient pays alone"),
            "abn_option": _("Original Medicare, on form CMS-R-131"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"] = forms.ModelChoiceField(
            label=_("Payer"),
            queryset=Payer.objects.filter(clinic=self.instance.patient.clinic),
            to_field_name="code",
            empty_label=_("Choose a payer"),
        )
        if self.instance.payer_id:
            self.initial["payer"] = self.instance.payer.code
        plain_dates_and_not_known(self)

    def payment(self) -> list[forms.BoundField]:
        return _bound(self, "payer", "priority", "member_id", "starts_on", "ends_on")

    def medicare(self) -> list[forms.BoundField]:
        return _bound(self, "medicare_beneficiary", "abn_option", "ma_denial_on")


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
