"""The marks on legs and hips of one phase, as a person sees them now."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.models import BodyMark, Session
from courses.models.examination import MarkKind, Region
from courses.treatment.locks import lock_for, note
from courses.treatment.services.charting import CHART
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User


@transaction.atomic
def mark_legs(
    *, session: Session, phase: str, marks: Mapping[str, str], actor: User, now: datetime
) -> list[BodyMark]:
    """Let the marks of ``phase`` be ``marks``, a kind by region; a region that is not in it is unmarked.

    Raises InvalidInput for a region or kind that there is not, Conflict where the session does not allow it.
    """
    locked = lock_for(session, CHART[phase])
    _refuse_unknown(marks)
    there = {mark.region: mark for mark in BodyMark.objects.filter(session=locked, phase=phase)}
    gone = [mark.pk for region, mark in there.items() if region not in marks]
    BodyMark.objects.filter(pk__in=gone).delete()
    changed = bool(gone)
    for region, kind in marks.items():
        mark = there.get(region)
        if mark is not None and mark.kind == kind:
            continue
        mark = mark or BodyMark(session=locked, phase=phase, region=region)
        mark.kind, mark.recorded_by, mark.recorded_at = kind, actor, now
        mark.save()
        changed = True
    if changed:
        note("session.legs_marked", locked, actor, now, phase=phase, marks=dict(marks))
    return list(BodyMark.objects.filter(session=locked, phase=phase))


def _refuse_unknown(marks: Mapping[str, str]) -> None:
    if not (marks.keys() <= set(Region.values) and set(marks.values()) <= set(MarkKind.values)):
        raise InvalidInput(
            gettext("There is no such place or mark on the body map. Load the page again."),
            code="unknown_mark",
        )
