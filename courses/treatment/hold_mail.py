"""Mails about holds: each physician once, each attempt written down, one failure stops no other.

A mail has no name, no number and no fact of a patient: it says that somebody waits, and where to look.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core import mail
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext
from kombu.exceptions import OperationalError

from courses.models import HoldNotice

log = logging.getLogger(__name__)

TASK = "courses.tasks.tell_of_holds"
MOST_ATTEMPTS = 3
#: A failed mail is tried again after this; one that is "being sent" for as long was left by a worker that died.
AGAIN_AFTER = timedelta(minutes=5)
#: An older hold is told by the list of what waits alone.
TELL_WITHIN = timedelta(hours=24)


def enqueue(hold: int) -> None:
    """Ask a worker to tell of this hold; without a broker the next sweep does it."""
    try:
        current_app.send_task(TASK, args=[[hold]], retry=False)
    except OperationalError:
        log.warning("the broker did not take the mails of a hold; the next sweep sends them")


def due_holds(now: datetime) -> list[int]:
    """Holds with a mail that waits, for the sweep."""
    return sorted(set(_due(now).values_list("hold_id", flat=True)))


def send_due(now: datetime, holds: list[int]) -> int:
    """Send what is due about ``holds``; how many mails were handed over."""
    rows = _due(now).filter(hold__in=holds).select_related("practitioner", "hold__session__course__clinic")
    return sum(_send(row, now) for row in rows)


def _due(now: datetime) -> QuerySet[HoldNotice]:
    again = Q(state__in=[HoldNotice.State.FAILED, HoldNotice.State.SENDING], tried_at__lt=now - AGAIN_AFTER)
    return HoldNotice.objects.filter(
        Q(state=HoldNotice.State.WAITING) | again,
        attempts__lt=MOST_ATTEMPTS,
        hold__held_at__gte=now - TELL_WITHIN,
        hold__released_at=None,
    )


def _send(row: HoldNotice, now: datetime) -> int:
    """Claim the row, hand the mail over, write down how it went; 1 when it was taken."""
    claimed = HoldNotice.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts).update(
        state=HoldNotice.State.SENDING, attempts=F("attempts") + 1, tried_at=now
    )
    if not claimed:
        return 0
    try:
        _message(row).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The address may stand in the server's answer, so only the kind of error is kept.
        log.warning("a mail about a hold could not be sent")
        HoldNotice.objects.filter(pk=row.pk).update(
            state=HoldNotice.State.FAILED, error=type(error).__name__[:200]
        )
        return 0
    HoldNotice.objects.filter(pk=row.pk).update(state=HoldNotice.State.SENT, error="")
    return 1


def _message(row: HoldNotice) -> mail.EmailMessage:
    session = row.hold.session
    clinic = session.course.clinic
    address = f"{settings.PUBLIC_URL}{session.get_absolute_url()}"
    held_at = clinic.local(row.hold.held_at)
    text = render_to_string(
        "courses/treatment/hold_mail.txt", {"clinic": clinic, "address": address, "held_at": held_at}
    )
    subject = gettext("A session was held at %(clinic)s") % {"clinic": " ".join(clinic.name.split())}
    return mail.EmailMessage(subject, text, to=[row.practitioner.email])
