"""What waits as its stages hand it over: a fact with what it is about in words, and who works at the clinic."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from courses.progress.work_items import Fact, Group, Kind
from eecp_clinic.models import Clinic, Membership
from patients.models import Patient

GROUPS = {Group.PHYSICIAN: gettext_lazy("Any physician"), Group.NURSE: gettext_lazy("Any nurse")}


@dataclass(frozen=True, slots=True)
class About:
    """What a fact is about, in words."""

    fact: Fact
    patient: Patient | None
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who works here, by key: what waits for somebody who has left waits for the group."""

    clinic: Clinic
    names: dict[int, str]
    roles: dict[int, set[str]]

    def named(self, person: int | None, role: str) -> int | None:
        return person if person is not None and role in self.roles.get(person, set()) else None

    def who(self, fact: Fact) -> Any:
        return GROUPS[fact.group] if fact.person is None else self.names[fact.person]


def people_of(clinic: Clinic) -> People:
    rows = Membership.objects.filter(clinic=clinic, user__is_active=True).select_related("user")
    names: dict[int, str] = {}
    roles: dict[int, set[str]] = {}
    for row in rows:
        names[row.user_id] = row.user.short_name
        roles.setdefault(row.user_id, set()).add(row.role)
    return People(clinic, names, roles)


def fact_of(people: People, kind: Kind, subject: str, since: datetime, group: Group, **more: Any) -> Fact:
    day = people.clinic.day_of(since)
    return Fact(kind=kind, subject=subject, since=since, since_on=day, group=group, **more)
