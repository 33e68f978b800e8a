"""A chart from elsewhere: taken in, looked at, and then saved or discarded."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import models, transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from patients import services
from patients.fhir.reading.bundle import BundleError
from patients.fhir.reading.extract import extract
from patients.fhir.reading.found import Findings, Value, from_plain, to_plain
from patients.models import ChartImport, Coverage, Patient, ValueSource, Workup


@transaction.atomic
def take_chart(*, clinic: Clinic, file_name: str, data: bytes, actor: User, now: datetime) -> ChartImport:
    """Read a FHIR bundle and keep what it says until somebody has looked. Raises InvalidInput."""
    try:
        findings = extract(data)
    except BundleError as error:
        raise InvalidInput(str(error), code="not_a_bundle") from error
    ChartImport.objects.of(clinic).forgotten(now).delete()
    chart = ChartImport.objects.create(
        clinic=clinic,
        file_name=file_name[-200:],
        file_sha256=hashlib.sha256(data).hexdigest(),
        findings=to_plain(findings),
        uploaded_by=actor,
        uploaded_at=now,
    )
    _record("chart.uploaded", chart, actor, now, broken=len(findings.report.broken))
    return chart


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody decided to take over, having seen it: values as forms give them.

    ``existing`` is the patient it belongs to; without one, ``person`` makes a new patient. ``coverages`` maps the
    place of a coverage in the findings to its values.
    """

    existing: Patient | None = None
    person: Mapping[str, Any] = field(default_factory=dict)
    is_another_person: bool = False
    coverages: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    workup: Mapping[str, Any] | None = None


@transaction.atomic
def save_chart(*, chart: ChartImport, chosen: Chosen, actor: User, now: datetime) -> Patient:
    """Write what was chosen, all or nothing, and where each value came from.

    Raises InvalidInput and Conflict as registering, adding a coverage and recording a workup do; ``data["part"]``
    says which of them refused ("person", "coverage-0", "workup"). Conflict where it was saved already.
    """
    locked = ChartImport.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=chart.pk)
    if locked.patient_id is not None:
        raise Conflict(gettext("This file is saved already. Open it from the patient's page."), code="saved")
    findings = from_plain(locked.findings)
    patient = chosen.existing or _register(locked, chosen, actor, now)
    if patient.clinic_id != locked.clinic_id:
        raise Conflict(gettext("This patient is not one of this clinic. Open the file again."))
    locked.patient, locked.saved_at = patient, now
    locked.save(update_fields=["patient", "saved_at"])
    if chosen.existing is None:
        _keep_sources(locked, findings.person, patient)
    for place, values in chosen.coverages.items():
        with _part(f"coverage-{place}"):
            coverage = services.add_coverage(patient=patient, values=dict(values), actor=actor, now=now)
        _keep_sources(locked, findings.coverages[place].values, coverage)
    if chosen.workup is not None:
        with _part("workup"):
            workup = services.record_workup(patient=patient, values=dict(chosen.workup), actor=actor, now=now)
        _keep_sources(locked, findings.workup, workup)
    _record(
        "chart.saved",
        locked,
        actor,
        now,
        patient=patient.code,
        new=chosen.existing is None,
        coverages=len(chosen.coverages),
        workup=chosen.workup is not None,
    )
    return patient


@transaction.atomic
def discard_chart(*, chart: ChartImport, actor: User, now: datetime) -> None:
    """Forget a file that waits. Raises Conflict where it was saved."""
    locked = ChartImport.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=chart.pk)
    if locked.patient_id is not None:
        raise Conflict(
            gettext("This file is saved already: what came from it is part of a patient's record.")
        )
    _record("chart.discarded", locked, actor, now)
    locked.delete()


def _register(chart: ChartImport, chosen: Chosen, actor: User, now: datetime) -> Patient:
    with _part("person"):
        return services.register_patient(
            clinic=chart.clinic,
            values=dict(chosen.person),
            actor=actor,
            now=now,
            look_alike_confirmed=chosen.is_another_person,
        )


@contextmanager
def _part(name: str) -> Iterator[None]:
    """Marks a refusal with the part of the page that it speaks of."""
    try:
        yield
    except (InvalidInput, Conflict) as error:
        error.data["part"] = name
        raise


def _keep_sources(chart: ChartImport, values: Iterable[Value], record: Patient | Coverage | Workup) -> None:
    ValueSource.objects.bulk_create(
        ValueSource(
            chart_import=chart,
            workup=record if isinstance(record, Workup) else None,
            coverage=record if isinstance(record, Coverage) else None,
            field=value.name,
            file_value=value.value,
            kept=_is_same(record, value),
            sources=msgspec.to_builtins(value.sources),
        )
        for value in values
    )


def _is_same(record: models.Model, value: Value) -> bool:
    saved = getattr(record, value.name)
    if isinstance(saved, date):
        saved = saved.isoformat()
    if value.name == "member_id":
        # A Medicare number is stored without the dashes of the card: that is no change.
        return _bare(saved) == _bare(str(value.value))
    if isinstance(saved, list) and isinstance(value.value, list):
        return sorted(saved) == sorted(value.value)
    return bool(saved == value.value)


def _bare(number: str) -> str:
    return number.replace("-", "").replace(" ", "").upper()


def _record(action: str, chart: ChartImport, actor: User, now: datetime, **data: Any) -> None:
    audit.record(action, subject=f"chart:{chart.code}", actor=actor, clinic=chart.clinic, at=now, **data)


def findings_of(chart: ChartImport) -> Findings:
    return from_plain(chart.findings)
