"""Tiny builders that read like the domain. Every value is fixed; what matters to a test is given by it."""

import hashlib
import itertools
import secrets
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from courses.models import Appointment, Course, Session, SupervisionPeriod, TreatmentOrder, VitalSigns
from devices.models import AgentKey, Device, GatingReport, Recording
from eecp_clinic.models import Clinic, Membership, OpeningHours, Signature, User
from eecp_clinic.roles import Role
from eecp_clinic.signing import canonical, sha256_of
from patients.models import (
    Coverage,
    EligibilityAssessment,
    Notice,
    Patient,
    Payer,
    PlanDetermination,
    PriorAuthorization,
    SafetyScreening,
    Workup,
)
from patients.services import screen_patient

PASSWORD = "correct horse battery"
MONDAY_NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 09:00 in Chicago
_numbers = itertools.count(1)


def make_clinic(name: str = "Example Heart Clinic", **fields: Any) -> Clinic:
    number = next(_numbers)
    clinic = Clinic.objects.create(
        name=name,
        address=fields.pop("address", f"{number} Example Street"),
        city="Sampleton",
        state="IL",
        postal_code="60000",
        npi="1245319599",
        tax_id="00-0000000",
        time_zone="America/Chicago",
        **fields,
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=time(8), closes=time(17)) for day in range(5)
    )
    return clinic


def add_role(user: User, clinic: Clinic, role: Role) -> None:
    Membership.objects.create(user=user, clinic=clinic, role=role)


def make_user(
    clinic: Clinic, role: Role, username: str, given: str, family: str, credentials: str, *, npi: str = ""
) -> User:
    user = User.objects.create_user(
        username,
        f"{username}@example.org",
        PASSWORD,
        first_name=given,
        last_name=family,
        credentials=credentials,
        npi=npi,
    )
    add_role(user, clinic, role)
    return user


#: Where a patient of the tests lives.
LIVES_AT = {"address": "2 Example Street", "city": "Sampleton", "state": "IL", "postal_code": "60000"}


def make_patient(
    clinic: Clinic, family_name: str = "Sample", given_name: str = "Joan", **fields: Any
) -> Patient:
    number = next(_numbers)
    return Patient.objects.create(
        clinic=clinic,
        mrn=fields.pop("mrn", f"T-{number:05}"),
        family_name=family_name,
        given_name=given_name,
        birth_date=fields.pop("birth_date", date(1951, 3, 4)),
        sex=fields.pop("sex", Patient.Sex.FEMALE),
        **LIVES_AT | fields,
    )


def make_payer(
    clinic: Clinic, kind: str = Payer.Kind.ORIGINAL_MEDICARE, name: str = "Original Medicare"
) -> Payer:
    return Payer.objects.get_or_create(clinic=clinic, name=name, defaults={"kind": kind})[0]


def make_coverage(patient: Patient, payer: Payer | None = None, **fields: Any) -> Coverage:
    return Coverage.objects.create(
        patient=patient,
        payer=payer or make_payer(patient.clinic),
        member_id=fields.pop("member_id", "1EG4TE5MK73"),
        starts_on=fields.pop("starts_on", date(2016, 3, 1)),
        **fields,
    )


def make_authorization(coverage: Coverage, **fields: Any) -> PriorAuthorization:
    values: dict[str, Any] = {
        "number": f"PA-{next(_numbers)}",
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2027, 1, 31),
        "sessions_approved": 35,
    }
    return PriorAuthorization.objects.create(coverage=coverage, **values | fields)


def make_workup(patient: Patient, by: User, **fields: Any) -> Workup:
    """A workup that meets NCD 20.20 unless told otherwise."""
    values: dict[str, Any] = {
        "ccs_class": 3,
        "ccs_assessed_on": date(2026, 11, 2),
        "angina_stability": Workup.Stability.STABLE,
        "stable_since": date(2026, 9, 1),
        "opinion_by": "C. Specialist-Example, MD",
        "opinion_specialty": Workup.Specialty.CARDIOLOGY,
        "opinion_on": date(2026, 11, 2),
        "opinion_reasons": ["anatomy_not_amenable"],
        "cad_proven": True,
        "medical_therapy_maximal": True,
        "therapy_tried": ["beta_blocker", "long_acting_nitrate", "ranolazine"],
        "angina_is_primary": True,
        "device_kind": Workup.DeviceKind.PNEUMATIC,
        "prior_sessions_in_course": 0,
        "earlier_course": False,
        "diagnoses": ["I25.112"],
    }
    return Workup.objects.create(patient=patient, recorded_by=by, recorded_at=MONDAY_NINE, **values | fields)


def make_signature(clinic: Clinic, signer: User, role: Role, subject: str, /, **content: Any) -> Signature:
    text = canonical(content)
    return Signature.objects.create(
        clinic=clinic,
        signer=signer,
        name=signer.get_full_name(),
        credentials=signer.credentials,
        role=role,
        meaning="Signed in a test",
        signed_at=MONDAY_NINE,
        authentication="password",
        subject=subject,
        content=text,
        content_sha256=sha256_of(text),
    )


def make_assessment(
    patient: Patient, by: User, *, signed: bool = True, **fields: Any
) -> EligibilityAssessment:
    workup = fields.pop("workup", None) or make_workup(patient, by)
    coverage = fields.pop("coverage", None) or patient.coverages.first() or make_coverage(patient)
    signature = make_signature(patient.clinic, by, Role.PHYSICIAN, "assessment") if signed else None
    values: dict[str, Any] = {
        "policy_id": "ncd-20.20",
        "policy_version": "2",
        "facts": {},
        "decision": {},
        "verdict": "covered",
        "pathway": "covered",
        "made_at": MONDAY_NINE,
    }
    return EligibilityAssessment.objects.create(
        patient=patient,
        workup=workup,
        coverage=coverage,
        made_by=by,
        signature=signature,
        **values | fields,
    )


def make_notice(patient: Patient, by: User, **fields: Any) -> Notice:
    """An ABN for a course from the day of MONDAY_NINE, not answered."""
    values: dict[str, Any] = {
        "service": "35 one-hour sessions of external counterpulsation (EECP)",
        "reason": "Medicare pays only for angina of class III or IV. Yours is class II.",
        "sessions": 35,
        "estimate_usd": Decimal("4500.00"),
        "first_day": MONDAY_NINE.date(),
        "last_day": MONDAY_NINE.date() + timedelta(days=79),
    }
    coverage = fields.pop("coverage", None) or patient.coverages.first() or make_coverage(patient)
    return Notice.objects.create(
        patient=patient, coverage=coverage, given_by=by, given_at=MONDAY_NINE, **values | fields
    )


def make_determination(patient: Patient, by: User, **fields: Any) -> PlanDetermination:
    """A question to a plan, asked at MONDAY_NINE and not answered."""
    plan = make_payer(patient.clinic, Payer.Kind.MEDICARE_ADVANTAGE, "Example Advantage Plan")
    coverage = fields.pop("coverage", None) or patient.coverages.filter(payer=plan).first()
    return PlanDetermination.objects.create(
        patient=patient,
        coverage=coverage or make_coverage(patient, plan, priority=2, member_id="X1"),
        requested_at=MONDAY_NINE,
        due_at=MONDAY_NINE + timedelta(days=7),
        requested_by=by,
        **fields,
    )


def make_screening(patient: Patient, by: User, **known: Any) -> SafetyScreening:
    return screen_patient(patient=patient, values=known, as_of=MONDAY_NINE.date(), actor=by, now=MONDAY_NINE)


def make_order(patient: Patient, by: User, *, signed: bool = True, **fields: Any) -> TreatmentOrder:
    assessment = fields.pop("assessment", None) or make_assessment(patient, by)
    signature = make_signature(patient.clinic, by, Role.PHYSICIAN, "order") if signed else None
    return TreatmentOrder.objects.create(
        patient=patient,
        assessment=assessment,
        ordered_by=by,
        ordered_at=MONDAY_NINE - timedelta(days=7),
        diagnoses=["I25.112"],
        signature=signature,
        **fields,
    )


def make_course(patient: Patient, by: User, **fields: Any) -> Course:
    """A course with a signed order; booked hours are added by ``make_appointment``."""
    order = fields.pop("order", None) or make_order(patient, by)
    return Course.objects.create(
        clinic=patient.clinic,
        patient=patient,
        order=order,
        state=fields.pop("state", Course.State.ACTIVE),
        **fields,
    )


def make_device(clinic: Clinic, name: str = "Device 1", **fields: Any) -> Device:
    return Device.objects.create(
        clinic=clinic, name=name, serial=fields.pop("serial", f"SN-{next(_numbers)}"), **fields
    )


def make_key(device: Device) -> tuple[AgentKey, str]:
    """An agent key and its secret."""
    secret = f"eecp_{secrets.token_urlsafe(32)}"
    key = AgentKey.objects.create(
        device=device,
        prefix=secret[:9],
        sha256=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=MONDAY_NINE,
    )
    return key, secret


def make_appointment(
    course: Course, device: Device, starts_at: datetime = MONDAY_NINE, **fields: Any
) -> Appointment:
    return Appointment.objects.create(
        course=course,
        patient=course.patient,
        device=device,
        starts_at=starts_at,
        ends_at=fields.pop("ends_at", starts_at + timedelta(hours=1)),
        **fields,
    )


def make_recording(
    device: Device, started_at: datetime = MONDAY_NINE, *, minutes: int = 60, **fields: Any
) -> Recording:
    """A recording that ended and was stored and verified, unless told otherwise (no chunks, no real file)."""
    ended_at = started_at + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "manifest": {"channels": []},
        "opened_at": started_at,
        "closed_at": ended_at,
        "ended_at": ended_at,
        "stored_at": ended_at,
        "verified_at": ended_at,
        "file_sha256": "ab" * 32,
        "clock_offset_ms": 0,
        "running": [[0.0, 60.0 * minutes, True]],
    }
    return Recording.objects.create(
        uuid=uuid.uuid4(), device=device, started_at=started_at, **values | fields
    )


def make_report(recording: Recording, **fields: Any) -> GatingReport:
    values: dict[str, Any] = {
        "engine_version": "1.0.0",
        "config": {},
        "config_sha256": "cd" * 32,
        "input_sha256": recording.file_sha256,
        "report": {"minutes": []},
        "made_at": MONDAY_NINE,
        "grade": "A",
        "effective_minutes": 58.0,
        "ds_peak": 1.4,
    }
    return GatingReport.objects.create(recording=recording, **values | fields)


def make_session(
    appointment: Appointment, by: User, state: str = Session.State.DRAFT, **fields: Any
) -> Session:
    """A session in ``state`` on its appointment; an ended or signed one ran for the whole hour."""
    over = state in {Session.State.ENDED, Session.State.SIGNED}
    values: dict[str, Any] = {"identity_checked": True}
    if state != Session.State.DRAFT:
        values["started_at"] = appointment.starts_at
    if over:
        values |= {
            "ended_at": appointment.ends_at,
            "stop_reason": Session.StopReason.COMPLETED,
            "minutes_delivered": "60.0",
            "number": Session.objects.filter(course=appointment.course, number__isnull=False).count() + 1,
        }
    signed = state == Session.State.SIGNED
    if signed:
        clinic = appointment.course.clinic
        values["signature"] = make_signature(clinic, by, Role.NURSE, "session")
    return Session.objects.create(
        course=appointment.course,
        appointment=appointment,
        device=appointment.device,
        state=state,
        opened_by=by,
        **values | fields,
    )


def make_vitals(
    session: Session, by: User, phase: str = VitalSigns.Phase.BEFORE, **fields: Any
) -> VitalSigns:
    values: dict[str, Any] = {
        "systolic_mmhg": 128,
        "diastolic_mmhg": 72,
        "heart_rate_bpm": 66,
        "spo2_percent": 97,
        "weight_kg": "71.5",
    }
    return VitalSigns.objects.create(
        session=session, phase=phase, recorded_by=by, recorded_at=MONDAY_NINE, **values | fields
    )


def make_supervision(
    clinic: Clinic, practitioner: User, started_at: datetime, hours: int = 9
) -> SupervisionPeriod:
    return SupervisionPeriod.objects.create(
        clinic=clinic,
        practitioner=practitioner,
        started_at=started_at,
        ended_at=started_at + timedelta(hours=hours),
    )
