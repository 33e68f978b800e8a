"""Outcome measures: one set at each point of a course, corrected in place with its history kept."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Course, OutcomeMeasure, Session
from courses.progress.dasi import HIGHEST, dasi_score
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role
from patients.eligibility.wording import day_text
from patients.services import records

#: What can be measured; the day and the point stand beside them.
MEASURES = (
    "feels",
    "ccs_class",
    "angina_per_week",
    "nitroglycerin_per_week",
    "walk_6min_m",
    "dasi",
    "nyha_class",
    "rose_dyspnoea",
    "e_over_e_prime",
    "diastolic_grade",
    "la_volume_ml_m2",
    "saq7_score",
    "sf12_physical",
    "sf12_mental",
    "eq5d_index",
    "eq5d_vas",
)
#: What stands for "not measured": an empty choice is one too, a zero is not.
NOTHING: tuple[object, ...] = (None, "")


@transaction.atomic
def record_outcome(
    *, course: Course, point: str, values: Mapping[str, Any], actor: User, now: datetime
) -> OutcomeMeasure:
    """Write or correct what was measured at ``point``. Raises NotAllowed, InvalidInput."""
    require_role(actor, course.clinic, *CLINICAL)
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)  # one at a time: the row may not exist
    outcome = OutcomeMeasure.objects.filter(course=course, point=point).first()
    known = outcome or OutcomeMeasure(course=course, point=point)
    values = _with_dasi(values)
    _refuse(course, known, values, now)
    fields = {name: values[name] for name in ("measured_on", *MEASURES, "dasi_answers") if name in values}
    if outcome is None:
        for name, value in {**fields, "recorded_by": actor}.items():
            setattr(known, name, value)
        records.insert(known)
        changed = sorted(fields)
    else:
        changed = records.change(known, {**fields, "recorded_by": actor})
    if changed:
        audit.record(
            "outcome.recorded" if outcome is None else "outcome.corrected",
            subject=f"course:{course.code}",
            actor=actor,
            clinic=course.clinic,
            at=now,
            point=point,
            fields=changed,
        )
    return known


def _with_dasi(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The score of the twelve answers in place of a typed one. Raises InvalidInput where the two cannot both hold."""
    answers = {
        code: answer for code, answer in (values.get("dasi_answers") or {}).items() if answer is not None
    }
    if not answers:
        return {**values, "dasi_answers": {}} if "dasi_answers" in values else values
    score, typed = dasi_score(answers), values.get("dasi")
    if score is None:
        sentence = gettext("%(n)d of the 12 activities are answered. Answer all of them, or none.") % {
            "n": len(answers)
        }
        raise records.refusal({"dasi": [sentence]})
    if typed is not None and Decimal(str(typed)) != score:
        sentence = gettext(
            "The twelve answers make %(score)s points, and %(typed)s was typed. Empty the score: the answers count."
        ) % {"score": score, "typed": typed}
        raise records.refusal({"dasi": [sentence]})
    return {**values, "dasi": score, "dasi_answers": answers}


def _refuse(course: Course, outcome: OutcomeMeasure, values: Mapping[str, Any], now: datetime) -> None:
    problems: records.Problems = {}
    today = course.clinic.day_of(now)
    problems |= records.future_days(OutcomeMeasure, dict(values), ["measured_on"], today)
    if all(values.get(name) in NOTHING for name in MEASURES):
        problems |= records.whole(
            gettext("Nothing was measured. Enter at least one value, or leave the page.")
        )
    dasi = values.get("dasi")
    if dasi is not None and not 0 <= Decimal(str(dasi)) <= HIGHEST:
        problems["dasi"] = [
            gettext("A DASI score lies between 0 and %(highest)s. Add the weights again.")
            % {"highest": HIGHEST}
        ]
    problems |= _late_baseline(course, outcome, values)
    if problems:
        raise records.refusal(problems)


def _late_baseline(course: Course, outcome: OutcomeMeasure, values: Mapping[str, Any]) -> records.Problems:
    """What was measured after treatment began is not what was before it."""
    day = values.get("measured_on")
    if day is None or outcome.point != OutcomeMeasure.Point.BASELINE:
        return {}
    first = Session.objects.filter(course=course, started_at__isnull=False).order_by("started_at").first()
    if first is None or first.started_at is None or day <= course.clinic.day_of(first.started_at):
        return {}
    sentence = gettext(
        "Treatment began on %(day)s: what was measured later does not show how the patient was before it. "
        "Enter it as the middle or the end, or correct the date."
    ) % {"day": day_text(course.clinic.day_of(first.started_at))}
    return {"measured_on": [sentence]}


def require_point(point: str) -> str:
    """``point`` where it is one. Raises InvalidInput."""
    if point not in OutcomeMeasure.Point.values:
        raise InvalidInput(gettext("Outcomes are measured before, in the middle, at the end and later."))
    return point
