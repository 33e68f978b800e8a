"""Forms of the billing setup. They read what was typed; services decide what is kept."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from courses.billing.setup.completeness import physicians
from courses.models import BillingProvider, BillingRules, PayerProfile, PractitionerBilling
from eecp_clinic.models import Clinic, User
from eecp_clinic.models.clinic import validate_npi
from patients.document_forms import GivenFile
from patients.forms import bound, plain_dates_and_not_known
from patients.models import Payer
from patients.opened import RemembersOpened

#: A fee schedule with the codes of a clinic is a few kilobytes; this leaves room for a whole locality's.
MOST_BYTES = 1_000_000
_TWO = RegexValidator(r"\A[0-9A-Z]{2}\Z", _("Two characters each, such as 11 or GA, with commas between."))
_CODES = RegexValidator(
    r"\A[0-9A-Z]{5}(-[0-9A-Z]{5})?\Z", _("Codes or ranges such as 99202-99215, with commas between.")
)


#: The fields of the forms by what they are about.
WHO = ("legal_name", "npi", "tax_id", "tax_id_kind", "taxonomy", "ptan", "accepts_assignment")
WHERE = ("address", "address_2", "city", "state", "postal_code")
PAID_WHERE = ("pay_to_address", "pay_to_city", "pay_to_state", "pay_to_postal_code")
CONTACT = ("contact_name", "contact_phone")
PAPER = ("paper_offset_x_mm", "paper_offset_y_mm")
WAY = (
    "form",
    "receiver_name",
    "receiver_id",
    "receiver_qualifier",
    "submitter_id",
    "submitter_qualifier",
    "filing_code",
    "production",
)
WANTS = (
    "places_of_service",
    "repeat_modifier",
    "refused_modifiers",
    "groups_days",
    "filing_months",
    "same_day_conflicts",
    "needs_authorization",
    "review_days",
    "review_hours",
    "appeal_days",
    "records_days",
)
STANDING = ("source", "owner", "effective_on")
RULES = ("usual_sessions", "months_between_courses", "minimum_gap_minutes")
PACKAGE = ("package_sessions", "package_usd", "payment_terms")
ESTIMATES = (
    "estimate_dispute_usd",
    "estimate_dispute_days",
    "estimate_longest_months",
    "estimate_source",
)
WHEN = ("effective_on", "reason", "source")


class CapitalsField(forms.CharField):
    """One entry of a list, in capitals."""

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value)).upper()


class ProviderForm(RemembersOpened, forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = BillingProvider
        fields = [*WHO, *WHERE, *PAID_WHERE, *CONTACT, *PAPER]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["address"].help_text = _("A street, not a post-office box")
        self.fields["postal_code"].help_text = _("Nine digits")
        for name in ("paper_offset_x_mm", "paper_offset_y_mm"):
            self.fields[name].unit = "mm"  # type: ignore[attr-defined]  # read by partials/_field.html
        self.remember()

    def who(self) -> list[forms.BoundField]:
        return bound(self, *WHO)

    def where(self) -> list[forms.BoundField]:
        return bound(self, *WHERE)

    def paid_where(self) -> list[forms.BoundField]:
        return bound(self, *PAID_WHERE)

    def contact(self) -> list[forms.BoundField]:
        return bound(self, *CONTACT)

    def paper(self) -> list[forms.BoundField]:
        return bound(self, *PAPER)


class PractitionerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What claims say of one physician."""

    npi = forms.CharField(label=_("NPI"), max_length=10, required=False, validators=[validate_npi])

    class Meta:
        model = PractitionerBilling
        fields = ["taxonomy", "ptan"]

    field_order = ["npi", "taxonomy", "ptan"]

    def __init__(self, *args: Any, practitioner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practitioner = practitioner
        self.fields["npi"].initial = practitioner.npi


class ProfileForm(RemembersOpened, forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    places_of_service = SimpleArrayField(
        CapitalsField(validators=[_TWO]),
        label=_("Places of service it pays"),
        required=False,
        help_text=_("11 office, 49 independent clinic; commas between"),
    )
    refused_modifiers = SimpleArrayField(
        CapitalsField(validators=[_TWO]),
        label=_("Modifiers it refuses"),
        required=False,
        help_text=_("Such as GA; commas between"),
    )
    same_day_conflicts = SimpleArrayField(
        CapitalsField(validators=[_CODES]),
        label=_("Codes that must not share a date"),
        required=False,
        help_text=_("Codes, or ranges such as 99202-99215; commas between"),
    )

    class Meta:
        model = PayerProfile
        fields = [*WAY, *WANTS, *STANDING]

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["owner"] = forms.ModelChoiceField(
            label=_("Who keeps it true"),
            queryset=User.objects.filter(memberships__clinic=clinic, is_active=True).distinct(),
            required=False,
            empty_label=_("Not known"),
        )
        units = {
            "filing_months": _("months"),
            "review_days": _("days"),
            "review_hours": "h",
            "appeal_days": _("days"),
            "records_days": _("days"),
        }
        for name, unit in units.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]  # read by partials/_field.html
        self.remember()

    def way(self) -> list[forms.BoundField]:
        return bound(self, *WAY)

    def wants(self) -> list[forms.BoundField]:
        return bound(self, *WANTS)

    def standing(self) -> list[forms.BoundField]:
        return bound(self, *STANDING)


class FeeFileForm(forms.Form):
    """A CSV file, and whose amounts it holds."""

    file = GivenFile("text/csv,.csv", label=_("CSV file, as a spreadsheet saves it"))
    payer = forms.ModelChoiceField(
        label=_("Whose amounts"),
        queryset=Payer.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("What the clinic charges"),
        help_text=_("Choose a payer where the file holds what that payer allows"),
    )
    source = forms.CharField(
        label=_("Where this comes from"),
        max_length=300,
        help_text=_("Such as: our price list of 01-Jan-2026, or the payer's file with its date"),
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(clinic=clinic).exclude(kind=Payer.Kind.SELF_PAY)
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]  # a field of choices

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 1 MB. Leave only the codes that you bill, and upload it again.")
            )
        return file


class BillingRulesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """All of them at once, as they are now; what is saved is a new row."""

    class Meta:
        model = BillingRules
        fields = [*RULES, *PACKAGE, *ESTIMATES, *WHEN]
        widgets = {"payment_terms": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        units = {
            "usual_sessions": _("sessions"),
            "months_between_courses": _("months"),
            "minimum_gap_minutes": "min",
            "package_sessions": _("sessions"),
            "package_usd": "USD",
            "estimate_dispute_usd": "USD",
            "estimate_dispute_days": _("days"),
            "estimate_longest_months": _("months"),
        }
        for name, unit in units.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]  # read by partials/_field.html

        self.fields["package_usd"].label = _("Price of the package")
        self.fields["estimate_dispute_usd"].label = _("Bill above the estimate that can be disputed, from")

    def course(self) -> list[forms.BoundField]:
        return bound(self, *RULES)

    def package(self) -> list[forms.BoundField]:
        return bound(self, *PACKAGE)

    def estimates(self) -> list[forms.BoundField]:
        return bound(self, *ESTIMATES)

    def when(self) -> list[forms.BoundField]:
        return bound(self, *WHEN)


def practitioner_forms(clinic: Clinic, data: Any = None) -> list[PractitionerForm]:
    """One form a physician; the prefix tells them apart."""
    return [
        PractitionerForm(
            data, practitioner=user, instance=getattr(user, "billing", None), prefix=f"of-{user.username}"
        )
        for user in physicians(clinic)
    ]
