"""What is typed before the hour: identity, what the monitor shows, what is examined, and what is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from courses.models import Session, VitalSigns
from courses.treatment import body_map
from courses.treatment.forms import with_units
from courses.treatment.precheck import last_vitals, vitals_in
from courses.treatment.services.charting import VITALS_FIELDS
from courses.treatment.weight_field import WeightField, with_pounds
from eecp_clinic.drafts.forms import MergingForm
from patients.forms import plain_dates_and_not_known

#: The order of work at the chair: Tab follows it.
GROUPS = (
    (
        _("Measured"),
        (
            "systolic_mmhg",
            "diastolic_mmhg",
            "heart_rate_bpm",
            "rhythm",
            "spo2_percent",
            "respiratory_rate",
            "breath_sounds",
            "weight_kg",
        ),
    ),
    (_("Legs and hips"), ("legs_examined", "oedema", "skin")),
    (
        _("Asked"),
        (
            "angina_since_last",
            "nitroglycerin_since_last",
            "medicines_taken",
            "bladder_emptied",
            "anticoagulated",
            "inr",
            "inr_on",
            "remarks",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``with_map`` where the body map belongs."""

    title: Any
    fields: list[forms.BoundField]
    with_map: bool


class BeforeForm(MergingForm, forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Identity, vital signs, signs and marks before the hour."""

    prefix = "before"

    identity_checked = forms.BooleanField(
        label=_("Identity checked: the patient said name and date of birth"), required=False
    )

    class Meta:
        model = VitalSigns
        fields = VITALS_FIELDS
        field_classes: ClassVar = {"weight_kg": WeightField}

    field_order = ["identity_checked", *Meta.fields]

    def __init__(self, *args: Any, last: VitalSigns | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        with_units(self, last)
        for name in VITALS_FIELDS:
            self.fields[name].last_value = _last(last, name)  # type: ignore[attr-defined]
        body_map.add_marks(self, last)

    def groups(self) -> Iterator[Group]:
        for title, names in GROUPS:
            yield Group(title, [self[name] for name in names], "oedema" in names)

    def views(self) -> tuple[body_map.View, ...]:
        return body_map.views_of(self)

    def has_marks(self) -> bool:
        return body_map.has_marks(self)

    def vitals(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in VITALS_FIELDS}

    def marks(self) -> dict[str, str]:
        return body_map.marks_in(self.cleaned_data)


def before_form(session: Session, data: Any = None) -> BeforeForm:
    """The form of this session: what is saved, or what was typed; a form that was not sent is not bound."""
    row = vitals_in(session, VitalSigns.Phase.BEFORE)
    marks = body_map.marked_initial(session.body_marks.all(), VitalSigns.Phase.BEFORE)
    return BeforeForm(
        data,
        instance=row or VitalSigns(session=session, phase=VitalSigns.Phase.BEFORE),
        last=last_vitals(session),
        initial={"identity_checked": session.identity_checked, **marks},
    )


def was_sent(data: Any) -> bool:
    """Whether a request carries the form: its other buttons send it too."""
    return any(name.startswith(f"{BeforeForm.prefix}-") for name in data)


def _last(last: VitalSigns | None, name: str) -> str:
    """What was there last time, in words; empty where it is not known."""
    value = getattr(last, name, None) if last else None
    if last is None or value is None or value == "":
        return ""
    if name == "inr_on":
        return date_format(value)
    if name == "weight_kg":
        return with_pounds(value)
    if name == "legs_examined":
        return _now("Yes") if value else ""
    display = getattr(last, f"get_{name}_display", None)
    return str(display()) if display else str(value)
