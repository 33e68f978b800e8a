"""A period of supervision that is written down after its day: a late entry, with reason and signature."""

from datetime import datetime

from django.utils.translation import gettext

from courses.models import SupervisionPeriod
from eecp_clinic.errors import InvalidInput
from eecp_clinic.roles import Role
from eecp_clinic.signing import sign


def sign_late(period: SupervisionPeriod, password: str, now: datetime) -> None:
    """Give ``period`` its signature where its day is over; on the day itself it needs none.

    Raises InvalidInput without a reason or with a wrong password, each beneath its field; NotAllowed.
    """
    clinic, ended_at = period.clinic, period.ended_at
    if ended_at is None or clinic.day_of(ended_at) == clinic.day_of(now):
        return
    if not period.late_reason:
        sentence = gettext("That day is over, so this is a late entry. Say why it is written only now.")
        raise InvalidInput(sentence, code="reason_missing", fields={"reason": [sentence]})
    try:
        period.signature = sign(
            signer=period.practitioner,
            password=password,
            clinic=clinic,
            roles=(Role.PHYSICIAN,),
            meaning=gettext("Late entry: supervised at this time"),
            subject=f"supervision:{clinic.code}:{period.started_at:%Y%m%dT%H%M}",
            content={
                "clinic": clinic.code,
                "practitioner": period.practitioner.signing_name,
                "npi": period.practitioner.npi,
                "mode": period.mode,
                "evidence": period.evidence,
                "started_at": period.started_at,
                "ended_at": ended_at,
                "reason": period.late_reason,
                "written_at": now,
            },
            now=now,
        )
    except InvalidInput as error:
        fields = {"password": [error.message]} if error.code == "wrong_password" else {}
        raise InvalidInput(error.message, code=error.code, fields=fields) from error
