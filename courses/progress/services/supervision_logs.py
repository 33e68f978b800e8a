"""What is written about a day of supervision: why a stretch was not covered, and the log that its physician signs."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.intervals import Interval
from courses.models import Session, SupervisionGapNote, SupervisionLog, SupervisionPeriod
from courses.progress.supervision_days import gaps_of_session, log_of, signed_versions
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


@transaction.atomic
def sign_log(*, clinic: Clinic, actor: User, day: date, password: str, now: datetime) -> SupervisionLog:
    """Sign one's own log of ``day`` as it stands; what is written later is signed as its next version.

    Raises NotAllowed, InvalidInput (password), Conflict where there is nothing to sign, or where the day is not over
    for the practitioner or a session.
    """
    require_role(actor, clinic, Role.PHYSICIAN)
    begins, ends = day_bounds(clinic, day)
    own = SupervisionPeriod.objects.filter(
        clinic=clinic, practitioner=actor, started_at__gte=begins, started_at__lt=ends
    )
    periods = list(own.select_for_update(of=("self",)))
    _refuse(clinic, day, periods)
    content = content_of(log_of(clinic, actor, day, now), about=about(clinic, actor, day))
    versions = signed_versions(clinic, actor, day)
    last = versions[-1] if versions else None
    if last and last.signature.content_sha256 == signing.sha256_of(signing.canonical(content)):
        raise Conflict(gettext("This log is signed as it stands."), code="signed")
    signature = signing.sign(
        signer=actor,
        password=password,
        clinic=clinic,
        roles=(Role.PHYSICIAN,),
        meaning=gettext("Supervised as shown in this log"),
        subject=f"supervision-log:{clinic.code}:{day:%Y%m%d}",
        content=content,
        now=now,
    )
    log = SupervisionLog(
        clinic=clinic,
        practitioner=actor,
        day=day,
        version=last.version + 1 if last else 1,
        signature=signature,
    )
    try:
        log.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(gettext("This log was signed a moment ago. Open it again."), code="signed") from error
    return log


def about(clinic: Clinic, practitioner: User, day: date) -> dict[str, str]:
    """Whose log it is: the head of what is signed."""
    return {
        "clinic": clinic.code,
        "practitioner": practitioner.signing_name,
        "npi": practitioner.npi,
        "day": day.isoformat(),
        "time_zone": clinic.time_zone,
    }


def _refuse(clinic: Clinic, day: date, periods: list[SupervisionPeriod]) -> None:
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
    begins, ends = day_bounds(clinic, day)
    if Session.objects.of(clinic).running().filter(started_at__gte=begins, started_at__lt=ends).exists():
        raise Conflict(
            gettext("A session of this day is running. Sign the log when it is over."), code="session_running"
        )
