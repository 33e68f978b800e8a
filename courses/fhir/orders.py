"""Orders as ServiceRequest, and courses as CarePlan."""

from django.db.models import Min, Q, QuerySet

from courses.fhir.shared import SESSION_CODE, of_patient, session_concept
from courses.models import Course, TreatmentOrder
from eecp_clinic.fhir.given import Token
from eecp_clinic.fhir.parameters import NOTHING, Columns, coded, date, row_id, token
from eecp_clinic.fhir.resources import Json, clinic_reference, concept, day, moment, staff_reference
from eecp_clinic.fhir.types import ResourceType, TableRows
from eecp_clinic.models import Clinic
from patients.fhir import codes
from patients.fhir.resources import patient_reference
from patients.roles import READS_CLINICAL

S = Course.State
#: Statuses of FHIR by the state of the course; an order without a signature is a draft.
REQUEST_STATUS = {
    S.PLANNED: "active",
    S.ACTIVE: "active",
    S.ON_HOLD: "on-hold",
    S.COMPLETED: "completed",
    S.DISCONTINUED: "revoked",
}


def _states(path: str, status: str) -> Q:
    return Q(**{f"{path}__in": [state for state, code in REQUEST_STATUS.items() if code == status]})


def by_session_code(asked: Token, on: Columns) -> Q:
    """Everything of one type has the same code: all of them, or none."""
    return Q() if asked.matches(codes.HCPCS, SESSION_CODE) else NOTHING


def order_resource(order: TreatmentOrder) -> Json:
    course: Course | None = getattr(order, "course", None)
    if not order.is_signed:
        status = "draft"
    else:
        status = REQUEST_STATUS[S(course.state)] if course else "active"
    return {
        "resourceType": "ServiceRequest",
        "id": order.code,
        "status": status,
        "intent": "order",
        "code": session_concept(),
        "orderDetail": [{"text": f"Pressure target {order.pressure_target_mmhg} mmHg"}],
        "quantityQuantity": {"value": order.sessions, "unit": "sessions"},
        "subject": patient_reference(order.patient),
        "occurrenceTiming": {
            "repeat": {
                "count": order.sessions,
                "duration": order.session_minutes,
                "durationUnit": "min",
                "frequency": order.sessions_per_day * order.days_per_week,
                "period": 1,
                "periodUnit": "wk",
            }
        },
        "authoredOn": moment(order.ordered_at),
        "requester": staff_reference(order.ordered_by),
        "reasonCode": [concept(code, (codes.ICD10CM, code)) for code in order.diagnoses],
        "note": [{"text": order.goals}] if order.goals else None,
    }


def _orders(clinic: Clinic) -> QuerySet[TreatmentOrder]:
    return TreatmentOrder.objects.filter(patient__clinic=clinic).select_related(
        "patient", "ordered_by", "course"
    )


SIGNED = Q(signature__isnull=False)
SERVICE_REQUEST = ResourceType(
    "ServiceRequest",
    "A physician's order of a course; without a signature a draft.",
    READS_CLINICAL,
    (
        row_id(),
        *of_patient(),
        coded(
            "status",
            "draft, active, on-hold, completed or revoked",
            {
                "draft": ~SIGNED,
                "active": SIGNED & (_states("course__state", "active") | Q(course__isnull=True)),
                "on-hold": SIGNED & _states("course__state", "on-hold"),
                "completed": SIGNED & _states("course__state", "completed"),
                "revoked": SIGNED & _states("course__state", "revoked"),
            },
        ),
        token("code", "G0166 (HCPCS)", by_session_code),
        date("authored", "When the order was written"),
    ),
    TableRows(_orders, order_resource, {"_id": "code", "patient": "patient__code", "start": "ordered_at"}),
)


def course_resource(course: Course) -> Json:
    order = course.order
    begun = getattr(course, "begun_at", None)
    return {
        "resourceType": "CarePlan",
        "id": course.code,
        "status": REQUEST_STATUS[S(course.state)],
        "intent": "plan",
        "title": f"EECP course, {order.sessions} sessions",
        "description": str(course.get_end_reason_display()) if course.end_reason else None,
        "subject": patient_reference(course.patient),
        "period": {"start": moment(begun), "end": day(course.ended_on)},
        "created": moment(course.created_at),
        "author": clinic_reference(course.clinic),
        "activity": [{"reference": {"reference": f"ServiceRequest/{order.code}"}}],
    }


def _courses(clinic: Clinic) -> QuerySet[Course]:
    return (
        Course.objects.of(clinic)
        .select_related("patient", "clinic", "order")
        .annotate(begun_at=Min("sessions__started_at"))
    )


CARE_PLAN = ResourceType(
    "CarePlan",
    "A course: a signed order being carried out.",
    READS_CLINICAL,
    (
        row_id(),
        *of_patient(),
        coded(
            "status",
            "active, on-hold, completed or revoked",
            {status: _states("state", status) for status in ("active", "on-hold", "completed", "revoked")},
        ),
        date("date", "From the first session to the end of the course"),
    ),
    TableRows(
        _courses,
        course_resource,
        {
            "_id": "code",
            "patient": "patient__code",
            "start": "begun_at__date",
            "end": "ended_on",
            "days": True,
        },
    ),
)
