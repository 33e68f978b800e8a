"""Rooms above hang panels on the patient's page without this room knowing them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from eecp_clinic.models import Clinic
from patients import hub
from patients.models import Patient
from tests import factories


def panel_for_nurses(patient: Patient, roles: frozenset[str], now: datetime) -> hub.Panel | None:
    return hub.Panel("a/_panel.html", {"code": patient.code}) if "nurse" in roles else None


@pytest.fixture
def _registered() -> Iterator[None]:
    hub.register(panel_for_nurses)
    yield
    hub.unregister(panel_for_nurses)


@pytest.mark.usefixtures("_registered")
def test_source_is_asked_once_however_often_it_registers(clinic: Clinic, now: datetime) -> None:
    hub.register(panel_for_nurses)
    patient = factories.make_patient(clinic)
    panels = hub.panels_for(patient, frozenset({"nurse"}), now)
    assert panels.count(hub.Panel("a/_panel.html", {"code": patient.code})) == 1


@pytest.mark.usefixtures("_registered")
def test_source_may_have_nothing_for_a_reader(clinic: Clinic, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    assert "a/_panel.html" not in [p.template for p in hub.panels_for(patient, frozenset({"billing"}), now)]
