"""A session whose recording was really simulated, stored and judged: with a gap, premature beats, readings and a pause."""

from datetime import timedelta
from typing import Any

import numpy as np

from courses.models import Pause, Reading, Session
from devices.analysis import report_of
from devices.models import Device, Recording
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Channel, Waveform
from eecp_clinic.models import User
from tests import factories
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE

#: In the second minute nothing arrives for twelve seconds.
GAP_S = (70.0, 82.0)


def waveform_of(minutes: float, ecg_hz: float = 250.0, seed: int = 7) -> Waveform:
    known = synthetic_ecg(60 * minutes, ecg_hz, Rhythm(pvc_share=0.03), seed=seed)
    found = simulate(known.ecg, Settings(), seed=seed, r_s=known.r_s).waveform
    return Waveform(tuple(_with_gap(channel) for channel in found.channels), found.events)


def _with_gap(channel: Channel) -> Channel:
    samples = channel.samples.copy()
    first, stop = (round(at * channel.rate_hz) for at in GAP_S)
    samples[first:stop] = np.nan
    return Channel(channel.name, channel.rate_hz, samples)


def make_recorded(device: Device, minutes: float = 4, **waves: Any) -> Recording:
    recording = store_waveform(
        device, waveform_of(minutes, **waves), prescribed_pressure_mmhg=260, prescribed_minutes=60
    )
    report_of(recording=recording, now=MONDAY_NINE)
    return recording


def make_replayed(nurse: User, physician: User, minutes: float = 4, **waves: Any) -> Session:
    """An ended session of that recording, with two readings and a pause."""
    clinic = physician.memberships.get().clinic
    course = factories.make_course(factories.make_patient(clinic), physician)
    device = factories.make_device(clinic)
    recording = make_recorded(device, minutes, **waves)
    hour = factories.make_appointment(course, device)
    session = factories.make_session(hour, nurse, Session.State.ENDED, recording=recording)
    Pause.objects.create(
        session=session,
        started_at=MONDAY_NINE + timedelta(seconds=150),
        ended_at=MONDAY_NINE + timedelta(seconds=160),
        reason="Sensor moved",
    )
    for at, note in ((100, "comfortable"), (200, "")):
        Reading.objects.create(
            session=session,
            at=MONDAY_NINE + timedelta(seconds=at),
            pressure_mmhg=262,
            heart_rate_bpm=66,
            note=note,
            recorded_by=nurse,
        )
    return session
