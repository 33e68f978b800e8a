"""The FHIR R4 API, over HTTP: what it answers is valid, scoped, searched as FHIR says, and audited."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from fhir.resources.R4B import get_fhir_model_class
from pytest_django import DjangoAssertNumQueries

from courses.fhir.registry import TYPES
from courses.models import Course, OutcomeMeasure, Session, VitalSigns
from eecp_clinic.models import AuditEvent, Clinic, User
from patients.fhir.reading.extract import extract
from patients.models import Patient
from patients.services import merge_patients
from tests import factories
from tests.factories import MONDAY_NINE

Json = dict[str, Any]
BASE = "/fhir/R4"
NAMES = [kind.name for kind in TYPES]


def valid(body: Json) -> Json:
    """``body``, which the FHIR models accept, and every resource within it."""
    get_fhir_model_class(body["resourceType"]).model_validate(body)
    for entry in body.get("entry", []):
        resource = entry["resource"]
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return body


def get(client: Client, path: str, status: int = 200, **headers: str) -> Json:
    response = client.get(f"{BASE}/{path}", headers=headers)
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/fhir+json")
    body: Json = response.json()
    return valid(body)


def ids(bundle: Json) -> list[str]:
    return [
        entry["resource"]["id"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"
    ]


def texts(bundle: Json) -> list[str]:
    return [entry["resource"]["code"]["text"] for entry in bundle.get("entry", [])]


@pytest.fixture
def course(clinic: Clinic, physician: User, nurse: User) -> Course:
    """Joan Sample in the middle of a course: one signed session, one to come, outcomes before."""
    patient = factories.make_patient(
        clinic, phone="312-555-0142", address="1 Example Street", city="Sampleton"
    )
    workup = factories.make_workup(
        patient, physician, lvef_percent=52, nyha_class=2, cac_agatston=640, cac_on=date(2026, 10, 1)
    )
    assessment = factories.make_assessment(patient, physician, workup=workup)
    course = factories.make_course(
        patient, physician, order=factories.make_order(patient, physician, assessment=assessment)
    )
    device = factories.make_device(clinic, serial="SN-77", model="Example 5")
    session = factories.make_session(
        factories.make_appointment(course, device, state="done"), nurse, Session.State.ENDED
    )
    VitalSigns.objects.create(
        session=session,
        phase="before",
        systolic_mmhg=128,
        diastolic_mmhg=76,
        heart_rate_bpm=64,
        spo2_percent=97,
        respiratory_rate=14,
        weight_kg="81.5",
        recorded_by=nurse,
        recorded_at=MONDAY_NINE,
    )
    OutcomeMeasure.objects.create(
        course=course,
        point=OutcomeMeasure.Point.SIX_MONTHS,
        measured_on=date(2026, 11, 20),
        ccs_class=2,
        angina_per_week=4,
        nitroglycerin_per_week=3,
        walk_6min_m=310,
        dasi="23.45",
        recorded_by=nurse,
    )
    factories.make_appointment(course, device, MONDAY_NINE + timedelta(days=1))
    return course


def test_capability_statement_lists_exactly_the_routes() -> None:
    statement = get(Client(), "metadata")
    (rest,) = statement["rest"]
    listed = {resource["type"] for resource in rest["resource"]}
    (fhir,) = [part for part in get_resolver().url_patterns if getattr(part, "namespace", "") == "fhir"]
    routed = {str(pattern.name) for pattern in fhir.url_patterns}  # type: ignore[union-attr]
    made = {f"{kind}-{what}" for kind in listed for what in ("search", "read")}
    assert routed == made | {"metadata", "everything", "export", "nothing"}
    assert [resource["type"] for resource in rest["resource"]] == NAMES
    patient = rest["resource"][0]
    assert [operation["name"] for operation in patient["operation"]] == ["everything"]
    assert statement["fhirVersion"] == "4.0.1"


@pytest.mark.parametrize("kind", NAMES)
def test_every_type_is_found_and_read_by_the_id_it_was_found_with(
    kind: str, course: Course, physician_client: Client
) -> None:
    found = get(physician_client, kind)
    assert found["total"] == len(ids(found)) > 0
    for entry in found["entry"]:
        resource = entry["resource"]
        assert get(physician_client, f"{kind}/{resource['id']}") == resource
        assert entry["fullUrl"] == f"http://testserver{BASE}/{kind}/{resource['id']}"
        assert ids(get(physician_client, f"{kind}?_id={resource['id']}")) == [resource["id"]]


@pytest.mark.parametrize("kind", NAMES)
def test_every_parameter_of_the_statement_can_be_asked(
    kind: str, course: Course, physician_client: Client
) -> None:
    values = {"date": "ge2020-01-01", "token": "active", "string": "a", "reference": course.patient.code}
    for parameter in next(one for one in TYPES if one.name == kind).parameters:
        get(physician_client, f"{kind}?{parameter.name}={values[parameter.kind]}", prefer="handling=strict")


@pytest.mark.parametrize("kind", NAMES)
def test_another_clinic_finds_nothing(
    kind: str, course: Course, outsider_client: Client, physician_client: Client
) -> None:
    assert get(outsider_client, kind)["total"] == 0
    for code in ids(get(physician_client, kind)):
        get(outsider_client, f"{kind}/{code}", 404)


@pytest.mark.parametrize("kind", NAMES)
def test_a_page_takes_the_same_queries_however_long_it_is(
    kind: str,
    course: Course,
    physician: User,
    nurse: User,
    physician_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(4):
        other = factories.make_patient(course.clinic, given_name=f"Other{number}")
        more = factories.make_course(other, physician)
        device = factories.make_device(course.clinic, f"Device more {number}")
        hour = factories.make_appointment(more, device)
        session = factories.make_session(hour, nurse)
        VitalSigns.objects.create(
            session=session, phase="after", heart_rate_bpm=70, recorded_by=nurse, recorded_at=MONDAY_NINE
        )
    # Session, user, memberships, then count, page, rows of at most three tables, and the audit entry.
    with django_assert_max_num_queries(10):
        assert get(physician_client, kind)["total"] >= 5


def test_patient_is_found_by_the_usual_parameters(course: Course, physician_client: Client) -> None:
    patient = course.patient
    factories.make_patient(course.clinic, "Beispiel", "Otto", birth_date=date(1940, 1, 2), sex="M")
    for query in (
        f"identifier={patient.mrn}",
        f"identifier=|{patient.mrn}",
        "name=sam",
        "name:exact=Sample",
        "name:contains=ampl",
        "family=Sample&given=Joan",
        "birthdate=1951-03-04",
        "birthdate=1951",
        "birthdate=gt1950&birthdate=lt1952",
        "gender=female",
        f"_id={patient.code},nobody",
    ):
        assert ids(get(physician_client, f"Patient?{query}")) == [patient.code], query
    for query in (
        "identifier=urn:x|" + patient.mrn,
        "name:exact=sample",
        "birthdate=ne1951-03-04&gender=female",
    ):
        assert ids(get(physician_client, f"Patient?{query}")) == [], query


def test_everything_of_a_patient_is_found_by_patient(course: Course, physician_client: Client) -> None:
    other = factories.make_patient(course.clinic)
    for kind in set(NAMES) - {"Patient", "Device"}:
        for value in (course.patient.code, f"Patient/{course.patient.code}"):
            assert get(physician_client, f"{kind}?patient={value}")["total"] > 0
        assert get(physician_client, f"{kind}?patient={other.code}")["total"] == 0


def test_appointment_is_found_by_date_and_status(course: Course, physician_client: Client) -> None:
    assert get(physician_client, "Appointment?date=2026-11-23")["total"] == 1
    assert get(physician_client, "Appointment?date=ge2026-11-24&status=booked")["total"] == 1
    assert get(physician_client, "Appointment?date=2026-11-23T15:00:00Z")["total"] == 1
    assert get(physician_client, "Appointment?status=noshow")["total"] == 0


def test_procedure_is_found_by_the_time_it_took(course: Course, physician_client: Client) -> None:
    assert get(physician_client, "Procedure?date=2026-11-23&code=G0166&status=completed")["total"] == 1
    assert get(physician_client, "Procedure?date=gt2026-11-23T15:30:00Z")["total"] == 1
    assert get(physician_client, "Procedure?date=sa2026-11-23T15:30:00Z")["total"] == 0
    assert get(physician_client, "Procedure?code=other")["total"] == 0


def test_observations_are_found_by_code_words_category_and_day(
    course: Course, physician_client: Client
) -> None:
    assert texts(get(physician_client, "Observation?code=85354-9")) == ["Blood pressure"]
    assert texts(get(physician_client, "Observation?code=http://loinc.org|64098-7")) == ["Six-minute walk"]
    assert texts(get(physician_client, "Observation?code:text=duke")) == ["Duke Activity Status Index"]
    assert get(physician_client, "Observation?category=vital-signs")["total"] == 5
    assert get(physician_client, "Observation?date=2026-10-01")["total"] == 1
    # What was measured on a day that nobody wrote down is found by no date.
    dated = get(physician_client, "Observation?date=gt1900&_count=100")
    assert "NYHA class" not in texts(dated) and "CCS angina class" in texts(dated)
    assert get(physician_client, "Observation?date=ge2026-11-20T12:00:00Z")["total"] == 10


def test_vital_signs_are_preliminary_until_the_session_is_signed(
    course: Course, physician_client: Client, nurse: User
) -> None:
    assert get(physician_client, "Observation?status=preliminary")["total"] == 5
    session = Session.objects.get()
    signature = factories.make_signature(course.clinic, nurse, "nurse", "session")  # type: ignore[arg-type]
    Session.objects.filter(pk=session.pk).update(signature=signature, state="signed")
    assert get(physician_client, "Observation?status=preliminary")["total"] == 0


def test_observation_says_value_unit_and_day(course: Course, physician_client: Client) -> None:
    (walk,) = get(physician_client, "Observation?code=64098-7")["entry"]
    assert walk["resource"]["valueQuantity"] == {
        "value": 310,
        "unit": "m",
        "system": "http://unitsofmeasure.org",
        "code": "m",
    }
    assert walk["resource"]["effectiveDateTime"] == "2026-11-20"
    assert walk["resource"]["id"] == f"walk.{course.code}.six-months"


def test_condition_is_a_diagnosis_of_the_newest_workup(
    course: Course, physician: User, physician_client: Client
) -> None:
    later = MONDAY_NINE + timedelta(days=1)
    workup = factories.make_workup(course.patient, physician, diagnoses=["I25.118", "I10"])
    type(workup).objects.filter(pk=workup.pk).update(recorded_at=later)
    assert ids(get(physician_client, "Condition")) == [
        f"{course.patient.code}.I25.118",
        f"{course.patient.code}.I10",
    ]
    assert ids(get(physician_client, "Condition?code=I10")) == [f"{course.patient.code}.I10"]
    assert get(physician_client, "Condition?code=http://snomed.info/sct|I10")["total"] == 0
    assert get(physician_client, "Condition?recorded-date=2026-11-24")["total"] == 2


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        (Course.State.PLANNED, "", "active"),
        (Course.State.ACTIVE, "", "active"),
        (Course.State.ON_HOLD, "", "on-hold"),
        (Course.State.COMPLETED, "", "completed"),
        (Course.State.DISCONTINUED, "patient_wish", "revoked"),
    ],
)
def test_state_of_a_course_is_a_status_of_fhir(
    state: str, reason: str, status: str, course: Course, physician_client: Client
) -> None:
    Course.objects.update(state=state, end_reason=reason)
    for kind in ("CarePlan", "ServiceRequest"):
        (entry,) = get(physician_client, f"{kind}?status={status}")["entry"]
        assert entry["resource"]["status"] == status


def test_order_without_signature_is_a_draft(
    clinic: Clinic, physician: User, physician_client: Client
) -> None:
    factories.make_order(factories.make_patient(clinic), physician, signed=False)
    (entry,) = get(physician_client, "ServiceRequest?status=draft")["entry"]
    assert entry["resource"]["status"] == "draft"
    assert get(physician_client, "ServiceRequest?status=active")["total"] == 0


def test_pages_link_to_one_another_and_show_each_resource_once(
    clinic: Clinic, physician_client: Client
) -> None:
    for number in range(5):
        factories.make_patient(clinic, given_name=f"P{number}")
    seen: list[str] = []
    page = get(physician_client, "Patient?_count=2&name=sample")
    assert page["total"] == 5
    while True:
        seen += ids(page)
        links = {link["relation"]: link["url"] for link in page["link"]}
        if "next" not in links:
            break
        page = get(physician_client, links["next"].partition(f"{BASE}/")[2])
    assert sorted(seen) == sorted(Patient.objects.values_list("code", flat=True))
    assert "previous" in links and "name=sample" in links["self"]


def test_count_of_nothing_gives_the_total_alone(course: Course, physician_client: Client) -> None:
    for query in ("_count=0", "_summary=count"):
        bundle = get(physician_client, f"Observation?{query}")
        assert bundle["total"] == 14 and "entry" not in bundle


def test_unknown_parameter_is_ignored_and_said(course: Course, physician_client: Client) -> None:
    bundle = get(physician_client, "Patient?eye-colour=blue")
    assert bundle["total"] == 1
    (said,) = [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "outcome"]
    assert "eye-colour" in said["issue"][0]["diagnostics"]
    assert "eye-colour" not in bundle["link"][0]["url"]


def test_parameter_that_holds_nothing_asks_nothing(course: Course, physician_client: Client) -> None:
    bundle = get(physician_client, "Patient?name=&family=,")
    assert bundle["total"] == 1 and len(bundle["entry"]) == 1


def test_unknown_parameter_is_refused_where_strictness_is_asked_for(physician_client: Client) -> None:
    refusal = get(physician_client, "Patient?eye-colour=blue", 400, prefer="handling=strict")
    assert "eye-colour" in refusal["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    "query",
    [
        "_count=-1",
        "_count=x",
        "_offset=²",
        "birthdate=soon",
        "birthdate=ap2020",
        "name:missing=true",
        "name=a%00b",
    ],
)
def test_search_that_cannot_be_understood_is_refused(query: str, physician_client: Client) -> None:
    assert get(physician_client, f"Patient?{query}", 400)["resourceType"] == "OperationOutcome"


def test_reference_to_another_type_is_refused(physician_client: Client) -> None:
    get(physician_client, "Coverage?patient=Device/abc", 400)


def test_stranger_is_told_to_log_in(db: None) -> None:
    assert get(Client(), "Patient", 401)["issue"][0]["code"] == "login"


def test_front_desk_reads_hours_but_no_measured_values(course: Course, front_desk: User) -> None:
    client = Client()
    client.force_login(front_desk)
    assert get(client, "Appointment")["total"] == 2
    assert get(client, "Observation", 403)["issue"][0]["code"] == "forbidden"
    get(client, f"Patient/{course.patient.code}/$everything", 403)


def test_what_is_not_there_is_an_outcome(physician_client: Client) -> None:
    for path in (
        "Spaceship",
        "Patient/nobody",
        "Patient/a%7Cb",
        "Observation/ccs.",
        "Observation/x",
        "Condition/a.b",
    ):
        assert get(physician_client, path, 404)["issue"][0]["code"] == "not-found"


def test_writing_is_refused(physician_client: Client, course: Course) -> None:
    for method in (physician_client.post, physician_client.put, physician_client.delete):
        response = method(f"{BASE}/Patient/{course.patient.code}")
        assert response.status_code == 405 and response["Allow"] == "GET, HEAD"


def test_answer_in_another_form_is_refused(physician_client: Client) -> None:
    get(physician_client, "Patient?_format=xml", 406)
    get(physician_client, "Patient", 406, accept="application/fhir+xml")
    get(physician_client, "Patient?_format=application/fhir%2Bjson", accept="application/fhir+xml")
    get(physician_client, "Patient", accept="text/html, */*;q=0.8")


def test_every_reading_is_audited_without_a_name(course: Course, physician_client: Client) -> None:
    get(physician_client, "Patient?name=Sample")
    get(physician_client, f"Patient/{course.patient.code}")
    get(physician_client, f"Patient/{course.patient.code}/$everything")
    searched, read, exported = AuditEvent.objects.filter(action__startswith="fhir.").order_by("id")
    assert searched.data == {"by": ["name"], "found": [course.patient.code]}
    assert read.subject == f"fhir:Patient/{course.patient.code}"
    assert exported.action == "fhir.exported"
    assert "ample" not in str([searched.data, read.data, exported.data])


def test_export_holds_everything_of_one_patient_and_points_at_nothing_outside(
    course: Course, physician: User, physician_client: Client
) -> None:
    factories.make_course(factories.make_patient(course.clinic), physician)
    factories.make_device(course.clinic, "Never used")
    response = physician_client.get(f"{BASE}/Patient/{course.patient.code}/export")
    assert (
        response["Content-Disposition"] == f'attachment; filename="patient-{course.patient.code}.fhir.json"'
    )
    bundle = valid(response.json())
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == set(NAMES)
    inside = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}
    assert set(_references(bundle)) <= inside
    assert len([name for name in inside if name.startswith("Patient/")]) == 1
    assert bundle["total"] == len(bundle["entry"])


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for inner in value for found in _references(inner)]
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return [*own, *(found for inner in value.values() for found in _references(inner))]
    return []


def test_export_takes_the_same_queries_however_much_there_is(
    course: Course,
    nurse: User,
    physician_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    device = factories.make_device(course.clinic, "Second")
    for number in range(1, 8):
        hour = factories.make_appointment(course, device, MONDAY_NINE + timedelta(days=7 + number))
        session = factories.make_session(hour, nurse, Session.State.ENDED)
        VitalSigns.objects.create(
            session=session, phase="before", heart_rate_bpm=70, recorded_by=nurse, recorded_at=MONDAY_NINE
        )
    with django_assert_max_num_queries(30):
        get(physician_client, f"Patient/{course.patient.code}/$everything")


def test_own_export_can_be_taken_over_elsewhere(course: Course, physician_client: Client) -> None:
    response = physician_client.get(f"{BASE}/Patient/{course.patient.code}/export")
    findings = extract(response.content)
    assert not findings.report.broken
    found = {value.name: value.value for value in findings.workup}
    assert found["diagnoses"] == ["I25.112"]
    assert (found["lvef_percent"], found["nyha_class"], found["cac_agatston"]) == (52, 2, 640)
    # The newest angina class is that of the outcome, not that of the workup.
    assert (found["ccs_class"], found["ccs_assessed_on"]) == (2, "2026-11-20")
    assert findings.person_value("mrn") == course.patient.mrn
    assert findings.coverages[0].kind == "original_medicare"


def test_merged_record_is_inactive_and_leads_to_the_kept_one(
    nurse_client: Client, clinic: Clinic, nurse: User
) -> None:
    kept, gone = factories.make_patient(clinic), factories.make_patient(clinic, given_name="Joann")
    merge_patients(kept=kept, merged=gone, reason="Same card", actor=nurse, now=MONDAY_NINE)
    body = get(nurse_client, f"Patient/{gone.code}")
    assert body["active"] is False
    assert body["link"][0]["other"]["reference"] == f"Patient/{kept.code}"
    assert "link" not in get(nurse_client, f"Patient/{kept.code}")
