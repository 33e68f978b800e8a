"""Recordings of sessions that lie behind: simulated signals, sent through the server's own intake.

Nothing is written into the recordings' tables from here: manifest, chunks and close go the way of any agent's, only
without the network between, and the worker stores and analyses them like any other.
"""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import msgspec

from devices import chunk_store, ingest
from devices.agent.cutting import cut, formats_of
from devices.chunks import encode_chunk, pack_envelopes
from devices.models import Device, Recording
from devices.protocol import MAX_CHUNKS_A_BODY, Chunk, Close, Manifest, TriggerSource
from devices.recordings import to_ms
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Waveform

ECG_RATE_HZ = 200.0  # enough for the engine, and it keeps an hour of the demo's history below 4 MB

#: How the console was set and how the patient is, by the word used in ``people.py``.
QUALITIES: dict[str, Settings] = {
    "good": Settings(displaced_ml=42),
    "early": Settings(inflation_shift_ms=-45),
    "weak": Settings(displaced_ml=30, pressure_mmhg=230),
    "ectopy": Settings(),
}


@dataclass(frozen=True)
class Hour:
    """One hour to be recorded."""

    quality: str
    progress: float  # share of the course that lies behind, 0 to 1: the ratio rises over a course
    seed: int
    minutes: float = 60


def signals(hour: Hour) -> Waveform:
    """ECG, finger pulse wave, cuffs and valve events of one hour."""
    rhythm = Rhythm(rate_bpm=62 + hour.seed % 15, pvc_share=0.07 if hour.quality == "ectopy" else 0.004)
    known = synthetic_ecg(hour.minutes * 60, ECG_RATE_HZ, rhythm, hour.seed)
    base = QUALITIES[hour.quality]
    gained = base.displaced_ml + 9 * hour.progress + (hour.seed % 5) - 2
    settings = Settings(
        pressure_mmhg=base.pressure_mmhg,
        inflation_shift_ms=base.inflation_shift_ms,
        displaced_ml=gained,
    )
    return simulate(known.ecg, settings, hour.seed, r_s=known.r_s).waveform


def record(*, device: Device, started_at: datetime, hour: Hour, now: datetime) -> Recording:
    """Send one hour that began at ``started_at`` to the intake, from manifest to close."""
    waveform = signals(hour)
    name = uuid.UUID(int=hour.seed * 2**64 + to_ms(started_at), version=4)
    manifest = Manifest(
        started_at_ms=to_ms(started_at),
        clock_ms=to_ms(now),
        agent_version=version("eecp-clinic"),
        source="simulator",
        trigger_source=TriggerSource.R_WAVE,
        channels=formats_of(waveform),
    )
    opened = ingest.open_recording(device=device, uuid=name, body=msgspec.json.encode(manifest), now=now)
    last = -1
    for batch in batches(cut(waveform)):
        last = batch[-1].seq
        body = pack_envelopes([encode_chunk(chunk) for chunk in batch])
        chunk_store.take_chunks_of(device=device, uuid=name, body=body, now=now)
    ended_at_ms = to_ms(started_at) + round(waveform.duration_s * 1000)
    close = Close(last_seq=last, ended_at_ms=ended_at_ms)
    ingest.close_recording(device=device, uuid=name, body=msgspec.json.encode(close), now=now)
    opened.recording.refresh_from_db()
    return opened.recording


def batches(chunks: Iterator[Chunk]) -> Iterator[list[Chunk]]:
    """Chunks in bodies of the size that the protocol allows."""
    while batch := list(itertools.islice(chunks, MAX_CHUNKS_A_BODY)):
        yield batch
