"""Forms about a person: registering, editing."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from patients.forms import bound, plain_dates_and_not_known
from patients.models import Patient
from patients.opened import RemembersOpened

WHO = ("family_name", "given_name", "birth_date", "sex", "mrn")
REACH = ("phone", "other_phone", "email", "address", "city", "state", "postal_code")
EMERGENCY = ("emergency_name", "emergency_relation", "emergency_phone")
VISIT = ("language", "needs_interpreter", "preferred_from", "preferred_until", "distance_miles")
KNOW = ("allergies", "alerts")
CLAIMS = ("from_accident",)


class PatientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Who the patient is, how to reach them, and what to know before every session."""

    class Meta:
        model = Patient
        fields = [*WHO, *REACH, *EMERGENCY, *VISIT, *KNOW, *CLAIMS]
        widgets = {
            "preferred_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "preferred_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["distance_miles"].unit = _("miles")  # type: ignore[attr-defined]

    def who(self) -> list[forms.BoundField]:
        return bound(self, *WHO)

    def reach(self) -> list[forms.BoundField]:
        return bound(self, *REACH)

    def emergency(self) -> list[forms.BoundField]:
        return bound(self, *EMERGENCY)

    def visit(self) -> list[forms.BoundField]:
        return bound(self, *VISIT)

    def know(self) -> list[forms.BoundField]:
        return bound(self, *KNOW)

    def claims(self) -> list[forms.BoundField]:
        return bound(self, *CLAIMS)

    @property
    def fold_is_open(self) -> bool:
        """Whether something below the fold was refused, or typed."""
        below = {*REACH, *EMERGENCY, *VISIT, *KNOW, *CLAIMS}
        return bool(below & set(self.errors)) or (self.is_bound and bool(below & set(self.changed_data)))

    def _get_validation_exclusions(self) -> set[str]:
        # The clinic is not in the form, but an MRN is unique within it.
        return {name for name in super()._get_validation_exclusions() if name != "clinic"}  # type: ignore[misc]


class RegisterForm(PatientForm):
    """A new patient; the box appears when somebody alike is registered already."""

    confirmed = forms.BooleanField(
        label=_("This is another person: register them as a new patient"), required=False
    )


class EditPatientForm(RemembersOpened, PatientForm):
    """A patient as they are registered; remembers what it showed when it was opened."""

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.remember()


class MergeForm(forms.Form):
    """What makes somebody sure."""

    reason = forms.CharField(
        label=_("How do you know that both are one person?"),
        max_length=200,
        help_text=_("For example: same photo identification, seen today; same Medicare number"),
    )
