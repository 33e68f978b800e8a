"""Several recordings at once: one question, only one's own clinic, thinned without losing a peak."""

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from devices.live_wall import thinned, traces
from devices.models import Device, Recording
from devices.recordings import to_ms
from devices.waveform import Channel, ChannelName
from tests import factories
from tests.devices.wire import Sender, chunk
from tests.factories import MONDAY_NINE

NOW = MONDAY_NINE + timedelta(seconds=30)


@pytest.fixture
def recordings(agent: Sender, device: Device) -> list[Recording]:
    """Two devices that have run for thirty seconds; the first lost its 25th."""
    other = factories.make_device(device.clinic, "Other device")
    second = Sender(factories.make_key(other)[1], uuid4(), Client())
    for sender, lost in ((agent, 24), (second, None)):
        sender.open()
        sender.send([chunk(seq) for seq in range(30) if seq != lost])
    Recording.objects.update(clock_offset_ms=0)
    return [Recording.objects.get(pk=agent.uuid), Recording.objects.get(pk=second.uuid)]


def test_each_recording_is_told_by_its_name_with_one_query(
    recordings: list[Recording], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = traces(dict.fromkeys(recordings), now=NOW)
    assert set(found) == {str(recording.pk) for recording in recordings}
    ecg, pleth = found[str(recordings[0].pk)]["channels"]
    assert (ecg["name"], pleth["name"]) == ("ecg", "pleth")
    assert len(ecg["samples"]) == 1250
    assert ecg["samples"][500:625] == [None] * 125  # the second that never arrived


def test_what_the_caller_has_is_left_out_for_each_by_itself(recordings: list[Recording]) -> None:
    after_ms = to_ms(MONDAY_NINE) + 28_000
    found = traces({recordings[0]: after_ms, recordings[1]: None}, now=NOW)
    first, second = (found[str(recording.pk)]["channels"][0] for recording in recordings)
    assert (first["t0_ms"], len(first["samples"]), len(second["samples"])) == (after_ms, 250, 1250)


def test_recording_without_samples_is_empty_and_spoils_no_other(
    recordings: list[Recording], device: Device
) -> None:
    broken = factories.make_recording(factories.make_device(device.clinic, "Third device"), closed_at=None)
    found = traces(dict.fromkeys([*recordings, broken]), now=NOW)
    assert str(broken.pk) not in found or found[str(broken.pk)]["channels"] == []
    assert found[str(recordings[1].pk)]["channels"]


def test_peak_between_two_kept_samples_stays() -> None:
    samples = np.zeros(40)
    samples[13] = 1.2
    found = thinned(Channel(ChannelName.ECG, 500.0, samples))
    assert (found.rate_hz, found.samples.size, found.samples[3]) == (125.0, 10, 1.2)


def test_seconds_without_a_sample_stay_empty_when_thinned() -> None:
    samples = np.concatenate([np.full(20, np.nan), np.ones(20)])
    found = thinned(Channel(ChannelName.ECG, 500.0, samples))
    assert np.isnan(found.samples[:5]).all()
    assert (found.samples[5:] == 1).all()


def test_slow_channel_stays_as_it_is() -> None:
    channel = Channel(ChannelName.PLETH, 125.0, np.ones(9))
    assert thinned(channel) is channel


def test_clinic_asks_for_its_own_recordings_and_nonsense_is_passed_over(
    recordings: list[Recording], nurse_client: Client, outsider_client: Client
) -> None:
    of = ",".join([f"{recordings[0].pk}@12", str(recordings[1].pk), "nonsense", str(uuid4())])
    address = reverse("devices:live-several")
    assert len(nurse_client.get(address, {"of": of}).json()["traces"]) == 2
    assert outsider_client.get(address, {"of": of}).json() == {"traces": {}}


def test_stream_of_several_is_for_the_clinic_alone(
    recordings: list[Recording], outsider_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined: list[tuple[object, ...]] = []

    class Hub:
        def join(self, *found: object) -> object:
            joined.append(found)
            return type("S", (), {"events": lambda self: iter(()), "close": lambda self: None})()

    monkeypatch.setattr("devices.live_views.hub", Hub())
    assert (
        outsider_client.get(reverse("devices:stream-several"), {"of": str(recordings[0].pk)}).status_code
        == 200
    )
    assert joined == [()]
