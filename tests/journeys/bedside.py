"""A device that treats in true time: simulated signals, sent half second by half second from a thread of its own."""

import threading
import time
import urllib.request
from datetime import UTC, datetime
from functools import cache
from uuid import UUID, uuid4

import msgspec

from devices.agent.cutting import cut, formats_of
from devices.agent.sources.source import PIECE_S
from devices.chunks import encode_chunk, pack_envelopes
from devices.models import Device
from devices.protocol import CHUNKS_CONTENT_TYPE, Chunk, Manifest, TriggerSource
from devices.recordings import to_ms
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Channel, Event, Waveform
from tests import factories

_CALM_S = 90  # until the cuffs are at full pressure


@cache
def treated() -> Waveform:
    """A minute and a half with pressure from the first beat on: what comes before in a session is left out."""
    known = synthetic_ecg(_CALM_S + 90, 250.0, Rhythm(rate_bpm=66), 1)
    whole = simulate(known.ecg, Settings(), 1, r_s=known.r_s).waveform
    channels = (Channel(c.name, c.rate_hz, c.samples[round(_CALM_S * c.rate_hz) :]) for c in whole.channels)
    events = (Event(e.t_s - _CALM_S, e.kind, e.cuff) for e in whole.events if e.t_s >= _CALM_S)
    return Waveform(tuple(channels), tuple(events))


class Bedside:
    """Sends from ``start`` until ``stop``; what falls while it is ``mute`` is never sent."""

    def __init__(self, server: str, device: Device, waveform: Waveform | None = None) -> None:
        self.uuid: UUID = uuid4()
        self.mute = False
        self.sent = 0
        self._waveform = waveform or treated()
        self._secret = factories.make_key(device)[1]
        self._address = f"{server}/api/v1/recordings/{self.uuid}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Bedside":
        now_ms = to_ms(datetime.now(UTC))
        manifest = Manifest(
            started_at_ms=now_ms,
            clock_ms=now_ms,
            agent_version="0.1.0",
            source="simulator",
            trigger_source=TriggerSource.R_WAVE,
            channels=formats_of(self._waveform),
        )
        self._began_s = time.monotonic()
        self._send("", msgspec.json.encode(manifest), "PUT")
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        seq = 0
        for piece in cut(self._waveform, every_s=PIECE_S):
            due_s = self._began_s + (piece.seq + 1) * PIECE_S
            if self._over.wait(max(0.0, due_s - time.monotonic())):
                return
            if self.mute:
                continue
            self._send("/chunks", pack_envelopes([encode_chunk(Chunk(seq, piece.blocks, piece.events))]))
            seq += 1
            self.sent = seq

    def _send(self, what: str, body: bytes, method: str = "POST") -> None:
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": CHUNKS_CONTENT_TYPE}
        request = urllib.request.Request(self._address + what, body, headers, method=method)  # noqa: S310  # our own server
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # the same
            assert answer.status < 300
