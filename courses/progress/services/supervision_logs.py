"""What is written about a day of supervision: why a stretch was not covered, and the log that its physician signs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.intervals import Interval
from courses.models import Session, SupervisionGapNote, SupervisionLog, SupervisionPeriod
from courses.progress.supervision_days import gaps_of_session, logs_of, versions_of
from courses.progress.supervision_log import content_of
from courses.scheduling.calendar import day_bounds
from eecp_clinic import audit, signing
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import CLINICAL, Role, require_role


@transaction.atomic
def explain_gap(
    *, session: Session, gap: Interval, text: str, actor: User, now: datetime
) -> SupervisionGapNote:
    """Say why nobody is noted for ``gap``; it covers nothing, and after its day the note is a late one.

    Raises NotAllowed, InvalidInput (no words), Conflict where the session still runs or the gap is another by now.
    """
    clinic = session.course.clinic
    require_role(actor, clinic, *CLINICAL)
    locked = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if locked.ended_at is None:
        raise Conflict(
            gettext(
                "This session is running. A physician begins supervision now; explain the rest afterwards."
            ),
            code="session_running",
        )
    if gap not in [found.interval for found in gaps_of_session(session, now)]:
        raise Conflict(
            gettext("This time is covered by now, or it is another stretch. Open the page again."),
            code="gap_changed",
        )
    if not text.strip():
        sentence = gettext("Say in a few words what happened.")
        raise InvalidInput(sentence, code="text_missing", fields={"text": [sentence]})
    kept = SupervisionGapNote(
        session=locked, starts_at=gap.start, ends_at=gap.end, text=text.strip()[:300], by=actor, at=now
    )
    kept.full_clean()
    kept.save(force_insert=True)
    audit.record(
        "supervision.gap_explained", subject=f"session:{session.code}", actor=actor, clinic=clinic, at=now
    )
    return kept


def sign_log(*, clinic: Clinic, actor: User, day: date, password: str, now: datetime) -> SupervisionLog:
    """Sign one's own log of ``day`` as it stands; what is written later is signed as its next version.

    Raises NotAllowed, InvalidInput (password), Conflict where there is nothing to sign, or where the day is not over
    for the practitioner or a session.
    """
    (log,) = _sign(clinic, actor, [day], password, now, seen={})
    return log


def sign_logs(
    *, clinic: Clinic, actor: User, seen: Mapping[date, str], password: str, now: datetime
) -> list[SupervisionLog]:
    """Sign several of one's own logs with one password, each with a signature and a version of its own: all or none.

    ``seen`` has of each day the SHA-256 of what was shown. Raises as ``sign_log``, and Conflict where a day has
    changed since it was shown.
    """
    if not seen:
        raise InvalidInput(gettext("Choose at least one day to sign."), code="no_day")
    return _sign(clinic, actor, sorted(seen), password, now, seen=seen)


@transaction.atomic
def _sign(
    clinic: Clinic,
    actor: User,
    days: Sequence[date],
    password: str,
    now: datetime,
    *,
    seen: Mapping[date, str],
) -> list[SupervisionLog]:
    require_role(actor, clinic, Role.PHYSICIAN)
    _refuse(clinic, actor, days)
    logs = logs_of(clinic, actor, days, now)
    contents = {day: content_of(logs[day], about=about(clinic, actor, day)) for day in days}
    versions = versions_of(clinic, actor, days)
    for day, content in contents.items():
        _refuse_content(day, content, versions[day], seen.get(day))
    signatures = signing.sign_each(
        signer=actor,
        password=password,
        clinic=clinic,
        roles=(Role.PHYSICIAN,),
        meaning=gettext("Supervised as shown in this log"),
        contents={f"supervision-log:{clinic.code}:{day:%Y%m%d}": contents[day] for day in days},
        now=now,
    )
    found = [
        SupervisionLog(
            clinic=clinic,
            practitioner=actor,
            day=day,
            version=versions[day][-1].version + 1 if versions[day] else 1,
            signature=signature,
        )
        for day, signature in zip(days, signatures, strict=True)
    ]
    try:
        for log in found:
            log.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(gettext("This log was signed a moment ago. Open it again."), code="signed") from error
    return found


def _refuse_content(
    day: date, content: dict[str, Any], versions: Sequence[SupervisionLog], seen: str | None
) -> None:
    fingerprint = signing.sha256_of(signing.canonical(content))
    if seen is not None and seen != fingerprint:
        raise Conflict(
            gettext("The log of %(day)s has changed since it was shown. Read it again, then sign.")
            % {"day": f"{day:%a %d-%b-%Y}"},
            code="log_changed",
        )
    if versions and versions[-1].signature.content_sha256 == fingerprint:
        raise Conflict(gettext("This log is signed as it stands."), code="signed")


def about(clinic: Clinic, practitioner: User, day: date) -> dict[str, str]:
    """Whose log it is: the head of what is signed."""
    return {
        "clinic": clinic.code,
        "practitioner": practitioner.signing_name,
        "npi": practitioner.npi,
        "day": day.isoformat(),
        "time_zone": clinic.time_zone,
    }


def _refuse(clinic: Clinic, actor: User, days: Sequence[date]) -> None:
    """Lock one's periods of these days, and refuse a day without any, or that is not over."""
    begins, ends = day_bounds(clinic, min(days))[0], day_bounds(clinic, max(days))[1]
    between = {"started_at__gte": begins, "started_at__lt": ends}
    own = SupervisionPeriod.objects.filter(clinic=clinic, practitioner=actor, **between)
    by_day: dict[date, list[SupervisionPeriod]] = {}
    for period in own.select_for_update(of=("self",)):
        by_day.setdefault(clinic.day_of(period.started_at), []).append(period)
    running = Session.objects.of(clinic).running().filter(**between).values_list("started_at", flat=True)
    treats = {clinic.day_of(started_at) for started_at in running if started_at}
    for day in days:
        _refuse_day(by_day.get(day, ()), is_treating=day in treats)


def _refuse_day(periods: Sequence[SupervisionPeriod], *, is_treating: bool) -> None:
    if not periods:
        raise Conflict(
            gettext("You noted no supervision on this day, so that there is no log to sign."),
            code="empty_log",
        )
    if any(period.ended_at is None for period in periods):
        raise Conflict(
            gettext("Your supervision of this day has no end yet. End it first; the log says when you left."),
            code="supervising",
        )
    if is_treating:
        raise Conflict(
            gettext("A session of this day is running. Sign the log when it is over."), code="session_running"
        )
