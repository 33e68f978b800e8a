"""The values of a signed session that can be corrected, read from what was signed.

A value is named by its path in the signed content: 'ended_at', 'vital_signs/before/systolic_mmhg',
'readings/2026-11-23T15:20:00+00:00/pressure_mmhg'. A row is found by what tells it from the others, because row numbers
are not part of what is signed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.models import Pause, Reading, Session, SettingChange, TreatmentEvent, VitalSigns

#: Columns of the session itself that a person charted.
OF_SESSION = (
    "started_at",
    "ended_at",
    "stop_reason",
    "identity_checked",
    "skin_after",
    "symptoms",
    "comments",
    "without_recording_reason",
    "stop_note",
    "education_note",
    "left_how",
    "next_confirmed",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a session in its signed content: which column tells them apart, and which are not what was charted."""

    name: str
    model: type[models.Model]
    key: str
    title: Any
    named_by: str
    not_charted: frozenset[str] = frozenset()


PARTS = (
    Part("vital_signs", VitalSigns, "phase", _("Vital signs"), "phase", frozenset({"recorded_at"})),
    Part("readings", Reading, "at", _("Reading"), "at", frozenset({"device_minutes"})),
    Part("events", TreatmentEvent, "code", _("Event"), "at", frozenset({"recorded_at"})),
    Part(
        "changes", SettingChange, "code", _("Change of a setting"), "at", frozenset({"recorded_at", "unit"})
    ),
    Part("pauses", Pause, "started_at", _("Pause"), "started_at"),
)
UNITS = {
    "systolic_mmhg": "mmHg",
    "diastolic_mmhg": "mmHg",
    "pressure_mmhg": "mmHg",
    "heart_rate_bpm": "bpm",
    "spo2_percent": "%",
    "respiratory_rate": "/min",
    "weight_kg": "kg",
    "inflation_ms": "ms",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it was signed. ``text`` is plain ('128', '2026-11-23T15:00:00+00:00', ''), empty is not known."""

    path: str
    group: str
    label: str
    column: "models.Field[Any, Any]"
    text: str

    @property
    def is_time(self) -> bool:
        return isinstance(self.column, models.DateTimeField)

    def shown(self, text: str, zone: ZoneInfo) -> str:
        """``text``, a value of this column, as a person reads it; empty for not known."""
        if not text:
            return ""
        if self.is_time:
            return date_format(datetime.fromisoformat(text).astimezone(zone), "d-M-Y H:i:s")
        if self.column.flatchoices:
            return str(dict(self.column.flatchoices).get(text, text))
        if isinstance(self.column, models.BooleanField):
            return str(_("yes") if text == "true" else _("no"))
        unit = UNITS.get(self.column.name, "")
        return f"{text} {unit}" if unit else text


def values_of(session: Session) -> dict[str, Value]:
    """Every value of a signed session that can be corrected, by its path, in the order of the sheet."""
    if session.signature is None:
        return {}
    content = json.loads(session.signature.content)
    zone = session.course.clinic.zone
    found = [*_of_session(content), *(value for part in PARTS for value in _of_rows(part, content, zone))]
    return {value.path: value for value in found}


def _of_session(content: Mapping[str, Any]) -> Iterator[Value]:
    for name in OF_SESSION:
        if name in content:
            yield _value(Session, name, name, str(_("The hour")), content[name])


def _of_rows(part: Part, content: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Value]:
    for row in content.get(part.name, []):
        group = f"{part.title}, {_row_name(part, row[part.named_by], zone)}"
        for name, value in row.items():
            if name != part.key and _is_charted(part, name):
                yield _value(part.model, name, f"{part.name}/{row[part.key]}/{name}", group, value)


def _is_charted(part: Part, name: str) -> bool:
    """A value of its own that a person charted: no name, no list, no mark that a row is struck."""
    column = part.model._meta.get_field(name)
    one_value = not isinstance(column, models.ForeignKey | models.JSONField | ArrayField)
    return one_value and name not in part.not_charted and not name.startswith("struck_")


def _row_name(part: Part, key: str, zone: ZoneInfo) -> str:
    column = part.model._meta.get_field(part.named_by)
    if isinstance(column, models.DateTimeField):
        return date_format(datetime.fromisoformat(key).astimezone(zone), "H:i:s")
    return str(dict(column.flatchoices).get(key, key))  # type: ignore[union-attr]


def _value(model: type[models.Model], name: str, path: str, group: str, value: Any) -> Value:
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)  # noqa: S101  # the signed content holds columns only
    label = str(column.verbose_name)
    return Value(path, group, label[:1].upper() + label[1:], column, plain(value))


def plain(value: Any) -> str:
    """A value of the signed content as text; what is not known is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
