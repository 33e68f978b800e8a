"""Amendments: what is written beside a signed session. What was signed is never changed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.dateparse import parse_time
from django.utils.translation import gettext

from courses.models import Amendment, Session
from courses.signals import session_amended
from courses.treatment.amendable import Value, plain, values_of
from courses.treatment.locks import State, lock, note
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role
from eecp_clinic.signing import sign

Kind = Amendment.Kind
MEANINGS = {
    Kind.LATE_ENTRY: "Late entry to a signed session",
    Kind.CORRECTION: "Correction of a signed session",
    Kind.ADDENDUM: "Addendum to a signed session",
}


@transaction.atomic
def amend_session(
    *,
    session: Session,
    kind: str,
    reason: str,
    password: str,
    actor: User,
    now: datetime,
    field: str = "",
    corrected: str = "",
    happened_at: time | None = None,
    text: str = "",
) -> Amendment:
    """Write an amendment and sign it; any nurse or physician of the clinic may, and is named as its author.

    ``field`` is a path of ``amendable.values_of`` and ``corrected`` what a person typed for it, both of a correction
    only; ``happened_at`` is a time of the session's day. Raises Conflict where the session is not signed, InvalidInput
    with the field that is wrong, NotAllowed without the role.
    """
    locked = lock(session, State.SIGNED)
    require_role(actor, locked.course.clinic, *CLINICAL)
    amendment = Amendment(
        session=locked, kind=kind, reason=reason.strip(), text=text.strip(), author=actor, made_at=now
    )
    _refuse_incomplete(amendment)
    if kind == Kind.CORRECTION:
        amendment.field, amendment.original, amendment.corrected = _correction(locked, field, corrected)
    elif happened_at is not None:
        amendment.happened_at = _not_later(_on_day_of(locked, happened_at), now)
    amendment.signature = sign(
        signer=actor,
        password=password,
        clinic=locked.course.clinic,
        roles=CLINICAL,
        meaning=MEANINGS[Kind(kind)],
        subject=f"amendment:{amendment.code}",
        content=amendment_content(amendment),
        now=now,
    )
    amendment.full_clean()
    amendment.save(force_insert=True)
    note("session.amended", locked, actor, now, amendment=amendment.code, kind=kind, field=amendment.field)
    session_amended.send(sender=Session, session=locked)
    return amendment


def amendment_content(amendment: Amendment) -> dict[str, Any]:
    """All that its signature stands for; it names what it amends by the hash that was signed."""
    signature = amendment.session.signature
    assert signature is not None  # noqa: S101  # only signed sessions are amended
    return {
        "amendment": amendment.code,
        "session": amendment.session.code,
        "session_content_sha256": signature.content_sha256,
        "kind": amendment.kind,
        "field": amendment.field,
        "original": amendment.original,
        "corrected": amendment.corrected,
        "happened_at": amendment.happened_at,
        "text": amendment.text,
        "reason": amendment.reason,
        "author": amendment.author.signing_name,
        "made_at": amendment.made_at,
    }


def _refuse_incomplete(amendment: Amendment) -> None:
    if amendment.kind not in Kind.values:
        raise _invalid("kind", gettext("Choose what it is: a late entry, a correction or an addendum."))
    if not amendment.reason:
        raise _invalid("reason", gettext("Write the reason: a reviewer ignores an amendment without one."))
    if amendment.kind != Kind.CORRECTION and not amendment.text:
        raise _invalid("text", gettext("Write what is added."))


def _correction(session: Session, path: str, typed: str) -> tuple[str, str, str]:
    value = values_of(session).get(path)
    if value is None:
        raise _invalid("field", gettext("Choose which value is corrected."))
    text = _read(value, typed.strip(), session)
    if text == value.text:
        raise _invalid("corrected", gettext("This is the value that was signed. Type the correct one."))
    return path, value.text, text


def _read(value: Value, typed: str, session: Session) -> str:
    """What was typed as plain text of that column; nothing typed says that it is not known."""
    if not typed:
        return ""
    if value.is_time:
        moment = parse_time_of_day(typed)
        if moment is None:
            raise _invalid("corrected", gettext("Type a time such as 09:42."))
        return _on_day_of(session, moment).isoformat()
    if value.column.flatchoices:
        return _choice(value, typed)
    if isinstance(value.column, models.BooleanField):
        return _yes_or_no(typed)
    field = value.column.formfield()
    assert isinstance(field, forms.Field)  # noqa: S101  # columns that people chart have one
    try:
        return plain(_as_signed(field.clean(typed)))
    except ValidationError as error:
        raise _invalid("corrected", " ".join(error.messages)) from error


def _as_signed(cleaned: Any) -> Any:
    return cleaned if isinstance(cleaned, int | str) else str(cleaned)


def _choice(value: Value, typed: str) -> str:
    for code, label in value.column.flatchoices:
        if typed.casefold() in {str(code).casefold(), str(label).casefold()}:
            return str(code)
    names = ", ".join(str(label) for _code, label in value.column.flatchoices)
    raise _invalid("corrected", gettext("Type one of: %(names)s.") % {"names": names})


def _yes_or_no(typed: str) -> str:
    answers = {gettext("yes"): "true", gettext("no"): "false", "true": "true", "false": "false"}
    if typed.casefold() not in answers:
        raise _invalid("corrected", gettext("Type yes or no."))
    return answers[typed.casefold()]


def parse_time_of_day(typed: str) -> time | None:
    try:
        return parse_time(typed)
    except ValueError:  # such as 25:00
        return None


def _on_day_of(session: Session, moment: time) -> datetime:
    """The clinic's clock on the session's day; one before the hour was booked, after midnight, belongs to the next."""
    clinic = session.course.clinic
    booked = clinic.local(session.appointment.starts_at)
    found = datetime.combine(booked.date(), moment, tzinfo=clinic.zone)
    if booked - found > timedelta(hours=12):
        found += timedelta(days=1)
    return found.astimezone(UTC)


def _not_later(moment: datetime, now: datetime) -> datetime:
    if moment > now:
        raise _invalid("happened_at", gettext("This lies in the future. Type when it happened."))
    return moment


def _invalid(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, fields={field: [sentence]})
