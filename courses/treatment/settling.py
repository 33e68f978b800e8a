"""The clinic's limits and rules as the pure rules take them, in force at one moment."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from courses.models import ClinicLimit, Session, TreatmentRules
from courses.treatment.clinic_limits import ClinicFigure, with_clinic
from courses.treatment.gates import Gate, Gates
from courses.treatment.limit_rules import Limits, Source, Tier
from courses.treatment.limits_file import packaged_limits
from courses.treatment.short_session import ShortFinding, ShortRule, judge
from eecp_clinic.models import Clinic

#: The fields of the rules that are gates, as ``gates`` names them.
GATES = ("coverage_not_current", "authorization_used_up", "no_supervision", "review_overdue")


def newest_of(rules: Iterable[TreatmentRules], clinic: Clinic, at: datetime) -> TreatmentRules | None:
    """Of rows that are fetched already, newest first as they are ordered: the one in force at that moment."""
    day = clinic.day_of(at)
    mine = (row for row in rules if row.clinic_id == clinic.pk)
    return next((row for row in mine if row.effective_on <= day and row.settled_at <= at), None)


def limits_at(clinic: Clinic, at: datetime) -> Limits:
    """The published limits with what the clinic had set instead."""
    rows = ClinicLimit.objects.in_force(clinic, at)
    own = [figure_of(row) for row in rows if row.standing != ClinicLimit.Standing.PUBLISHED]
    return with_clinic(packaged_limits(), own)


def figure_of(row: ClinicLimit) -> ClinicFigure:
    is_off = row.standing == ClinicLimit.Standing.OFF
    return ClinicFigure(
        code=row.rule,
        figure=None if is_off else row.figure,
        tier=Tier.GO if is_off else Tier(row.answer),
        owner=row.owner.signing_name,
        effective=row.effective_on,
        reason=row.reason,
    )


def gates_of(rules: TreatmentRules) -> Gates:
    """What stops and what warns before a start."""
    return Gates(
        gates={name: Gate(getattr(rules, name)) for name in GATES},
        audio_video_allowed=rules.audio_video_supervision,
        source=source_of(rules),
    )


def short_rule_of(rules: TreatmentRules | None) -> ShortRule:
    """The rule for sessions that end early; an empty one where the clinic settled nothing."""
    if rules is None or rules._state.adding:
        return ShortRule()
    return ShortRule(
        billable_from=rules.billable_from_minutes,
        not_billable_under=rules.not_billable_under_minutes,
        text=rules.short_session_rule,
        owner=rules.owner.signing_name,
        effective=rules.effective_on,
    )


def judged_short(session: Session, rules: TreatmentRules | None, minutes: Decimal | None) -> ShortFinding:
    """What these rules say of a session that is over; ``minutes`` were delivered."""
    return judge(
        ended_early=session.stop_reason != Session.StopReason.COMPLETED,
        minutes=minutes,
        ordered=session.course.order.session_minutes,
        rule=short_rule_of(rules),
    )


def source_of(rules: TreatmentRules) -> Source:
    """Whose rules these are, and since when."""
    if rules._state.adding:
        return Source("The program's default: the clinic has settled nothing yet", "", "clinic", "")
    return Source(
        f"The clinic's rules, {rules.owner.signing_name}", "", "clinic", f"{rules.effective_on:%d-%b-%Y}"
    )
