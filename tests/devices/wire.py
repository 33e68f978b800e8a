"""An agent's side of the wire for tests: manifests and chunks of a small known waveform, and the requests."""

import json
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.test import Client

from devices.chunks import block_of, encode_chunk, pack_envelopes
from devices.protocol import CHUNKS_CONTENT_TYPE, Chunk, ChunkEvent, Envelope
from devices.recordings import to_ms
from devices.waveform import ChannelName, Cuff, EventKind
from tests.factories import MONDAY_NINE

RATES_HZ = {ChannelName.ECG: 250.0, ChannelName.PLETH: 125.0, ChannelName.CUFF_THIGH: 50.0}
SCALES = {ChannelName.ECG: 1000.0, ChannelName.PLETH: 10000.0, ChannelName.CUFF_THIGH: 32.0}
UNITS = {ChannelName.ECG: "mV", ChannelName.PLETH: "1", ChannelName.CUFF_THIGH: "mmHg"}


def manifest(started_at: datetime = MONDAY_NINE, **changes: Any) -> dict[str, Any]:
    return {
        "started_at_ms": to_ms(started_at),
        "clock_ms": to_ms(started_at),
        "agent_version": "0.1.0",
        "source": "a drawing",
        "trigger_source": "r_wave",
        "channels": [
            {"name": name, "unit": UNITS[name], "rate_hz": rate, "counts_per_unit": SCALES[name]}
            for name, rate in RATES_HZ.items()
        ],
    } | changes


def counts(name: ChannelName, first: int, n: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    """What the drawing says between two samples: a slow wave of its own for each channel."""
    at = np.arange(first, first + n) / RATES_HZ[name]
    wave: np.ndarray[Any, np.dtype[np.int16]] = np.rint(
        3000 * np.sin(2 * math.pi * at * (1 + len(name) / 10))
    ).astype(np.int16)
    return wave


def chunk(seq: int, *, shift: int = 0) -> Envelope:
    """Second ``seq`` of the drawing; ``shift`` makes other samples of the same second."""
    blocks = tuple(
        block_of(name, seq * int(rate), counts(name, seq * int(rate), int(rate)) + np.int16(shift))
        for name, rate in RATES_HZ.items()
    )
    events = (
        ChunkEvent(seq * 1_000_000 + 123_456, EventKind.TRIGGER),
        ChunkEvent(seq * 1_000_000 + 400_001, EventKind.INFLATE, Cuff.THIGH),
    )
    return encode_chunk(Chunk(seq, blocks, events))


@dataclass
class Sender:
    """Sends as an agent would, and gives back what was answered."""

    secret: str
    uuid: uuid.UUID
    client: Client

    @property
    def address(self) -> str:
        return f"/api/v1/recordings/{self.uuid}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def open(self, **changes: Any) -> Any:
        return self.put_raw(json.dumps(manifest(**changes)).encode())

    def put_raw(self, body: bytes) -> Any:
        return self.client.put(self.address, body, content_type="application/json", headers=self.headers)

    def send(self, envelopes: Sequence[Envelope]) -> Any:
        return self.send_raw(pack_envelopes(envelopes))

    def send_raw(self, body: bytes, content_type: str = CHUNKS_CONTENT_TYPE) -> Any:
        return self.client.post(
            f"{self.address}/chunks", body, content_type=content_type, headers=self.headers
        )

    def close(self, last_seq: int, ended_at: datetime | None = None) -> Any:
        ended_at = ended_at or MONDAY_NINE + timedelta(seconds=last_seq + 1)
        return self.post("close", {"last_seq": last_seq, "ended_at_ms": to_ms(ended_at)})

    def post(self, what: str, message: dict[str, Any]) -> Any:
        return self.client.post(
            f"{self.address}/{what}", message, content_type="application/json", headers=self.headers
        )

    def state(self) -> Any:
        return self.client.get(f"{self.address}/state", headers=self.headers)

    def beat(self, **changes: Any) -> Any:
        message = {
            "agent_version": "0.1.0",
            "clock_ms": to_ms(MONDAY_NINE),
            "spool_unsent": 3,
            "source_state": "ok",
            "disk_free_bytes": 10**10,
        } | changes
        return self.client.post(
            "/api/v1/heartbeat", message, content_type="application/json", headers=self.headers
        )


def outcomes(answer: Any) -> list[str]:
    return [result["outcome"] for result in answer.json()["results"]]
