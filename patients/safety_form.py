"""The form of a safety screening: one field for each fact that the rules look at, in the order of the examination."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, get_type_hints

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.forms import plain_dates_and_not_known
from patients.models import SafetyScreening, Workup
from patients.safety import SafetyFacts


@dataclass(frozen=True, slots=True)
class Group:
    title: str | Promise
    names: tuple[str, ...]


GROUPS = (
    Group(
        _("Rhythm, heart and valves"),
        (
            "triggering_arrhythmia",
            "pacemaker_or_bundle_branch_block",
            "unstable_angina",
            "decompensated_heart_failure",
            "lvef_percent",
            "left_main_disease",
            "nonischaemic_cardiomyopathy",
            "aortic_regurgitation_moderate_or_severe",
            "severe_valve_disease",
            "congenital_heart_disease",
        ),
    ),
    Group(
        _("Vessels and bleeding"),
        (
            "aortic_aneurysm_or_dissection",
            "aortic_diameter_cm",
            "severe_leg_artery_disease",
            "active_thrombophlebitis",
            "deep_vein_thrombosis_or_embolism",
            "varicose_veins_or_stasis_ulcer",
            "bleeding_diathesis",
            "not_anticoagulated",
            "inr",
        ),
    ),
    Group(
        _("Lungs, pregnancy, recent procedures"),
        (
            "severe_lung_disease",
            "pregnancy_possible",
            "no_recent_arterial_puncture",
            "arterial_puncture_on",
            "no_recent_infarction_or_bypass",
            "infarction_or_bypass_on",
        ),
    ),
    Group(
        _("Today"),
        (
            "systolic_mmhg",
            "diastolic_mmhg",
            "heart_rate_bpm",
        ),
    ),
)
UNITS = {
    "lvef_percent": "%",
    "aortic_diameter_cm": "cm",
    "systolic_mmhg": "mmHg",
    "diastolic_mmhg": "mmHg",
    "heart_rate_bpm": _("beats/min"),
}
LABELS = {
    "triggering_arrhythmia": _("Arrhythmia that disturbs triggering"),
    "pacemaker_or_bundle_branch_block": _("Pacemaker or bundle-branch block"),
    "unstable_angina": _("Unstable angina"),
    "decompensated_heart_failure": _("Decompensated heart failure"),
    "lvef_percent": _("LVEF"),
    "left_main_disease": _("Left main disease"),
    "nonischaemic_cardiomyopathy": _("Non-ischaemic cardiomyopathy"),
    "aortic_regurgitation_moderate_or_severe": _("Aortic regurgitation, moderate or severe"),
    "severe_valve_disease": _("Other severe valve disease"),
    "congenital_heart_disease": _("Congenital heart disease"),
    "aortic_aneurysm_or_dissection": _("Aneurysm or dissection of the aorta"),
    "aortic_diameter_cm": _("Aortic diameter"),
    "severe_leg_artery_disease": _("Severe disease of the leg arteries"),
    "active_thrombophlebitis": _("Active thrombophlebitis"),
    "deep_vein_thrombosis_or_embolism": _("Deep vein thrombosis or embolism, now or before"),
    "varicose_veins_or_stasis_ulcer": _("Varicose veins or stasis ulcer"),
    "bleeding_diathesis": _("Tendency to bleed"),
    "not_anticoagulated": _("Takes no anticoagulant"),
    "inr": _("INR"),
    "severe_lung_disease": _("Severe lung disease or pulmonary hypertension"),
    "pregnancy_possible": _("Pregnant, or may be"),
    "no_recent_arterial_puncture": _("No catheterisation or arterial puncture lately"),
    "arterial_puncture_on": _("Last arterial puncture on"),
    "no_recent_infarction_or_bypass": _("No infarction or bypass lately"),
    "infarction_or_bypass_on": _("Last infarction or bypass on"),
    "systolic_mmhg": _("Systolic pressure"),
    "diastolic_mmhg": _("Diastolic pressure"),
    "heart_rate_bpm": _("Heart rate"),
}
#: Facts of one day, which a later screening never begins with.
TODAYS = GROUPS[-1].names


class ScreeningForm(forms.Form):
    """What is known today; empty is not known."""

    as_of = forms.DateField(label=_("Day of the examination"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = get_type_hints(SafetyFacts)
        for group in GROUPS:
            for name in group.names:
                self.fields[name] = _field(kinds[name])
                self.fields[name].label = LABELS[name]
                self.fields[name].unit = UNITS.get(name, "")  # type: ignore[attr-defined]
        plain_dates_and_not_known(self)

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        for group in GROUPS:
            yield str(group.title), [self[name] for name in group.names]


def _field(kind: Any) -> forms.Field:
    if kind == bool | None:
        return forms.NullBooleanField(required=False)
    if kind == date | None:
        return forms.DateField(required=False)
    if kind == int | None:
        return forms.IntegerField(required=False, min_value=0, max_value=999)
    return forms.FloatField(required=False, min_value=0, max_value=999)


def first_values(last: SafetyScreening | None, workup: Workup | None) -> dict[str, Any]:
    """What a new screening begins with: standing facts of the last one, else what the workup says."""
    names = [spec.name for spec in fields(SafetyFacts) if spec.name not in (*TODAYS, "as_of")]
    if last is not None:
        return {name: last.facts.get(name) for name in names}
    values: dict[str, Any] = {}
    if workup is not None:
        values["lvef_percent"] = workup.lvef_percent
        if workup.angina_stability:
            values["unstable_angina"] = workup.angina_stability == Workup.Stability.UNSTABLE
    return values


class OverrideForm(forms.Form):
    """Why the patient is treated all the same; the password, typed again, is the signature."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
