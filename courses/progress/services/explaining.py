"""Why an hour differs from what was prescribed: chosen by a person, once for each parameter, corrected with its history."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Appointment, ExceptionNote
from eecp_clinic import audit
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role
from patients.services import records


@transaction.atomic
def explain_exceptions(
    *, appointments: Iterable[Appointment], parameter: str, why: str, text: str, actor: User, now: datetime
) -> list[ExceptionNote]:
    """Write the same reason for each of these hours, for all or for none. Raises as ``explain_exception``."""
    in_order = sorted(appointments, key=lambda hour: hour.pk)  # so that two people lock them in one order
    return [
        explain_exception(appointment=hour, parameter=parameter, why=why, text=text, actor=actor, now=now)
        for hour in in_order
    ]


@transaction.atomic
def explain_exception(
    *, appointment: Appointment, parameter: str, why: str, text: str, actor: User, now: datetime
) -> ExceptionNote:
    """Write or correct the reason. Raises NotAllowed, InvalidInput (nothing chosen; 'other' without a note)."""
    clinic = appointment.course.clinic
    require_role(actor, clinic, *CLINICAL)
    Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    text = text.strip()
    if why not in ExceptionNote.Why.values:
        raise records.refusal({"why": [gettext("Choose why.")]})
    if why == ExceptionNote.Why.OTHER and not text:
        raise records.refusal({"text": [gettext("Say in a few words what the other reason is.")]})
    known = ExceptionNote.objects.filter(appointment=appointment, parameter=parameter).first()
    values = {"why": why, "text": text, "by": actor, "at": now}
    if known is None:
        known = ExceptionNote(appointment=appointment, parameter=parameter, **values)
        records.insert(known)
    else:
        records.change(known, values)
    audit.record(
        "exception.explained",
        subject=f"appointment:{appointment.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        parameter=parameter,
        why=why,
    )
    return known
