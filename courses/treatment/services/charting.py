"""What people and the device write into a session that is not signed: identity, vital signs, readings, the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Reading, Session, VitalSigns
from courses.session_states import Event
from courses.treatment.limits import ImplausibleVitals
from courses.treatment.locks import lock_for, moment_within, note
from courses.treatment.precheck import vitals_of
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from patients.services.records import check, refusal, whole

#: What a person charts in each phase; what is left out or None was not measured.
VITALS_FIELDS = (
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "spo2_percent",
    "respiratory_rate",
    "weight_kg",
    "angina_since_last",
    "nitroglycerin_since_last",
    "skin",
    "rhythm",
    "breath_sounds",
    "oedema",
    "legs_examined",
    "medicines_taken",
    "bladder_emptied",
    "anticoagulated",
    "inr",
    "inr_on",
    "remarks",
)
#: The event of the session that charting is, by phase.
CHART = {
    str(VitalSigns.Phase.BEFORE): Event.CHART_BEFORE,
    str(VitalSigns.Phase.AFTER): Event.CHART_AFTER,
}
END_FIELDS = (
    "skin_after",
    "symptoms",
    "education",
    "education_note",
    "next_confirmed",
    "left_how",
    "stop_note",
    "comments",
)
#: What a reading may take from the device.
DEVICE_FIELDS = ("pressure_mmhg", "heart_rate_bpm", "ds_peak", "ds_area", "inflation_ms", "device_minutes")
READING_FIELDS = (*DEVICE_FIELDS, "systolic_mmhg", "diastolic_mmhg", "spo2_percent", "note")


@transaction.atomic
def check_identity(*, session: Session, checked: bool, actor: User, now: datetime) -> Session:
    """Note whether name and date of birth were asked of the patient."""
    locked = lock_for(session, Event.CHART_BEFORE)
    if locked.identity_checked != checked:
        locked.identity_checked = checked
        locked.save(update_fields=["identity_checked"])
        note("session.identity_checked", locked, actor, now, checked=checked)
    return locked


@transaction.atomic
def chart_vitals(
    *, session: Session, phase: str, values: Mapping[str, Any], actor: User, now: datetime
) -> VitalSigns:
    """Write, or correct, the vital signs of one phase. None is not measured; those after need the hour to be over.

    Raises InvalidInput for values that cannot be true.
    """
    locked = lock_for(session, CHART[phase])
    _refuse_unknown(values, VITALS_FIELDS)
    row = VitalSigns.objects.filter(session=locked, phase=phase).first()
    row = row or VitalSigns(session=locked, phase=phase)
    for name, value in values.items():
        setattr(row, name, value)
    row.recorded_by, row.recorded_at = actor, now
    check(row)
    try:
        vitals_of(row, locked.course.clinic)
    except ImplausibleVitals as error:
        raise InvalidInput(str(error), code="implausible", fields=whole(str(error))) from error
    row.save()
    note("session.vitals_charted", locked, actor, now, phase=phase)
    return row


@transaction.atomic
def chart_end(*, session: Session, values: Mapping[str, Any], actor: User, now: datetime) -> Session:
    """How the patient left: skin and legs, symptoms, what was taught, the next hour. Empty or None is not known."""
    locked = lock_for(session, Event.CHART_AFTER)
    _refuse_unknown(values, END_FIELDS)
    nothing, education = Session.Education.NOTHING, values.get("education", ())
    if nothing in education and len(education) > 1:
        sentence = gettext("“Nothing new was needed” stands alone. Untick it, or the others.")
        raise InvalidInput(sentence, code="education", fields={"education": [sentence]})
    for name, value in values.items():
        setattr(locked, name, value)
    check(locked)
    locked.save(update_fields=list(values))
    note("session.end_charted", locked, actor, now)
    return locked


@transaction.atomic
def add_reading(
    *,
    session: Session,
    values: Mapping[str, Any],
    actor: User,
    now: datetime,
    at: datetime | None = None,
    from_device: Mapping[str, Any] | None = None,
) -> Reading:
    """One row of the flowsheet, of this moment or of ``at`` within the session.

    ``from_device`` are the values the device gave, as the person saw them; a value that the person typed
    instead is the person's. An empty row is refused.
    """
    locked = lock_for(session, Event.READ)
    _refuse_unknown(values, READING_FIELDS)
    moment = moment_within(locked, at, now)
    given = {name: value for name, value in (from_device or {}).items() if name in DEVICE_FIELDS}
    typed = {name: value for name, value in values.items() if value not in (None, "")}
    row = Reading(session=locked, at=moment, recorded_by=actor, **{**given, **typed})
    row.from_device = [name for name in DEVICE_FIELDS if given.get(name) is not None and name not in typed]
    if not typed and not row.from_device:
        sentence = gettext("The row is empty. Enter at least one value or a note.")
        raise InvalidInput(sentence, code="empty_row", fields=whole(sentence))
    _check_reading(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            gettext("A row of this very moment is there already. Save again."), fields={}
        ) from error
    note("session.reading_added", locked, actor, now, from_device=row.from_device)
    return row


def _check_reading(row: Reading) -> None:
    try:
        row.full_clean(exclude=["from_device"])  # an empty list is a fact, not a field left out
    except ValidationError as error:
        raise refusal(error.message_dict) from error


def _refuse_unknown(values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise ValueError(f"a session has no such thing to chart: {', '.join(unknown)}")
