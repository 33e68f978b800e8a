"""The fields of a workup: in work order, by group, with units, and how each value reads."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patients.eligibility.wording import day_text
from patients.models import Workup
from patients.models.workup import OpinionReason, Therapy


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A heading and the fields beneath it."""

    title: str | Promise
    names: tuple[str, ...]


GROUPS = (
    FieldGroup(
        _("Angina"),
        ("ccs_class", "ccs_assessed_on", "angina_stability", "stable_since", "angina_is_primary"),
    ),
    FieldGroup(_("Coronary disease and therapy"), ("cad_proven", "medical_therapy_maximal", "therapy_tried")),
    FieldGroup(
        _("Specialist's opinion"), ("opinion_by", "opinion_specialty", "opinion_on", "opinion_reasons")
    ),
    FieldGroup(_("Heart function and calcium"), ("lvef_percent", "nyha_class", "cac_agatston", "cac_on")),
    FieldGroup(_("Diagnoses and record"), ("diagnoses", "history_and_physical_on", "ecg_on")),
    FieldGroup(
        _("This course and earlier ones"),
        (
            "device_kind",
            "prior_sessions_in_course",
            "earlier_course",
            "last_course_ended_on",
            "prior_course_benefit_class_gain",
            "prior_course_benefit_episode_drop_percent",
        ),
    ),
    FieldGroup(_("Notes"), ("notes",)),
)
NAMES = tuple(name for group in GROUPS for name in group.names)
UNITS = {
    "lvef_percent": "%",
    "cac_agatston": "AU",
    "prior_sessions_in_course": _("sessions"),
    "prior_course_benefit_class_gain": _("classes"),
    "prior_course_benefit_episode_drop_percent": "%",
}
_LISTS: dict[str, Any] = {"opinion_reasons": OpinionReason, "therapy_tried": Therapy}


def label(name: str) -> str:
    """What a field is called, as it stands alone."""
    return capfirst(str(Workup._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def shown(workup: Workup, name: str) -> str:
    """A value as people read it, with its unit; empty where not known."""
    value = getattr(workup, name)
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, list):
        labels = dict(_LISTS[name].choices) if name in _LISTS else {}
        return ", ".join(str(labels.get(item, item)) for item in value)
    if hasattr(workup, f"get_{name}_display"):
        return str(getattr(workup, f"get_{name}_display")())
    # A no-break space keeps value and unit on one line.
    return f"{value}\u00a0{UNITS[name]}" if name in UNITS else str(value)
