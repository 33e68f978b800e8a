"""What waits at a clinic, and for whom: the facts from the record, the rules in ``work_items``."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Course, Hold, Session, TreatmentOrder
from courses.progress.due import outcomes_due
from courses.progress.waiting_courses import CourseWaits, course_waits
from courses.progress.waiting_facts import About, People, fact_of, people_of
from courses.progress.waiting_supervision import supervision_waits
from courses.progress.work_items import Group, Item, Kind, Load, items, loads, waits_for
from courses.scheduling.calendar import day_bounds
from courses.treatment.countersigning import waiting_for
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from patients.models import EligibilityAssessment, Patient

LABELS = {
    Kind.HOLD: gettext_lazy("Session held"),
    Kind.MID_COURSE: gettext_lazy("Mid-course review"),
    Kind.SUMMARY: gettext_lazy("Course summary"),
    Kind.DECISION: gettext_lazy("Coverage decision"),
    Kind.ORDER: gettext_lazy("Order"),
    Kind.COUNTERSIGN: gettext_lazy("Countersignature"),
    Kind.EARLY: gettext_lazy("Not better at two weeks"),
    Kind.GAP: gettext_lazy("Supervision gap"),
    Kind.LOG: gettext_lazy("Supervision logs"),
    Kind.UNSIGNED: gettext_lazy("Session not signed"),
    Kind.EXCEPTIONS: gettext_lazy("Exceptions to explain"),
    Kind.OUTCOMES: gettext_lazy("Outcomes due"),
}
ACTIONS = {
    Kind.HOLD: gettext_lazy("Look at the hold"),
    Kind.MID_COURSE: gettext_lazy("Review and sign"),
    Kind.SUMMARY: gettext_lazy("Sum up and sign"),
    Kind.DECISION: gettext_lazy("Read and sign"),
    Kind.ORDER: gettext_lazy("Read and sign"),
    Kind.COUNTERSIGN: gettext_lazy("Read and countersign"),
    Kind.EARLY: gettext_lazy("Look and review"),
    Kind.GAP: gettext_lazy("Explain it"),
    Kind.LOG: gettext_lazy("Read and sign"),
    Kind.UNSIGNED: gettext_lazy("Open the session"),
    Kind.EXCEPTIONS: gettext_lazy("Choose why"),
    Kind.OUTCOMES: gettext_lazy("Enter them"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits as the page shows it. ``patient`` None: it is about a day, not about a person."""

    item: Item
    patient: Patient | None
    detail: str
    who: Any
    url: str

    @property
    def what(self) -> Any:
        return LABELS[self.item.fact.kind]

    @property
    def action(self) -> Any:
        return ACTIONS[self.item.fact.kind]

    @property
    def due_since(self) -> datetime:
        return self.item.fact.since

    @property
    def late(self) -> str:
        """'3 days late', or empty."""
        days = self.item.days_late
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days} if days else ""


def waiting(clinic: Clinic, now: datetime) -> list[Waiting]:
    """Everything that waits at this clinic, what is due first standing first; in a fixed number of queries."""
    people = people_of(clinic)
    found = [
        *_decisions(people),
        *_orders(people),
        *_courses(people, now),
        *_holds(people),
        *_countersignatures(people),
        *_unsigned_sessions(people, now),
        *supervision_waits(people, now),
        *_outcomes(people, now),
    ]
    return in_order(found, people, now)


def in_order(found: Sequence[About], people: People, now: datetime) -> list[Waiting]:
    about = {id(one.fact): one for one in found}
    return [
        Waiting(item, one.patient, one.detail, people.who(one.fact), one.url)
        for item in items([one.fact for one in found], people.clinic.day_of(now))
        for one in (about[id(item.fact)],)
    ]


def mine(rows: Iterable[Waiting], person: User, roles: Iterable[str]) -> list[Waiting]:
    """What waits for this person: by name, or as anybody of a role that they hold."""
    held = frozenset(roles)
    return [row for row in rows if waits_for(row.item.fact, person.pk, held)]


def loads_of(rows: Sequence[Waiting]) -> tuple[Load, ...]:
    return loads([row.item for row in rows])


def _decisions(people: People) -> Iterator[About]:
    rows = (
        EligibilityAssessment.objects.in_force()
        .filter(patient__clinic=people.clinic, signature__isnull=True)
        .defer("facts", "decision")
        .select_related("patient")
    )
    for row in rows:
        fact = fact_of(people, Kind.DECISION, row.code, row.made_at, Group.PHYSICIAN)
        yield About(fact, row.patient, reverse("patients:assessment", args=[row.patient.code, row.code]))


def _orders(people: People) -> Iterator[About]:
    rows = TreatmentOrder.objects.filter(patient__clinic=people.clinic, signature__isnull=True)
    for row in rows.select_related("patient"):
        person = people.named(row.ordered_by_id, Role.PHYSICIAN)
        fact = fact_of(people, Kind.ORDER, row.code, row.ordered_at, Group.PHYSICIAN, person=person)
        yield About(fact, row.patient, reverse("courses:order", args=[row.code]))


def _courses(people: People, now: datetime) -> Iterator[About]:
    for waits in course_waits(people.clinic, now):
        yield from _of_course(people, waits)


def _of_course(people: People, waits: CourseWaits) -> Iterator[About]:
    course: Course = waits.course
    physician = people.named(course.order.ordered_by_id, Role.PHYSICIAN)
    given = _("%(done)d of %(total)d sessions given") % {
        "done": waits.given,
        "total": course.sessions_ordered,
    }
    review = reverse("courses:review", args=[course.code])
    for kind, since, due_on in waits.reviews:
        fact = fact_of(people, kind, course.code, since, Group.PHYSICIAN, person=physician, due_on=due_on)
        yield About(fact, course.patient, f"{review}?kind={REVIEW_KINDS[kind]}", given)
    if waits.not_better_since is not None:
        fact = fact_of(
            people, Kind.EARLY, course.code, waits.not_better_since, Group.PHYSICIAN, person=physician
        )
        yield About(fact, course.patient, f"{review}?kind=progress", waits.not_better)
    if waits.unexplained_since is not None:
        fact = fact_of(people, Kind.EXCEPTIONS, course.code, waits.unexplained_since, Group.NURSE)
        found = ngettext("%(n)d exception", "%(n)d exceptions", waits.unexplained) % {"n": waits.unexplained}
        yield About(fact, course.patient, f"{course.get_absolute_url()}#exceptions-title", found)


REVIEW_KINDS = {Kind.MID_COURSE: "mid_course", Kind.SUMMARY: "final"}


def _holds(people: People) -> Iterator[About]:
    """Sessions that were held, until a physician has looked at them."""
    rows = Hold.objects.filter(session__course__clinic=people.clinic, seen_at=None)
    for row in rows.select_related("session__course__patient", "held_by"):
        fact = fact_of(people, Kind.HOLD, row.session.code, row.held_at, Group.PHYSICIAN)
        detail = _("by %(name)s: %(reason)s") % {"name": row.held_by.short_name, "reason": row.reason}
        yield About(fact, row.session.course.patient, row.session.get_absolute_url(), detail)


def _countersignatures(people: People) -> Iterator[About]:
    rows = waiting_for(people.clinic).select_related("course__patient", "course__order", "signature")
    for row in rows.defer("signature__content"):
        if row.signature is None:
            continue
        fact = fact_of(
            people,
            Kind.COUNTERSIGN,
            row.code,
            row.signature.signed_at,
            Group.PHYSICIAN,
            not_person=row.signature.signer_id,
        )
        yield About(fact, row.course.patient, reverse("courses:countersign-list"), _session(row))


def _session(row: Session) -> str:
    if row.number is None:
        return ""
    return _("session %(number)d of %(total)d") % {
        "number": row.number,
        "total": row.course.sessions_ordered,
    }


def _unsigned_sessions(people: People, now: datetime) -> Iterator[About]:
    """Sessions that ended before today: until then their nurse is still at it."""
    today = people.clinic.day_of(now)
    rows = (
        Session.objects.of(people.clinic)
        .filter(state=Session.State.ENDED, ended_at__lt=day_bounds(people.clinic, today)[0])
        .select_related("course__patient", "course__order")
    )
    for row in rows:
        if row.ended_at is None:
            continue
        person = people.named(row.opened_by_id, Role.NURSE) or people.named(row.opened_by_id, Role.PHYSICIAN)
        fact = fact_of(people, Kind.UNSIGNED, row.code, row.ended_at, Group.NURSE, person=person)
        yield About(fact, row.course.patient, row.get_absolute_url(), _session(row))


def _outcomes(people: People, now: datetime) -> Iterator[About]:
    clinic = people.clinic
    for due in outcomes_due(clinic, now):
        if due.window.first_day is None:
            continue
        since = day_bounds(clinic, due.window.first_day)[0]
        fact = fact_of(people, Kind.OUTCOMES, due.course.code, since, Group.NURSE, due_on=due.window.due_on)
        url = reverse("courses:outcome", args=[due.course.code, due.window.point])
        yield About(fact, due.course.patient, url, due.label)
