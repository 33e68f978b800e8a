"""Vital signs and readings: what is measured is kept, what is not stays empty, and who gave what is known."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from courses.models import VitalSigns
from courses.treatment import services
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User
from tests.courses.treatment import scenes


def test_vital_signs_are_corrected_in_place_until_signed(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    services.chart_vitals(
        session=session, phase="before", values={"systolic_mmhg": 131}, actor=physician, now=now
    )
    row = VitalSigns.objects.get(session=session)
    assert (row.systolic_mmhg, row.diastolic_mmhg, row.recorded_by) == (131, 72, physician)


def test_what_was_not_measured_stays_empty(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, spo2_percent=None)
    assert VitalSigns.objects.get(session=session).spo2_percent is None


@pytest.mark.parametrize(
    "values",
    [{"systolic_mmhg": 70, "diastolic_mmhg": 120}, {"spo2_percent": 104}, {"heart_rate_bpm": 0}],
    ids=["exchanged", "above 100 %", "zero"],
)
def test_values_that_cannot_be_true_are_refused(
    values: dict[str, int], nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    with pytest.raises(InvalidInput):
        services.chart_vitals(session=session, phase="before", values=values, actor=nurse, now=now)
    assert VitalSigns.objects.get(session=session).heart_rate_bpm == 66


def test_reading_knows_which_values_the_device_gave(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    row = services.add_reading(
        session=session,
        values={"systolic_mmhg": 130, "diastolic_mmhg": 74, "heart_rate_bpm": 70},
        from_device={"pressure_mmhg": 262, "heart_rate_bpm": 68, "ds_peak": "1.42", "inflation_ms": None},
        actor=nurse,
        now=now + timedelta(minutes=20),
    )
    row.refresh_from_db()
    assert (row.pressure_mmhg, row.heart_rate_bpm, row.ds_peak) == (262, 70, Decimal("1.42"))
    assert row.inflation_ms is None
    assert row.from_device == ["pressure_mmhg", "ds_peak"]


def test_empty_reading_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    with pytest.raises(InvalidInput, match="row is empty"):
        services.add_reading(session=session, values={"note": ""}, actor=nurse, now=now)


def test_reading_from_no_measurement_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    with pytest.raises(InvalidInput):
        services.add_reading(session=session, values={"pressure_mmhg": -4}, actor=nurse, now=now)
    assert not session.readings.exists()


@pytest.mark.parametrize("minutes", [-1, 31])
def test_reading_of_a_time_outside_the_session_is_refused(
    minutes: int, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    with pytest.raises(InvalidInput, match="between start and end"):
        services.add_reading(
            session=session,
            values={"spo2_percent": 96},
            at=now + timedelta(minutes=minutes),
            actor=nurse,
            now=now + timedelta(minutes=30),
        )


def test_reading_may_be_added_after_the_hour_with_its_own_time(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ended(nurse, physician, now)
    at, later = now + timedelta(minutes=30), now + timedelta(minutes=62)
    row = services.add_reading(session=session, values={"note": "Comfortable"}, at=at, actor=nurse, now=later)
    assert row.at == at
    with pytest.raises(InvalidInput, match="between start and end"):
        services.add_reading(session=session, values={"note": "Late"}, actor=nurse, now=later)
