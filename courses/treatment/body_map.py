"""The map of legs and hips: one choice a place, drawn from the front and from the back.

The drawing is for the eye and the finger: a tap on a place leads to its field. The fields alone are enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import BodyMark, VitalSigns
from courses.models.examination import MarkKind, Region

PREFIX = "mark_"
#: Outlines of one leg in a field of 120 by 212, the patient's right seen from the front; the other is its mirror.
OUTLINES = {
    "hip": "M24 8H58V44H19Q17 24 24 8Z",
    "thigh": "M19 47H58L55 98H25Z",
    "knee": "M26 101H54L53 121H28Z",
    "shin": "M28 124H53L49 181H34Z",
    "foot": "M34 184H49L52 201Q40 209 27 201Z",
    "buttock": "M24 8H58V50H18Q16 26 24 8Z",
    "thigh_back": "M18 53H58L55 112H25Z",
    "calf": "M26 115H54L49 181H33Z",
    "heel": "M34 184H49L50 203Q41 209 33 203Z",
}
VIEWS = (
    (_("Front"), ("hip", "thigh", "knee", "shin", "foot"), "right"),
    (_("Back"), ("buttock", "thigh_back", "calf", "heel"), "left"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One place in the drawing, with its field."""

    label: Any
    outline: str
    is_mirrored: bool
    kind: str
    field: forms.BoundField


@dataclass(frozen=True, slots=True)
class View:
    """One drawing: its name, which side of the patient stands left in it, and its places."""

    name: Any
    left_side: Any
    right_side: Any
    parts: tuple[Part, ...]


def add_marks(form: forms.BaseForm, last: VitalSigns | None = None) -> None:
    """One field a place into ``form``; what was marked at the phase of ``last`` is shown beside it."""
    before = {}
    if last is not None:
        rows = last.session.body_marks.all()
        before = {row.region: row.get_kind_display() for row in rows if row.phase == last.phase}
    for region in Region:
        field = forms.ChoiceField(
            label=region.label, choices=[("", _("Unmarked")), *MarkKind.choices], required=False
        )
        field.last_value = before.get(region, "")  # type: ignore[attr-defined]
        form.fields[PREFIX + region] = field


def marked_initial(marks: Iterable[BodyMark], phase: str) -> dict[str, str]:
    """What the fields show of marks that are saved."""
    return {PREFIX + mark.region: mark.kind for mark in marks if mark.phase == phase}


def has_marks(form: forms.BaseForm) -> bool:
    """Whether the map has to be seen: something is marked, or has to be looked at again."""
    names = [name for name in form.fields if is_mark(name)]
    return any(form[name].value() or form[name].errors for name in names)


def is_mark(name: str) -> bool:
    return name.startswith(PREFIX)


def marks_in(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """A kind by region, of a form that is valid."""
    return {name.removeprefix(PREFIX): kind for name, kind in cleaned.items() if is_mark(name) and kind}


def views_of(form: forms.BaseForm) -> tuple[View, ...]:
    """The two drawings, with what the form shows now."""
    sides = {"left": _("Left"), "right": _("Right")}
    return tuple(
        View(
            name,
            sides[first],
            sides["left" if first == "right" else "right"],
            tuple(
                _part(form, f"{side}_{place}", place, is_mirrored=side != first)
                for place in places
                for side in (first, "left" if first == "right" else "right")
            ),
        )
        for name, places, first in VIEWS
    )


def _part(form: forms.BaseForm, region: str, place: str, *, is_mirrored: bool) -> Part:
    field = form[PREFIX + region]
    return Part(field.label, OUTLINES[place], is_mirrored, str(field.value() or ""), field)
