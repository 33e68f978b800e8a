"""What the page of a merge shows: both records side by side, and what would happen."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from patients.models import Patient
from patients.moving import pointing_at
from patients.phones import shown_phone

_SHOWN = (
    "family_name",
    "given_name",
    "birth_date",
    "sex",
    "mrn",
    "phone",
    "address",
    "city",
    "allergies",
    "alerts",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both records."""

    label: str
    kept: str
    merged: str

    @property
    def differs(self) -> bool:
        return self.kept.casefold() != self.merged.casefold()


def lines_of(kept: Patient, merged: Patient) -> list[Line]:
    return [
        Line(
            str(Patient._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            _text(kept, name),
            _text(merged, name),
        )
        for name in _SHOWN
    ]


def _text(patient: Patient, name: str) -> str:
    value: Any = getattr(patient, name)
    if name == "sex":
        return str(patient.get_sex_display())
    if name == "phone":
        return shown_phone(patient.phone) or _("Not known")
    if name == "birth_date":
        return f"{value:%d-%b-%Y}"
    return str(value) or _("Not known")


def holdings_of(patient: Patient) -> list[str]:
    """What hangs on a record, such as "coverages: 2"."""
    return [f"{rows.name}: {len(rows.ids)}" for rows in pointing_at(patient)]
