"""What was charted in the hour beside its figures, from the rows to a sheet: events, changes, overrides, the end."""

from courses.billing.session_evidence import Happening, Override
from courses.models import HoldOverride, Reading, Session, SettingChange, TreatmentEvent


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
    return Override(row.reason, facts, row.decided_by.signing_name, row.decided_at)
