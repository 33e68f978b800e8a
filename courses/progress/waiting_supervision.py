"""What waits of supervision: gaps that nobody has explained, one row a day, and open logs, one row a practitioner."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.progress.supervision_board import LOOK_BACK, LogState, log_states, open_logs, recent_gaps
from courses.progress.supervision_days import SessionGaps, periods_between
from courses.progress.waiting_facts import About, People, fact_of
from courses.progress.work_items import Group, Kind
from eecp_clinic.roles import Role


def supervision_waits(people: People, now: datetime) -> Iterator[About]:
    """Gaps that nobody has explained, and logs of days that are over without a signature."""
    clinic = people.clinic
    periods = periods_between(clinic, now - LOOK_BACK, now + timedelta(seconds=1))
    gaps: dict[date, list[tuple[SessionGaps, datetime]]] = {}
    for one in recent_gaps(clinic, periods, now):
        if not one.is_explained and not one.is_running and one.session.ended_at is not None:
            day = clinic.day_of(one.session.ended_at)
            gaps.setdefault(day, []).append((one, one.session.ended_at))
    yield from (_gaps(people, day, found) for day, found in gaps.items())
    logs: dict[int, list[LogState]] = {}
    for log in open_logs(clinic, log_states(clinic, periods, now), now):
        logs.setdefault(log.practitioner.pk, []).append(log)
    yield from (about for own in logs.values() if (about := _logs(people, own)) is not None)


def _gaps(people: People, day: date, found: Sequence[tuple[SessionGaps, datetime]]) -> About:
    """The sessions of one day that nobody covered: one cause stands behind most, so they are one row."""
    clinic, since = people.clinic, min(ended_at for _one, ended_at in found)
    if len(found) > 1:
        fact = fact_of(people, Kind.GAP, f"{day}", since, Group.PHYSICIAN)
        detail = _("%(n)d sessions of %(day)s") % {"n": len(found), "day": date_format(day, "D d-M-Y")}
        return About(fact, None, reverse("courses:supervision"), detail)
    ((one, _ended_at),) = found
    session = one.session
    spans = ", ".join(
        f"{clinic.local(gap.interval.start):%H:%M} to {clinic.local(gap.interval.end):%H:%M}"
        for gap in one.gaps
    )
    fact = fact_of(people, Kind.GAP, session.code, since, Group.PHYSICIAN)
    url = reverse("courses:supervision-gap", args=[session.code])
    return About(fact, session.course.patient, url, _("nobody noted %(spans)s") % {"spans": spans})


def _logs(people: People, own: Sequence[LogState]) -> About | None:
    """All open logs of one practitioner as one row, the oldest first in them; of somebody who has left nobody signs them."""
    oldest, who = own[0], own[0].practitioner
    person = people.named(who.pk, Role.PHYSICIAN)
    if person is None or oldest.open_since is None:
        return None
    fact = fact_of(people, Kind.LOG, who.username, oldest.open_since, Group.PHYSICIAN, person=person)
    day = date_format(oldest.day, "D d-M-Y")
    if len(own) == 1:
        return About(
            fact, None, reverse("courses:supervision-log", args=[oldest.day.isoformat(), who.username]), day
        )
    detail = _("%(n)d days, the oldest %(day)s") % {"n": len(own), "day": day}
    return About(fact, None, reverse("courses:supervision-logs", args=[who.username]), detail)
