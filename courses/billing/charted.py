"""What was charted in the hour beside its figures, from the rows to a sheet: events, changes, overrides, the end."""

from datetime import date
from typing import Any

from courses.billing.packet.session_evidence import Happening, Override
from courses.models import HoldOverride, Reading, Session, SettingChange, TreatmentEvent, VitalSigns

#: What is seen, heard and asked, in the order of the sheet.
EXAMINED = (
    "rhythm",
    "breath_sounds",
    "oedema",
    "legs_examined",
    "medicines_taken",
    "bladder_emptied",
    "anticoagulated",
    "inr",
    "inr_on",
    "remarks",
)


def examined_of(row: VitalSigns) -> tuple[tuple[str, str], ...]:
    """Label and value of what was noted; what was not stands nowhere."""
    found = []
    for name in EXAMINED:
        column = VitalSigns._meta.get_field(name)
        value = getattr(row, name)
        if value not in (None, "", False):
            found.append((str(column.verbose_name), _in_words(row, name, value)))  # type: ignore[union-attr]
    return tuple(found)


def _in_words(row: VitalSigns, name: str, value: Any) -> str:
    if value is True:
        return "yes"
    if isinstance(value, date):
        return f"{value:%d-%b-%Y}"
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display is not None else value)


def education_of(session: Session) -> tuple[str, ...]:
    given = [str(Session.Education(code).label) for code in session.education]
    return tuple(given + ([session.education_note] if session.education_note else []))


def event_of(row: TreatmentEvent) -> Happening:
    what = f"{row.get_kind_display()}, {str(row.get_severity_display()).lower()}"
    done = ", ".join(row.actions_display())
    detail = f"{done}. {row.get_outcome_display()}" if row.outcome else done
    return Happening(row.at, what, detail, row.note, row.recorded_by.signing_name, struck_of(row))


def change_of(row: SettingChange) -> Happening:
    before = "not known" if row.from_value is None else str(row.from_value)
    detail = f"{before} to {row.to_value} {row.unit}"
    return Happening(
        row.at, str(row.get_what_display()), detail, row.why, row.recorded_by.signing_name, struck_of(row)
    )


def struck_of(row: TreatmentEvent | SettingChange | Reading) -> str:
    if row.struck_at is None or row.struck_by is None:
        return ""
    return f"{row.struck_by.signing_name}: {row.struck_reason}"


def override_of(row: HoldOverride) -> Override:
    facts = tuple(str(finding.get("fact", "")) for finding in row.findings)
    by = row.decided_by.signing_name
    return Override(
        row.reason, facts, f"{by} (electronically signed)" if row.signature_id else by, row.decided_at
    )
