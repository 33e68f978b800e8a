"""Forms about who pays: payers, coverages, what a payer said, what it approved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_rules import policy_book
from patients.forms import bound, plain_dates_and_not_known
from patients.models import Coverage, Payer, PriorAuthorization, Verification
from patients.models.coverage import SUBSCRIBER_FIELDS, SUBSCRIBER_TEXTS
from patients.opened import RemembersOpened


def ask_why(form: forms.BaseForm) -> None:
    """A claim went out with what is to be changed: the page asks for the reason, which comes back as ``because``."""
    form.fields["because"] = forms.CharField(
        label=_("Why it is corrected although it was billed"), max_length=300, required=False
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
    """One insurance of the patient, and whose plan it is."""

    at_patients_address = forms.BooleanField(
        label=_("Lives at the patient's address, which is copied"), required=False
    )

    class Meta:
        model = Coverage
        fields = [
            "payer",
            "priority",
            "member_id",
            "group_number",
            "starts_on",
            "ends_on",
            "secondary_reason",
            "relationship",
            *SUBSCRIBER_FIELDS,
            "medicare_beneficiary",
            "abn_option",
            "ma_denial_on",
        ]
        help_texts = {
            "member_id": _(
                "Original Medicare: the 11 characters of the Medicare card, such as 1EG4-TE5-MK73"
            ),
            "priority": _("1 pays first"),
            "group_number": _("As on the card; Medicare has none"),
            "relationship": _("Where the plan gives each person a member id of their own: Self"),
            "ends_on": _("Empty: no end is known"),
            "medicare_beneficiary": _("Matters where the patient pays alone"),
            "secondary_reason": _("Original Medicare with priority 2 or 3: a claim to it must say why"),
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

    def clean(self) -> dict[str, Any]:
        """Nobody else is named where the patient is the subscriber; an address that is the patient's is copied."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        copies = values.pop("at_patients_address", False)
        if values.get("relationship") == Coverage.Relationship.SELF:
            values |= dict.fromkeys(SUBSCRIBER_TEXTS, "") | {"subscriber_birth_date": None}
        elif copies:
            values |= self._patients_address()
        return values

    def _patients_address(self) -> dict[str, str]:
        patient = self.instance.patient
        if not patient.address:
            self.add_error(
                "at_patients_address",
                _(
                    "The patient's own address is not on file. Type the subscriber's, or enter the patient's first."
                ),
            )
            return {}
        return {
            f"subscriber_{name}": getattr(patient, name)
            for name in ("address", "city", "state", "postal_code")
        }

    def payment(self) -> list[forms.BoundField]:
        names = ("payer", "priority", "member_id", "group_number", "starts_on", "ends_on", "secondary_reason")
        return bound(self, *names)

    def subscriber(self) -> list[forms.BoundField]:
        """Who it is, where it is not the patient."""
        return bound(
            self, *(f"subscriber_{name}" for name in ("family_name", "given_name", "birth_date", "sex"))
        )

    def subscribers_address(self) -> list[forms.BoundField]:
        names = ("address", "city", "state", "postal_code")
        return bound(self, "at_patients_address", *(f"subscriber_{name}" for name in names))

    def correction(self) -> list[forms.BoundField]:
        return bound(self, "because") if "because" in self.fields else []

    def medicare(self) -> list[forms.BoundField]:
        return bound(self, "medicare_beneficiary", "abn_option", "ma_denial_on")


class EditCoverageForm(RemembersOpened, CoverageForm):
    """A coverage as it is kept; remembers what it showed when it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember()


class VerificationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who asked whom about a coverage, and what was said."""

    class Meta:
        model = Verification
        fields = ["way", "outcome", "spoken_with", "reference", "said"]
        widgets = {"said": forms.Textarea(attrs={"rows": 4})}


class AuthorizationForm(RemembersOpened, forms.ModelForm):  # type: ignore[type-arg]
    """A payer's approval of a number of sessions."""

    class Meta:
        model = PriorAuthorization
        fields = ["number", "starts_on", "ends_on", "sessions_approved", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.remember()

    def _get_validation_exclusions(self) -> set[str]:
        # The coverage is not in the form, but a number is unique within it.
        return {name for name in super()._get_validation_exclusions() if name != "coverage"}  # type: ignore[misc]
