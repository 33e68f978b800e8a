"""Booked hours as Appointment, sessions as Procedure, and machines as Device."""

from django.db.models import Q, QuerySet

from courses.fhir.orders import by_session_code
from courses.fhir.shared import of_patient, session_concept
from courses.models import Appointment, Session
from devices.models import Device
from eecp_clinic.fhir.given import Token
from eecp_clinic.fhir.parameters import (
    NOTHING,
    Columns,
    coded,
    date,
    reference,
    row_id,
    token,
    words,
)
from eecp_clinic.fhir.resources import Json, clinic_reference, concept, moment
from eecp_clinic.fhir.types import ResourceType, TableRows
from eecp_clinic.models import Clinic
from eecp_clinic.roles import EVERYBODY
from patients.fhir import codes
from patients.fhir.resources import patient_reference
from patients.roles import READS_CLINICAL

A = Appointment.State
#: A running hour is fulfilled as an appointment: what happens in it tells the Procedure.
APPOINTMENT_STATUS = {
    A.BOOKED: "booked",
    A.ARRIVED: "arrived",
    A.IN_PROGRESS: "fulfilled",
    A.DONE: "fulfilled",
    A.MISSED: "noshow",
    A.CANCELLED: "cancelled",
    A.HELD: "cancelled",
}


def _device_reference(device: Device) -> Json:
    return {"reference": f"Device/{device.code}", "display": device.name}


def appointment_resource(appointment: Appointment) -> Json:
    status = APPOINTMENT_STATUS[A(appointment.state)]
    not_given = status in ("cancelled", "noshow")
    return {
        "resourceType": "Appointment",
        "id": appointment.code,
        "status": status,
        "cancelationReason": {"text": appointment.reason} if not_given and appointment.reason else None,
        "serviceType": [{"text": "EECP session"}],
        "start": moment(appointment.starts_at),
        "end": moment(appointment.ends_at),
        "minutesDuration": round((appointment.ends_at - appointment.starts_at).total_seconds() / 60),
        "basedOn": [{"reference": f"ServiceRequest/{appointment.course.order.code}"}],
        "participant": [
            {"actor": patient_reference(appointment.patient), "status": "accepted"},
            {"actor": _device_reference(appointment.device), "status": "accepted"},
        ],
    }


def _appointments(clinic: Clinic) -> QuerySet[Appointment]:
    return Appointment.objects.of(clinic).select_related("patient", "device", "course__order")


def _by_status(statuses: dict[A, str]) -> dict[str, Q]:
    return {
        status: Q(state__in=[state for state, code in statuses.items() if code == status])
        for status in statuses.values()
    }


APPOINTMENT = ResourceType(
    "Appointment",
    "One booked hour of one device for one patient.",
    EVERYBODY,
    (
        row_id(),
        reference("patient", "Patient", "patient"),
        reference("location", "Device", "device"),
        coded("status", "booked, arrived, fulfilled, noshow or cancelled", _by_status(APPOINTMENT_STATUS)),
        date("date", "When the hour begins"),
    ),
    TableRows(
        _appointments,
        appointment_resource,
        {"_id": "code", "patient": "patient__code", "device": "device__code", "start": "starts_at"},
    ),
)

COMPLETED = Q(stop_reason=Session.StopReason.COMPLETED)
ENDED = Q(state__in=[Session.State.ENDED, Session.State.SIGNED])
_RUNNING = {
    Session.State.DRAFT: "preparation",
    Session.State.IN_PROGRESS: "in-progress",
    Session.State.PAUSED: "on-hold",
}


def session_status(session: Session) -> str:
    state = Session.State(session.state)
    if state in _RUNNING:
        return _RUNNING[state]
    return "completed" if session.stop_reason == Session.StopReason.COMPLETED else "stopped"


def session_resource(session: Session) -> Json:
    course, status = session.course, session_status(session)
    notes = []
    if session.number is not None:
        notes.append(f"Session {session.number} of {course.sessions_ordered}")
    if session.minutes_delivered is not None:
        notes.append(f"Minutes delivered: {session.minutes_delivered} min")
    signer = session.signature
    return {
        "resourceType": "Procedure",
        "id": session.code,
        "basedOn": [
            {"reference": f"CarePlan/{course.code}"},
            {"reference": f"ServiceRequest/{course.order.code}"},
        ],
        "status": status,
        "statusReason": {"text": str(session.get_stop_reason_display())} if status == "stopped" else None,
        "code": session_concept(),
        "subject": patient_reference(course.patient),
        "performedPeriod": {"start": moment(session.started_at), "end": moment(session.ended_at)},
        "asserter": {"type": "Practitioner", "display": f"{signer.name}, {signer.credentials}"}
        if signer
        else None,
        "reasonCode": [concept(code, (codes.ICD10CM, code)) for code in course.order.diagnoses],
        "note": [{"text": ". ".join(notes)}] if notes else None,
        "usedReference": [_device_reference(session.device)],
    }


def _sessions(clinic: Clinic) -> QuerySet[Session]:
    return Session.objects.of(clinic).select_related(
        "course__patient", "course__order", "device", "signature"
    )


PROCEDURE = ResourceType(
    "Procedure",
    "One session, from its preparation on.",
    READS_CLINICAL,
    (
        row_id(),
        *of_patient(),
        coded(
            "status",
            "preparation, in-progress, on-hold, completed or stopped",
            {
                **{code: Q(state=state) for state, code in _RUNNING.items()},
                "completed": ENDED & COMPLETED,
                "stopped": ENDED & ~COMPLETED,
            },
        ),
        token("code", "G0166 (HCPCS)", by_session_code),
        date("date", "From the start of the session to its end"),
    ),
    TableRows(
        _sessions,
        session_resource,
        {"_id": "code", "patient": "course__patient__code", "start": "started_at", "end": "ended_at"},
    ),
)


def device_resource(device: Device) -> Json:
    return {
        "resourceType": "Device",
        "id": device.code,
        "status": "active" if device.is_active else "inactive",
        "serialNumber": device.serial,
        "deviceName": [{"name": device.name, "type": "user-friendly-name"}],
        "modelNumber": device.model,
        "type": {"text": f"External counterpulsation console, {device.kind}"},
        "owner": clinic_reference(device.clinic),
    }


def _devices(clinic: Clinic) -> QuerySet[Device]:
    return Device.objects.of(clinic).select_related("clinic")


def _by_serial(asked: Token, on: Columns) -> Q:
    return NOTHING if asked.system or asked.code is None else Q(serial__iexact=asked.code)


DEVICE = ResourceType(
    "Device",
    "A counterpulsation console of the clinic.",
    EVERYBODY,
    (
        row_id(),
        token("identifier", "The serial number", _by_serial),
        words("device-name", "What the clinic calls it", "name"),
        coded("status", "active or inactive", {"active": Q(is_active=True), "inactive": Q(is_active=False)}),
    ),
    TableRows(_devices, device_resource, {"_id": "code"}),
)
