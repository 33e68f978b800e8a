"""Who directly supervised: begun and ended by the practitioner, and by nobody else."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import SupervisionPeriod
from courses.signals import supervision_noted
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role


@transaction.atomic
def begin_supervision(*, clinic: Clinic, practitioner: User, mode: str, now: datetime) -> SupervisionPeriod:
    """Supervise from now on. Raises NotAllowed, InvalidInput, Conflict where a period of theirs still runs."""
    period = _save(clinic, practitioner, mode, now, None)
    _record("supervision.begun", period, practitioner, now)
    return period


@transaction.atomic
def note_supervision(
    *, clinic: Clinic, practitioner: User, mode: str, started_at: datetime, ended_at: datetime, now: datetime
) -> SupervisionPeriod:
    """Write down, late, a time that is over. The audit trail shows when it was written."""
    if ended_at > now:
        raise InvalidInput(_not_over(), code="not_over", fields={"ended_at": [_not_over()]})
    if ended_at <= started_at:
        raise InvalidInput(_backwards(), code="ends_before_start", fields={"ended_at": [_backwards()]})
    period = _save(clinic, practitioner, mode, started_at, ended_at)
    _record("supervision.noted_late", period, practitioner, now)
    _announce(period, now)
    return period


@transaction.atomic
def end_supervision(
    *, clinic: Clinic, practitioner: User, now: datetime, ended_at: datetime | None = None
) -> SupervisionPeriod:
    """End the practitioner's running period; one begun on an earlier day needs the time at which it ended.

    Raises NotFound where none runs, InvalidInput where the time is missing or cannot be.
    """
    period = (
        SupervisionPeriod.objects.select_for_update()
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
    if end > now:
        raise InvalidInput(_not_over(), code="not_over", fields={"ended_at": [_not_over()]})
    if end <= period.started_at:
        raise InvalidInput(_backwards(), code="ends_before_start", fields={"ended_at": [_backwards()]})
    period.ended_at = end
    period.save(update_fields=["ended_at"])
    _record("supervision.ended", period, practitioner, now)
    _announce(period, now)
    return period


def _save(
    clinic: Clinic, practitioner: User, mode: str, started_at: datetime, ended_at: datetime | None
) -> SupervisionPeriod:
    require_role(practitioner, clinic, Role.PHYSICIAN)
    if mode not in SupervisionPeriod.Mode.values:
        raise InvalidInput(gettext("Supervision is on site, or by live audio and video. Choose one."))
    period = SupervisionPeriod(
        clinic=clinic, practitioner=practitioner, mode=mode, started_at=started_at, ended_at=ended_at
    )
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
    return period


def _announce(period: SupervisionPeriod, now: datetime) -> None:
    supervision_noted.send(
        sender=SupervisionPeriod, clinic=period.clinic, start=period.started_at, end=period.ended_at or now
    )


def _record(action: str, period: SupervisionPeriod, actor: User, now: datetime) -> None:
    audit.record(
        action,
        subject=f"supervision:{period.pk}",
        actor=actor,
        clinic=period.clinic,
        at=now,
        mode=period.mode,
        started_at=period.started_at.isoformat(),
        ended_at=period.ended_at.isoformat() if period.ended_at else None,
    )


def _not_over() -> str:
    return gettext("That time lies in the future. Enter when it ended, or end it when you leave.")


def _backwards() -> str:
    return gettext("Supervision ends before it has begun. Check the two times.")
