"""The forms of the page on which a chart from elsewhere is looked at: prefilled, each value with its source."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models import Clinic
from patients.coverage_forms import CoverageForm
from patients.eligibility.wording import day_text
from patients.fhir.reading.found import Findings, FoundCoverage, Value
from patients.fhir.sources import sources_text
from patients.models import Coverage, Patient, Payer, Workup
from patients.person_forms import PatientForm
from patients.workup_form import WorkupForm

NEW = "new"


def _initial(values: tuple[Value, ...]) -> dict[str, Any]:
    return {value.name: value.value for value in values}


def _show_sources(form: forms.BaseForm, values: tuple[Value, ...]) -> None:
    for value in values:
        if value.name in form.fields:
            form.fields[value.name].source = sources_text(value.sources)  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """Whose chart it is: a new patient's, or one's who is registered already."""

    patient = forms.ChoiceField(label=_("Whose chart this is"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, alike: list[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            (one.code, f"{one.board_name}, {day_text(one.birth_date)}, {_('MRN')} {one.mrn}") for one in alike
        ]
        field = self.fields["patient"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [*known, (NEW, _("Somebody else: register a new patient"))]
        if not alike:
            self.initial["patient"] = NEW


class TakenCoverageForm(CoverageForm):
    """One coverage of the file; only one that is ticked is read."""

    take = forms.BooleanField(label=_("Take over this coverage"), required=False)

    def is_taken(self) -> bool:
        field = self["take"]
        return bool(field.value()) if self.is_bound else bool(self.initial.get("take"))


class ChartForms:
    """All forms of the page: whose chart it is, the patient, each coverage, the workup."""

    def __init__(
        self, findings: Findings, clinic: Clinic, alike: list[Patient], posted: QueryDict | None
    ) -> None:
        self.target = TargetForm(posted, prefix="target", alike=alike)
        self.person = PatientForm(
            posted, prefix="person", instance=Patient(clinic=clinic), initial=_initial(findings.person)
        )
        _show_sources(self.person, findings.person)
        payers = list(Payer.objects.filter(clinic=clinic))
        self.coverages = [
            self._coverage(number, found, clinic, payers, posted)
            for number, found in enumerate(findings.coverages)
        ]
        self.workup = WorkupForm(
            posted, prefix="workup", instance=Workup(), initial=_initial(findings.workup)
        )
        _show_sources(self.workup, findings.workup)

    @staticmethod
    def _coverage(
        number: int, found: FoundCoverage, clinic: Clinic, payers: list[Payer], posted: QueryDict | None
    ) -> TakenCoverageForm:
        payer = next((one for one in payers if one.name.casefold() == found.payer_name.casefold()), None)
        initial = {"priority": None, **_initial(found.values), "payer": payer.code if payer else None}
        # What lacks its first day or its payer is offered, and taken only by whoever fills that in.
        initial["take"] = payer is not None and found.value("starts_on") is not None
        instance = Coverage(patient=Patient(clinic=clinic))
        form = TakenCoverageForm(posted, prefix=f"coverage-{number}", instance=instance, initial=initial)
        _show_sources(form, found.values)
        return form

    @property
    def is_new(self) -> bool:
        return bool(self.target["patient"].value() == NEW)

    def taken(self) -> dict[int, TakenCoverageForm]:
        return {number: form for number, form in enumerate(self.coverages) if form.is_taken()}

    def used(self) -> list[forms.BaseForm]:
        """The forms that have to be right for what was chosen."""
        used: list[forms.BaseForm] = [self.target, self.workup, *self.taken().values()]
        return [*used, self.person] if self.is_new else used

    def are_valid(self) -> bool:
        # Each is asked, so that every problem is shown at once.
        answers = [form.is_valid() for form in self.used()]
        return all(answers)

    def part(self, name: str) -> forms.BaseForm:
        """The form of a refusal's part."""
        if name.startswith("coverage-"):
            return self.coverages[int(name.removeprefix("coverage-"))]
        return {"person": self.person, "workup": self.workup}.get(name, self.target)
