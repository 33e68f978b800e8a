"""The patient's diary: its secret address, and a day written by the patient or for them."""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Course, DiaryEntry, DiaryLink
from eecp_clinic import audit
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, Role, require_role
from patients.services import records

REACHES = (*CLINICAL, Role.FRONT_DESK)
#: A course takes four to seven weeks; with the weeks before and after, a link is good for a quarter of a year.
GOOD_FOR = timedelta(days=90)
#: The patient fills in the last days only: further back nobody remembers a count.
BACK = timedelta(days=7)
#: Days before the course that may be kept, for the weeks it is compared with.
BEFORE = timedelta(days=28)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_diary_link(*, course: Course, actor: User, now: datetime) -> tuple[DiaryLink, str]:
    """A new secret address of this course's diary; an older one ends. The secret is told this once."""
    require_role(actor, course.clinic, *REACHES)
    locked = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    locked.diary_links.filter(revoked_at=None).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    link = DiaryLink(
        course=locked, sha256=digest_of(secret), created_at=now, created_by=actor, expires_at=now + GOOD_FOR
    )
    records.insert(link)
    _record("diary.link_made", course, actor, now)
    return link, secret


@transaction.atomic
def revoke_diary_link(*, course: Course, actor: User, now: datetime) -> bool:
    """End the address at once; False where there was none."""
    require_role(actor, course.clinic, *REACHES)
    ended = course.diary_links.filter(revoked_at=None).update(revoked_at=now)
    if ended:
        _record("diary.link_revoked", course, actor, now)
    return bool(ended)


def diary_link_of(secret: str, now: datetime) -> DiaryLink | None:
    """The link in force that ``secret`` opens; None where it is unknown, ended or revoked."""
    links = DiaryLink.objects.filter(sha256=digest_of(secret), revoked_at=None, expires_at__gt=now)
    return links.select_related("course__clinic", "course__patient").first()


@transaction.atomic
def keep_day(
    *, course: Course, day: date, episodes: int, nitroglycerin: int, actor: User | None, now: datetime
) -> DiaryEntry:
    """Write or correct one day. Without ``actor`` it is the patient, by the link. Raises InvalidInput, NotAllowed."""
    if actor is not None:
        require_role(actor, course.clinic, *REACHES)
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    _refuse_day(course, day, actor, now)
    known = DiaryEntry.objects.filter(course=course, day=day).first()
    values = {"episodes": episodes, "nitroglycerin": nitroglycerin, "entered_at": now, "entered_by": actor}
    if known is None:
        known = DiaryEntry(course=course, day=day, **values)
        records.insert(known)
    else:
        records.change(known, values)
    _record("diary.day_kept", course, actor, now, day=day.isoformat(), by="staff" if actor else "patient")
    return known


def _refuse_day(course: Course, day: date, actor: User | None, now: datetime) -> None:
    today = course.clinic.day_of(now)
    if day > today:
        raise records.refusal({"day": [gettext("This day has not come yet.")]})
    if actor is None and day < today - BACK:
        raise records.refusal(
            {"day": [gettext("This day is more than a week ago. Tell it at your next session.")]}
        )
    if day < course.clinic.day_of(course.created_at) - BEFORE:
        raise records.refusal({"day": [gettext("This day is long before the course. Check the date.")]})


def _record(action: str, course: Course, actor: User | None, now: datetime, **data: object) -> None:
    audit.record(action, subject=f"course:{course.code}", actor=actor, clinic=course.clinic, at=now, **data)
