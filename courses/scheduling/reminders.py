"""Reminders by e-mail: what is due is sent once, each attempt is written down, one failure stops no other.

A mail says where and when, and nothing of the treatment. Several hours of one patient that are due together go
into one mail.
"""

import logging
import smtplib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import mail, signing
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from courses.models import Appointment, Reminder
from courses.scheduling.reminder_times import QuietHours, due_kind
from eecp_clinic.models import Clinic
from patients.models import Patient

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=48)
MOST_ATTEMPTS = 3
#: A row that says "being sent" for longer was left by a worker that died; whether its mail went out is not known,
#: and a second mail does less harm than none.
GIVEN_UP_AFTER = timedelta(minutes=30)
QUIET = QuietHours()
SALT = "courses.scheduling.reminders"


def send_due(now: datetime) -> int:
    """Send every reminder that is due; how many mails were handed over."""
    sent = 0
    for (patient_id, _email), appointments in _due(now).items():
        with transaction.atomic():
            claimed = _claim(appointments, now)
        if claimed:
            sent += _send(Patient.objects.select_related("clinic").get(pk=patient_id), claimed)
    return sent


def stop_token(patient: Patient) -> str:
    """What stands in the link by which a patient ends the reminders."""
    return signing.dumps(patient.code, salt=SALT)


def patient_of(token: str) -> Patient | None:
    """Whose link it is, or None where nobody made it."""
    try:
        code = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Patient.objects.filter(code=code).select_related("clinic").first()


def _due(now: datetime) -> dict[tuple[int, str], list[tuple[Appointment, str]]]:
    """Appointments with a reminder due, by patient and address."""
    rows = (
        Appointment.objects.filter(
            state=Appointment.State.BOOKED, starts_at__gt=now, starts_at__lte=now + AHEAD
        )
        .exclude(patient__email="")
        .exclude(course__state__in=["completed", "discontinued", "on_hold"])
        .filter(patient__reminder_opt_outs=None)
        .select_related("patient", "course__clinic")
        .order_by("starts_at")
    )
    due: dict[tuple[int, str], list[tuple[Appointment, str]]] = defaultdict(list)
    for row in rows:
        kind = due_kind(row.starts_at, now, row.course.clinic.zone, QUIET)
        if kind:
            due[(row.patient_id, row.patient.email)].append((row, kind))
    return due


def _claim(due: Iterable[tuple[Appointment, str]], now: datetime) -> list[Reminder]:
    """The reminders of ``due`` that nobody else sends or has sent, each marked as being sent."""
    claimed = []
    for appointment, kind in due:
        row, is_new = Reminder.objects.get_or_create(
            appointment=appointment,
            starts_at=appointment.starts_at,
            kind=kind,
            defaults={"email": appointment.patient.email, "tried_at": now, "attempts": 1},
        )
        if not is_new:
            left = Q(state=Reminder.State.FAILED) | Q(
                state=Reminder.State.SENDING, tried_at__lt=now - GIVEN_UP_AFTER
            )
            taken = (
                Reminder.objects.filter(left, pk=row.pk, attempts__lt=MOST_ATTEMPTS)
                .exclude(state=Reminder.State.FAILED, tried_at__gt=now - GIVEN_UP_AFTER)
                .update(
                    state=Reminder.State.SENDING,
                    attempts=F("attempts") + 1,
                    tried_at=now,
                    email=appointment.patient.email,
                )
            )
            if not taken:
                continue
        row.appointment = appointment
        claimed.append(row)
    return claimed


def _send(patient: Patient, reminders: list[Reminder]) -> int:
    """Hand one mail over and write down how it went; 1 when it was taken."""
    hours = sorted(row.starts_at for row in reminders)
    keys = [row.pk for row in reminders]
    try:
        with timezone.override(patient.clinic.zone):
            message = _message(patient, patient.clinic, hours, reminders[0].email or patient.email)
            message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The address may stand in the server's answer, so only the kind of error is kept.
        log.warning("a reminder could not be sent", extra={"patient": patient.code})
        Reminder.objects.filter(pk__in=keys).update(
            state=Reminder.State.FAILED, error=type(error).__name__[:200]
        )
        return 0
    Reminder.objects.filter(pk__in=keys).update(state=Reminder.State.SENT, error="")
    return 1


def _message(patient: Patient, clinic: Clinic, hours: list[datetime], email: str) -> mail.EmailMessage:
    address = f"{settings.PUBLIC_URL}{reverse('courses:reminders-stop', args=[stop_token(patient)])}"
    text = render_to_string(
        "courses/scheduling/reminder.txt", {"clinic": clinic, "hours": hours, "stop": address}
    )
    subject = gettext("Your appointment at %(clinic)s") % {"clinic": " ".join(clinic.name.split())}
    return mail.EmailMessage(subject, text, to=[email], headers={"List-Unsubscribe": f"<{address}>"})
