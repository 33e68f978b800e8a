"""What the check before the hour, a hold, and an early end look like on the session's page."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.models import Hold, Session, TreatmentRules, VitalSigns
from courses.treatment.dose import delivered_in, minutes_of
from courses.treatment.gates import asks_for_password
from courses.treatment.limit_rules import Tier
from courses.treatment.limits import LimitFinding, worst_tier
from courses.treatment.precheck import findings_for, holds, vitals_in
from courses.treatment.settling import judged_short
from courses.treatment.short_session import Outcome
from courses.treatment.standing import standing_findings
from eecp_clinic.roles import CLINICAL, Role

TIER_CHIPS = {
    Tier.GO: ("go", _("Go")),
    Tier.LOOK: ("look", _("Look")),
    Tier.HOLD: ("stop", _("Hold")),
}
OUTCOME_CHIPS = {
    Outcome.BILLABLE: ("go", _("Billable by the clinic's rule")),
    Outcome.NOT_BILLABLE: ("stop", _("Not billable by the clinic's rule")),
    Outcome.PHYSICIAN_DECIDES: ("look", _("A physician decides")),
}


def check_of(session: Session, now: datetime) -> dict[str, Any]:
    """The answer of the check, worst first; what stands is shown before anything is charted."""
    standing, signs = standing_findings(session, now), findings_for(session)
    order = [Tier.HOLD, Tier.LOOK, Tier.GO]
    found = sorted((*standing, *signs), key=lambda finding: order.index(finding.tier))
    return {
        "findings": found,
        "is_checked": bool(signs),
        "open_findings": [shown(finding) for finding in found if finding.tier is not Tier.GO],
        "kept_findings": [shown(finding) for finding in found if finding.tier is Tier.GO],
        "holds": holds(found),
        "asks_for_password": asks_for_password(found),
        "verdict": verdict_of(found),
    }


def verdict_of(found: Sequence[LimitFinding]) -> dict[str, Any]:
    """The answer in one line, above the form that it judges."""
    worst = worst_tier(found)
    light, label = TIER_CHIPS[worst]
    count = sum(finding.tier is worst for finding in found)
    if worst is Tier.HOLD:
        text = ngettext(
            "%(count)d point speaks against treating now.",
            "%(count)d points speak against treating now.",
            count,
        )
    elif worst is Tier.LOOK:
        text = ngettext(
            "Nothing stops the start; %(count)d point asks for a look.",
            "Nothing stops the start; %(count)d points ask for a look.",
            count,
        )
    else:
        return {"light": light, "label": label, "text": gettext("Every limit is kept.")}
    return {"light": light, "label": label, "text": text % {"count": count}}


def shown(finding: LimitFinding) -> dict[str, Any]:
    """A finding with the keys of ``partials/_findings.html``."""
    light, label = TIER_CHIPS[finding.tier]
    return {
        "light": light,
        "label": label,
        "sentence": finding.rule,
        "fact": finding.fact,
        "way_out": "" if finding.tier is Tier.GO else finding.way_out,
        "source": finding.source.document,
        "source_url": finding.source.url,
        "version": finding.source.version,
    }


def hold_of(session: Session, roles: frozenset[str], now: datetime) -> dict[str, Any]:
    """The hold that stands, who was told of it, and what this person may do about it."""
    hold = (
        Hold.objects.filter(session=session, released_at=None)
        .select_related("held_by", "seen_by")
        .prefetch_related("notices__practitioner")
        .first()
    )
    if hold is None:
        return {"hold": None}
    clinic = session.course.clinic
    is_today = clinic.day_of(session.appointment.starts_at) == clinic.day_of(now)
    is_physician = Role.PHYSICIAN in roles
    return {
        "hold": hold,
        "notices": list(hold.notices.all()),
        "may_see": is_physician and hold.seen_at is None,
        "may_release": is_physician and is_today,
        "may_make_up": bool(roles & set(CLINICAL)),
    }


def short_of(session: Session) -> dict[str, Any] | None:
    """What the clinic's rule says of a session that ended early; None where the full time was given."""
    if session.ended_at is None or session.stop_reason == Session.StopReason.COMPLETED:
        return None
    rules = TreatmentRules.objects.in_force(session.course.clinic, session.ended_at)
    minutes = session.minutes_delivered if session.is_signed else minutes_of(delivered_in(session))
    found = judged_short(session, rules, minutes)
    light, label = OUTCOME_CHIPS[found.outcome]
    return {
        "light": light,
        "label": label,
        "sentence": found.rule,
        "fact": found.fact,
        "way_out": found.way_out,
        "source": found.source,
    }


#: Fields of the check that are no number of the table of vital signs.
SIGNS_SHOWN = (
    "rhythm",
    "breath_sounds",
    "oedema",
    "angina_since_last",
    "nitroglycerin_since_last",
    "medicines_taken",
    "bladder_emptied",
    "anticoagulated",
    "inr",
    "inr_on",
    "remarks",
)


def signs_shown(session: Session, corrections: Container[str] = ()) -> dict[str, Any]:
    """What was examined and asked before the hour, and the marks of both phases; what is not known, and was not
    corrected since, is left out."""
    row = vitals_in(session, VitalSigns.Phase.BEFORE)
    marks = sorted(
        session.body_marks.all(), key=lambda mark: (mark.phase != VitalSigns.Phase.BEFORE, mark.region)
    )
    return {
        "answers": [
            (name, VitalSigns._meta.get_field(name).verbose_name, value)  # type: ignore[union-attr]
            for name in SIGNS_SHOWN
            if row is not None
            and ((value := _in_words(row, name)) is not None or f"vital_signs/before/{name}" in corrections)
        ],
        "marks": marks,
        "legs_examined": row is not None and row.legs_examined,
    }


def _in_words(row: VitalSigns, name: str) -> Any:
    value = getattr(row, name)
    if value is None or value == "":
        return None
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else value
