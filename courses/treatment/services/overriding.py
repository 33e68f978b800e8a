"""Treating all the same: a physician's decision against what stops a start, kept with the session."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from courses.models import HoldOverride, Session
from courses.treatment.gates import asks_for_password
from courses.treatment.limits import LimitFinding
from courses.treatment.locks import note
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import Signature, User
from eecp_clinic.roles import Role
from eecp_clinic.signing import sign


def override(
    *,
    session: Session,
    found: Sequence[LimitFinding],
    reason: str,
    password: str,
    actor: User,
    now: datetime,
) -> HoldOverride:
    """Keep the physician's decision to treat against what was found, or refuse. The session is locked.

    Raises NotAllowed without the role; InvalidInput without a reason, or where an overdue review stops the start and
    the password is not right.
    """
    facts = " ".join(finding.fact for finding in found)
    if Role.PHYSICIAN not in actor.roles_at(session.course.clinic):
        raise NotAllowed(
            gettext("Hold: %(facts)s Measure again, or ask a physician, who may override it with a reason.")
            % {"facts": facts},
            code="hold",
        )
    if not reason:
        raise InvalidInput(
            gettext("Hold: %(facts)s To treat all the same, give the reason.") % {"facts": facts},
            code="override_reason",
            fields={"override_reason": [gettext("Give the reason for treating against these limits.")]},
        )
    kept = HoldOverride(
        session=session,
        findings=[
            {"code": f.code, "fact": f.fact, "rule": f.rule, "limits_version": f.source.version}
            for f in found
        ],
        reason=reason,
        decided_by=actor,
        decided_at=now,
    )
    if asks_for_password(found):
        kept.signature = _signed(kept, password, now)
    kept.full_clean()
    kept.save(force_insert=True)
    note("session.hold_overridden", session, actor, now, codes=[finding.code for finding in found])
    return kept


def _signed(kept: HoldOverride, password: str, now: datetime) -> Signature:
    """A review that is overdue is passed in an emergency, under the physician's own signature."""
    course = kept.session.course
    try:
        return sign(
            signer=kept.decided_by,
            password=password,
            clinic=course.clinic,
            roles=(Role.PHYSICIAN,),
            meaning=gettext("Decided to treat although the review is overdue"),
            subject=f"session:{kept.session.code}",
            content={
                "session": kept.session.code,
                "course": course.code,
                "findings": kept.findings,
                "reason": kept.reason,
                "decided_at": now,
            },
            now=now,
        )
    except InvalidInput as error:
        raise InvalidInput(error.message, code=error.code, fields={"password": [error.message]}) from error
