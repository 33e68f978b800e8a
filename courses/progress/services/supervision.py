"""Who directly supervised: begun and ended by the practitioner, and by nobody else.

What is written down later than it happened says so. After the clinic's day it is a late entry of the record: it needs
a reason and the practitioner's password, and has a signature of its own.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import SupervisionPeriod, TreatmentRules
from courses.progress.services.late_entries import sign_late
from courses.signals import supervision_noted
from courses.treatment.audio_video import refusal
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role

Mode = SupervisionPeriod.Mode


@transaction.atomic
def begin_supervision(
    *, clinic: Clinic, practitioner: User, mode: str, now: datetime, evidence: str = ""
) -> SupervisionPeriod:
    """Supervise from now on.

    Raises NotAllowed; InvalidInput for a mode that is none or that the clinic does not allow; Conflict where a period
    of theirs still runs.
    """
    period = SupervisionPeriod(
        clinic=clinic, practitioner=practitioner, mode=mode, started_at=now, evidence=evidence.strip()
    )
    _insert(period)
    _record("supervision.begun", period, now)
    return period


@transaction.atomic
def note_supervision(
    *,
    clinic: Clinic,
    practitioner: User,
    mode: str,
    started_at: datetime,
    ended_at: datetime,
    now: datetime,
    evidence: str = "",
    reason: str = "",
    password: str = "",
) -> SupervisionPeriod:
    """Write down a time that is over; the period says when it was written. Raises as ``begin_supervision``.

    InvalidInput too where a day that is past lacks the reason or the right password.
    """
    _refuse_end(started_at, ended_at, now)
    period = SupervisionPeriod(
        clinic=clinic,
        practitioner=practitioner,
        mode=mode,
        started_at=started_at,
        ended_at=ended_at,
        evidence=evidence.strip(),
        noted_at=now,
        late_reason=reason.strip(),
    )
    _refuse_mode(period)
    sign_late(period, password, now)
    _insert(period)
    _record("supervision.noted_late", period, now)
    _announce(period, now)
    return period


@transaction.atomic
def end_supervision(
    *,
    clinic: Clinic,
    practitioner: User,
    now: datetime,
    ended_at: datetime | None = None,
    reason: str = "",
    password: str = "",
) -> SupervisionPeriod:
    """End the practitioner's running period; one begun on an earlier day needs the time at which it ended.

    Raises NotFound where none runs; InvalidInput where the time is missing or cannot be, or where a late entry lacks
    the reason or the right password.
    """
    period = (
        SupervisionPeriod.objects.select_for_update(of=("self",))
        .select_related("clinic", "practitioner")
        .filter(clinic=clinic, practitioner=practitioner, ended_at__isnull=True)
        .first()
    )
    if period is None:
        raise NotFound(gettext("You are not supervising now. Begin first, or note a time that is over."))
    if ended_at is None and clinic.day_of(period.started_at) != clinic.day_of(now):
        sentence = gettext(
            "This period began on an earlier day, and nothing shows when it ended. Enter the time at which you left."
        )
        raise InvalidInput(sentence, code="end_not_known", fields={"ended_at": [sentence]})
    end = ended_at or now
    _refuse_end(period.started_at, end, now)
    period.ended_at = end
    if ended_at is not None:
        period.end_noted_at, period.late_reason = now, reason.strip()
        sign_late(period, password, now)
    period.save(update_fields=["ended_at", "end_noted_at", "late_reason", "signature"])
    _record("supervision.ended", period, now)
    _announce(period, now)
    return period


def _refuse_end(start: datetime, end: datetime, now: datetime) -> None:
    if end > now:
        sentence = gettext("That time lies in the future. Enter when it ended, or end it when you leave.")
        raise InvalidInput(sentence, code="not_over", fields={"ended_at": [sentence]})
    if end <= start:
        sentence = gettext("Supervision ends before it has begun. Check the two times.")
        raise InvalidInput(sentence, code="ends_before_start", fields={"ended_at": [sentence]})


def _refuse_mode(period: SupervisionPeriod) -> None:
    require_role(period.practitioner, period.clinic, Role.PHYSICIAN)
    if period.mode not in Mode.values:
        raise InvalidInput(gettext("Supervision is on site, or by live audio and video. Choose one."))
    if period.mode != Mode.AUDIO_VIDEO:
        return
    rules = TreatmentRules.objects.in_force(period.clinic, period.started_at)
    sentence = refusal(period.clinic.day_of(period.started_at), clinic_allows=rules.audio_video_supervision)
    if sentence:
        raise InvalidInput(gettext(sentence), code="audio_video", fields={"mode": [gettext(sentence)]})
    if not period.evidence:
        sentence = gettext("Name the video connection: you must see, hear and be able to step in at once.")
        raise InvalidInput(sentence, code="evidence_missing", fields={"evidence": [sentence]})


def _insert(period: SupervisionPeriod) -> None:
    _refuse_mode(period)
    try:
        with transaction.atomic():
            period.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            gettext(
                "You have another supervision period at that time, here or at another clinic. End or correct that "
                "one first."
            ),
            code="supervising",
        ) from error


def _announce(period: SupervisionPeriod, now: datetime) -> None:
    supervision_noted.send(
        sender=SupervisionPeriod, clinic=period.clinic, start=period.started_at, end=period.ended_at or now
    )


def _record(action: str, period: SupervisionPeriod, now: datetime) -> None:
    audit.record(
        action,
        subject=f"supervision:{period.pk}",
        actor=period.practitioner,
        clinic=period.clinic,
        at=now,
        mode=period.mode,
        started_at=period.started_at.isoformat(),
        ended_at=period.ended_at.isoformat() if period.ended_at else None,
    )
