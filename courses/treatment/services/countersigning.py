"""A physician countersigns signed sessions, one or several, with one password; each gets a signature of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Countersignature, Course, Session
from courses.signals import session_countersigned
from courses.treatment.locks import note
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from eecp_clinic.signing import sign_each

MEANING = "Reviewed and countersigned"


@transaction.atomic
def countersign_sessions(
    *, clinic: Clinic, seen: Mapping[str, int], password: str, actor: User, now: datetime
) -> list[Countersignature]:
    """All of them or none. ``seen`` names each session by its code, with how many amendments the physician read.

    Raises Conflict where one was amended since, is countersigned already, or was signed by the same person; InvalidInput
    for a wrong password or where none is chosen; NotAllowed for who is no physician here.
    """
    if not seen:
        raise InvalidInput(gettext("Choose the sessions that you have read."), code="none_chosen")
    sessions = _locked(clinic, seen)
    for session in sessions:
        _refuse(session, seen[session.code], actor)
    signatures = sign_each(
        signer=actor,
        password=password,
        clinic=clinic,
        roles=(Role.PHYSICIAN,),
        meaning=MEANING,
        contents={f"countersignature:{session.code}": content_of(session) for session in sessions},
        now=now,
    )
    made = []
    for session, signature in zip(sessions, signatures, strict=True):
        row = Countersignature(session=session, amendments=seen[session.code], signature=signature)
        row.save(force_insert=True)
        made.append(row)
        note("session.countersigned", session, actor, now, number=session.number)
        session_countersigned.send(sender=Session, session=session)
    return made


def content_of(session: Session) -> dict[str, Any]:
    """What a countersignature stands for: the content that was signed, by its hash, and the amendments read with it."""
    assert session.signature is not None  # noqa: S101  # only signed sessions are fetched
    return {
        "session": session.code,
        "number": session.number,
        "course": session.course.code,
        "session_content_sha256": session.signature.content_sha256,
        "amendments": [
            {"code": amendment.code, "content_sha256": amendment.signature.content_sha256}
            for amendment in session.amendments.select_related("signature").order_by("made_at", "pk")
        ],
    }


def _locked(clinic: Clinic, seen: Mapping[str, int]) -> list[Session]:
    """Courses before sessions, as everywhere, so that an amendment waits for the countersignature and the other way."""
    chosen = Session.objects.of(clinic).filter(code__in=list(seen), signature__isnull=False)
    courses = set(chosen.values_list("course_id", flat=True))
    list(Course.objects.select_for_update(no_key=True).filter(pk__in=courses).order_by("pk"))
    found = list(
        chosen.select_related("course__clinic", "signature")
        .select_for_update(of=("self",), no_key=True)
        .order_by("signature__signed_at", "pk")
    )
    if len(found) != len(seen):
        raise Conflict(
            gettext("One of these sessions is not signed, or is not of this clinic. Load the list again."),
            code="not_there",
        )
    return found


def _refuse(session: Session, amendments_seen: int, actor: User) -> None:
    about = {"number": session.number or "–", "course": session.course.code}
    assert session.signature is not None  # noqa: S101  # only signed sessions are fetched
    if session.signature.signer_id == actor.pk:
        raise Conflict(
            gettext(
                "You signed session %(number)s of course %(course)s yourself. Another physician countersigns it."
            )
            % about,
            code="own_session",
        )
    if session.amendments.count() != amendments_seen:
        raise Conflict(
            gettext(
                "Session %(number)s of course %(course)s was amended after you opened the list. Nothing was signed: "
                "load the list again and read the amendment."
            )
            % about,
            code="amended_since",
        )
    if session.countersignatures.filter(amendments=amendments_seen).exists():
        raise Conflict(
            gettext(
                "Session %(number)s of course %(course)s is countersigned already. Load the list again; nothing was signed."
            )
            % about,
            code="countersigned",
        )
