"""A chart from elsewhere: taken in, saved with the source of each value, or refused and discarded."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from patients.fhir import services
from patients.fhir.access import get_chart
from patients.fhir.services import Chosen
from patients.fhir.sources import origins_of
from patients.models import ChartImport, Patient, ValueSource, Workup
from tests import factories
from tests.patients.fhir.bundles import (
    LOINC,
    a_coverage,
    a_medicine,
    a_patient,
    an_observation,
    bundle_bytes,
    concept,
    percent,
)

EF = an_observation(concept(LOINC, "10230-1", "LVEF"), valueQuantity=percent(52))
FILE = bundle_bytes(a_patient(), EF, a_medicine("ranolazine 500 MG"), a_coverage())
PERSON = {
    "family_name": "Sample",
    "given_name": "Joan B",
    "birth_date": date(1951, 3, 4),
    "mrn": "R-100",
    "sex": "F",
}
WORKUP = {"lvef_percent": 52, "therapy_tried": ["ranolazine"]}


def take(clinic: Clinic, actor: User, now: datetime, data: bytes = FILE) -> ChartImport:
    return services.take_chart(clinic=clinic, file_name="chart.json", data=data, actor=actor, now=now)


def coverage_values(clinic: Clinic) -> dict[str, Any]:
    return {
        "payer": factories.make_payer(clinic),
        "priority": 1,
        "member_id": "1EG4-TE5-MK73",
        "starts_on": date(2016, 3, 1),
        "ends_on": None,
    }


@pytest.fixture
def chart(clinic: Clinic, nurse: User, now: datetime) -> ChartImport:
    return take(clinic, nurse, now)


def test_uploading_saves_nothing_of_a_patient(chart: ChartImport) -> None:
    assert Patient.objects.count() == 0
    assert ChartImport.objects.get().patient is None


def test_new_patient_is_saved_with_coverage_workup_and_sources(
    chart: ChartImport, clinic: Clinic, nurse: User, now: datetime
) -> None:
    chosen = Chosen(person=PERSON, coverages={0: coverage_values(clinic)}, workup=WORKUP)
    patient = services.save_chart(chart=chart, chosen=chosen, actor=nurse, now=now)
    assert patient.coverages.get().member_id == "1EG4TE5MK73"
    origin = origins_of(patient.workups.get())["lvef_percent"]
    assert origin.kept
    assert origin.text == "LVEF 52 %, 01-Oct-2026 (Observation/o-2026-10-01)"
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"chart.uploaded", "chart.saved", "patient.registered", "workup.recorded"} <= actions


def test_value_that_somebody_changed_is_not_said_to_come_from_the_file(
    chart: ChartImport, nurse: User, now: datetime
) -> None:
    chosen = Chosen(person=PERSON, workup=WORKUP | {"lvef_percent": 55})
    patient = services.save_chart(chart=chart, chosen=chosen, actor=nurse, now=now)
    origin = origins_of(patient.workups.get())["lvef_percent"]
    assert not origin.kept
    assert origin.sentence() == "Typed. The file said 52: LVEF 52 %, 01-Oct-2026 (Observation/o-2026-10-01)"


def test_existing_patient_keeps_name_and_address(
    chart: ChartImport, clinic: Clinic, nurse: User, now: datetime
) -> None:
    existing = factories.make_patient(clinic, given_name="Joan", city="Elsewhere")
    services.save_chart(chart=chart, chosen=Chosen(existing=existing, workup=WORKUP), actor=nurse, now=now)
    existing.refresh_from_db()
    assert (existing.given_name, existing.city) == ("Joan", "Elsewhere")
    assert existing.workups.count() == 1


def test_refused_coverage_saves_nothing_at_all(
    chart: ChartImport, clinic: Clinic, nurse: User, now: datetime
) -> None:
    wrong = coverage_values(clinic) | {"member_id": "123"}
    with pytest.raises(InvalidInput, match="MBI") as refusal:
        services.save_chart(
            chart=chart, chosen=Chosen(person=PERSON, coverages={0: wrong}), actor=nurse, now=now
        )
    assert refusal.value.data["part"] == "coverage-0"
    assert Patient.objects.count() == 0


def test_look_alike_is_refused_until_somebody_says_it_is_another_person(
    chart: ChartImport, clinic: Clinic, nurse: User, now: datetime
) -> None:
    factories.make_patient(clinic, birth_date=date(1951, 3, 4))
    with pytest.raises(Conflict) as refusal:
        services.save_chart(chart=chart, chosen=Chosen(person=PERSON), actor=nurse, now=now)
    assert refusal.value.code == "look_alike"
    chosen = Chosen(person=PERSON, is_another_person=True)
    assert services.save_chart(chart=chart, chosen=chosen, actor=nurse, now=now).mrn == "R-100"


def test_chart_is_saved_once(chart: ChartImport, nurse: User, now: datetime) -> None:
    services.save_chart(chart=chart, chosen=Chosen(person=PERSON), actor=nurse, now=now)
    with pytest.raises(Conflict, match="saved already"):
        services.save_chart(chart=chart, chosen=Chosen(person=PERSON), actor=nurse, now=now)
    with pytest.raises(Conflict, match="saved already"):
        services.discard_chart(chart=chart, actor=nurse, now=now)


def test_patient_of_another_clinic_is_refused(
    chart: ChartImport, outsider: User, nurse: User, now: datetime
) -> None:
    stranger = factories.make_patient(factories.make_clinic())
    with pytest.raises(Conflict, match="not one of this clinic"):
        services.save_chart(chart=chart, chosen=Chosen(existing=stranger), actor=nurse, now=now)


def test_discarded_chart_is_gone(chart: ChartImport, nurse: User, now: datetime) -> None:
    services.discard_chart(chart=chart, actor=nurse, now=now)
    assert not ChartImport.objects.exists()


def test_chart_that_nobody_looked_at_for_a_day_is_forgotten(
    chart: ChartImport, clinic: Clinic, nurse: User, now: datetime
) -> None:
    later = now + timedelta(days=1)
    with pytest.raises(NotFound):
        get_chart(clinic, chart.code, later)
    take(clinic, nurse, later)
    assert not ChartImport.objects.filter(pk=chart.pk).exists()


def test_file_that_is_no_bundle_is_refused_in_a_sentence(clinic: Clinic, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="not a JSON file"):
        take(clinic, nurse, now, b"MSH|^~\\&|")


def test_source_of_a_value_cannot_be_changed_afterwards(
    chart: ChartImport, nurse: User, now: datetime
) -> None:
    services.save_chart(chart=chart, chosen=Chosen(person=PERSON, workup=WORKUP), actor=nurse, now=now)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ValueSource.objects.update(kept=False)


def test_workup_typed_by_hand_has_no_origins(clinic: Clinic, nurse: User) -> None:
    workup: Workup = factories.make_workup(factories.make_patient(clinic), nurse)
    assert origins_of(workup) == {}
