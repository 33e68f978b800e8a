"""The morning's mail: each physician and nurse once a day, with how much waits for them, and where.

A mail goes through servers that are not the clinic's and is read on telephones. So it has counts and links that need
the login, and no name, number or fact of a patient.
"""

import logging
import smtplib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from courses.models import TreatmentRules, WorkMail, WorkMailOff
from courses.progress.waiting import LABELS, Waiting, loads_of, mine, waiting
from courses.scheduling.calendar import closures, hours_on, opening_hours, special_hours
from eecp_clinic.models import Clinic, Membership, User
from eecp_clinic.roles import CLINICAL

log = logging.getLogger(__name__)

#: On the clinic's clock; a worker that was down in the morning makes up for it until the afternoon.
FROM, UNTIL = time(7), time(15)
MOST_ATTEMPTS = 3
#: A failed mail is tried again after this; one that is "being sent" for as long was left by a worker that died.
AGAIN_AFTER = timedelta(minutes=30)


def send_due(now: datetime) -> int:
    """Send what is due at every clinic; how many mails were handed over."""
    return sum(_send_of(clinic, now) for clinic in Clinic.objects.all() if _is_time(clinic, now))


def _is_time(clinic: Clinic, now: datetime) -> bool:
    """In the morning of a day on which the clinic treats, where it has settled nothing against it."""
    local = clinic.local(now)
    return (
        FROM <= local.time() < UNTIL
        and _is_open(clinic, local.date())
        and TreatmentRules.objects.in_force(clinic, now).daily_mail
    )


def _is_open(clinic: Clinic, day: date) -> bool:
    special = special_hours(clinic, day, day)
    if not special and any(closed.day == day for closed in closures(clinic, day, day)):
        return False
    return bool(hours_on(day, opening_hours(clinic), special))


def _send_of(clinic: Clinic, now: datetime) -> int:
    day = clinic.day_of(now)
    people = _people(clinic, day, now)
    if not people:
        return 0
    rows = waiting(clinic, now)
    return sum(_send(clinic, person, roles, rows, now) for person, roles in people)


def _people(clinic: Clinic, day: date, now: datetime) -> list[tuple[User, set[str]]]:
    """Nurses and physicians who want the mail and have not had today's."""
    had = WorkMail.objects.filter(clinic=clinic, day=day).exclude(_left(now)).values("person")
    off = WorkMailOff.objects.filter(clinic=clinic).values("person")
    memberships = (
        Membership.objects.filter(clinic=clinic, role__in=CLINICAL, user__is_active=True)
        .exclude(user__email="")
        .exclude(user__in=had)
        .exclude(user__in=off)
        .select_related("user")
        .order_by("user")
    )
    found: dict[int, tuple[User, set[str]]] = {}
    for row in memberships:
        found.setdefault(row.user_id, (row.user, set()))[1].add(row.role)
    return list(found.values())


def _left(now: datetime) -> Q:
    """Rows that may be tried again."""
    return Q(
        state__in=[WorkMail.State.FAILED, WorkMail.State.SENDING],
        tried_at__lt=now - AGAIN_AFTER,
        attempts__lt=MOST_ATTEMPTS,
    )


def _send(clinic: Clinic, person: User, roles: set[str], rows: Sequence[Waiting], now: datetime) -> int:
    """Claim the day's row, hand the mail over, write down how it went; 1 when it was taken."""
    key = _claim(clinic, person, now)
    if key is None:
        return 0
    row = WorkMail.objects.filter(pk=key)
    own = mine(rows, person, roles)
    if not own:
        row.update(state=WorkMail.State.NOTHING)
        return 0
    try:
        with timezone.override(clinic.zone):
            message_to(clinic, person, own).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The address may stand in the server's answer, so only the kind of error is kept.
        log.warning("a morning mail could not be sent")
        row.update(state=WorkMail.State.FAILED, error=type(error).__name__[:200])
        return 0
    row.update(state=WorkMail.State.SENT, error="")
    return 1


def _claim(clinic: Clinic, person: User, now: datetime) -> int | None:
    """The key of today's row if it is this worker's to send; of two at once the constraint lets one through."""
    row, is_new = WorkMail.objects.get_or_create(
        clinic=clinic, person=person, day=clinic.day_of(now), defaults={"tried_at": now}
    )
    if is_new:
        return row.pk
    taken = WorkMail.objects.filter(_left(now), pk=row.pk).update(
        state=WorkMail.State.SENDING, attempts=F("attempts") + 1, tried_at=now
    )
    return row.pk if taken else None


def message_to(clinic: Clinic, person: User, own: Sequence[Waiting]) -> mail.EmailMessage:
    page = f"{settings.PUBLIC_URL}{reverse('courses:reviews')}"
    lines = [
        {
            "label": LABELS[load.kind],
            "count": load.count,
            "late": load.late,
            "address": f"{page}?{urlencode({'kind': load.kind})}",
        }
        for load in loads_of(own)
    ]
    late = sum(row.item.is_late for row in own)
    text = render_to_string(
        "courses/progress/work_mail.txt",
        {"clinic": clinic, "lines": lines, "count": len(own), "late": late, "address": page},
    )
    name = " ".join(clinic.name.split())
    subject = ngettext(
        "%(n)d thing waits for you at %(clinic)s", "%(n)d things wait for you at %(clinic)s", len(own)
    ) % {"n": len(own), "clinic": name}
    if late:
        subject = gettext("%(subject)s, %(late)d late") % {"subject": subject, "late": late}
    return mail.EmailMessage(subject, text, to=[person.email])
