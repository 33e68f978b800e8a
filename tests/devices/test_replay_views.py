"""What a replay fetches: compressed where the browser takes it, the same for ever, and only for the clinic's own staff."""

import zlib
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from devices import tile_store
from devices.models import Recording
from devices.tiles import unpacked
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform
from eecp_clinic.models import Clinic
from tests import factories
from tests.devices.stored import store_waveform

pytestmark = pytest.mark.django_db
WAVE = np.sin(np.arange(250 * 20) / 20.0)


@pytest.fixture
def recording(clinic: Clinic) -> Recording:
    events = (Event(1.0, EventKind.TRIGGER), Event(1.3, EventKind.INFLATE, Cuff.CALF))
    return store_waveform(
        factories.make_device(clinic), Waveform((Channel(ChannelName.ECG, 250.0, WAVE),), events)
    )


def tile(client: Client, recording: Recording, level: int = 0, index: int = 0, **headers: str) -> Any:
    args = [recording.pk, recording.file_sha256[:12], level, index]
    return client.get(reverse("devices:tile", args=args), headers=headers)


def test_tile_holds_the_stored_samples(nurse_client: Client, recording: Recording) -> None:
    response = tile(nurse_client, recording, 0, 1, accept_encoding="gzip, zstd")
    head = tile_store.head_of(recording, recording)
    [(first, rows)] = unpacked(response.content, head, 0, 1)
    assert first == 2000
    assert np.allclose(rows[0] / head.channels[0].scale, WAVE[2000:4000], atol=0.001)
    assert response["Content-Encoding"] == "gzip"
    plain = tile(nurse_client, recording, 0, 1)
    assert "Content-Encoding" not in plain
    assert plain.content == zlib.decompress(response.content, wbits=31)


def test_tile_is_kept_by_the_browser_and_by_nobody_between(
    nurse_client: Client, recording: Recording
) -> None:
    response = tile(nurse_client, recording)
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert tile(nurse_client, recording, if_none_match=response["ETag"]).status_code == 304


def test_tiles_are_made_once(nurse_client: Client, recording: Recording) -> None:
    tile(nurse_client, recording)
    name = tile_store.name_of(recording, recording)
    made = default_storage.get_modified_time(name)
    tile(nurse_client, recording, 0, 1)
    assert default_storage.get_modified_time(name) == made


def test_lost_or_damaged_tiles_are_made_again(nurse_client: Client, recording: Recording) -> None:
    before = tile(nurse_client, recording).content
    name = tile_store.name_of(recording, recording)
    default_storage.delete(name)
    assert tile(nurse_client, recording).content == before
    with default_storage.open(name) as file:
        whole = file.read()
    with default_storage.open(name, "wb") as file:
        file.write(whole[:-5])
    assert tile(nurse_client, recording).content == before
    assert default_storage.size(name) == len(whole)


def test_what_is_not_there_is_refused(nurse_client: Client, recording: Recording) -> None:
    assert tile(nurse_client, recording, 0, 9).status_code == 404
    for sha256 in ("", "a", "f" * 12):
        assert nurse_client.get(f"/devices/recordings/{recording.pk}/{sha256}/tiles/0/0").status_code == 404


def test_changed_recording_gives_no_tiles(nurse_client: Client, recording: Recording) -> None:
    with default_storage.open(recording.file.name, "wb") as file:
        file.write(b"0       something else")
    response = tile(nurse_client, recording)
    assert response.status_code == 409
    assert "missing or has changed" in response.content.decode()


def test_events_come_whole(nurse_client: Client, recording: Recording) -> None:
    url = reverse("devices:recording-events", args=[recording.pk, recording.file_sha256[:12]])
    data = nurse_client.get(url).content
    assert int.from_bytes(data[:4], "little") == 2
    assert np.frombuffer(data, "<i4", 2, 4).tolist() == [10_000, 13_000]


def test_report_without_beats_says_so(nurse_client: Client, recording: Recording) -> None:
    report = factories.make_report(recording)
    response = nurse_client.get(reverse("devices:report-beats", args=[report.code]))
    assert response.status_code == 404
    assert "before beats were kept" in response.content.decode()


def test_another_clinic_sees_nothing(outsider_client: Client, recording: Recording) -> None:
    assert tile(outsider_client, recording).status_code == 404
