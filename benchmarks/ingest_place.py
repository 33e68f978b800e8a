"""Where ``benchmarks.ingest`` takes place: servers of its own on 127.0.0.1, agents with keys, prepared chunks."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import numpy as np

from benchmarks._schema import make_schema
from benchmarks.ingest_load import Post
from devices.chunks import block_of, encode_chunk
from devices.protocol import CHUNKS_CONTENT_TYPE, Chunk, ChunkEvent, Envelope
from devices.waveform import ChannelName, Cuff, EventKind
from eecp_clinic.embedded.services import running

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
RATES_HZ = {ChannelName.ECG: 500, ChannelName.PLETH: 125, ChannelName.CUFF_THIGH: 50}
SCALES = {
    ChannelName.ECG: (1000.0, "mV"),
    ChannelName.PLETH: (10_000.0, "1"),
    ChannelName.CUFF_THIGH: (32.0, "mmHg"),
}
WORKERS, THREADS = 2, 2  # one worker a core; more threads only wait for each other


@contextmanager
def database() -> Iterator[None]:
    """A database and a broker of the benchmark's own, durable as in production; gone when it is over."""
    var = Path(tempfile.mkdtemp(prefix="eecp-bench-"))
    var.chmod(0o711)
    os.environ |= {"ENVIRONMENT": "development", "EECP_VAR": str(var), "AGENT_REQUESTS_A_SECOND": "1000000"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "eecp_clinic.settings"
    try:
        with running(var) as services:
            os.environ |= services.environment()
            make_schema()
            import django

            django.setup()
            yield
            from django.db import connections

            connections.close_all()
    finally:
        from eecp_clinic.embedded.services import reset

        reset(var)
        shutil.rmtree(var, ignore_errors=True)


@contextmanager
def server(application: str, threads: int = THREADS) -> Iterator[tuple[int, int]]:
    """Port and process id of a web server that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(threads), "--log-level", "error"]
    process = subprocess.Popen([*command, application], cwd=ROOT)
    try:
        _wait_for(port)
        time.sleep(2)  # until every worker has loaded the application
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:  # it may wait for ever for a worker that has ended
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the web server did not begin to listen within two minutes")


def chunks(count: int) -> list[Envelope]:
    """One-second chunks of three channels with noise, about as large as real ones."""
    random = np.random.default_rng(1)
    found = []
    for seq in range(count):
        blocks = tuple(
            block_of(name, seq * rate, np.rint(random.normal(0, 40, rate)).astype(np.int16))
            for name, rate in RATES_HZ.items()
        )
        events = tuple(
            ChunkEvent(seq * 1_000_000 + 100_000 * n, EventKind.INFLATE, Cuff.THIGH) for n in range(7)
        )
        found.append(encode_chunk(Chunk(seq, blocks, events)))
    return found


class Fleet:
    """Devices with keys; each can begin a recording."""

    def __init__(self, size: int) -> None:
        from devices.models import AgentKey, Device
        from eecp_clinic.models import Clinic

        clinic, _ = Clinic.objects.get_or_create(
            name="Benchmark", defaults={"npi": "1245319599", "address": "1 Example Street"}
        )
        names = [uuid4().hex[:12] for _ in range(size)]
        self.devices = Device.objects.bulk_create(Device(clinic=clinic, name=n, serial=n) for n in names)
        self._secrets = [f"eecp_{uuid4().hex}{uuid4().hex}" for _ in range(size)]
        self.sha256s = [hashlib.sha256(secret.encode()).hexdigest() for secret in self._secrets]
        now = datetime.now(UTC)
        AgentKey.objects.bulk_create(
            AgentKey(device=device, prefix=secret[:12], sha256=sha256, created_at=now)
            for device, secret, sha256 in zip(self.devices, self._secrets, self.sha256s, strict=True)
        )

    def headers(self) -> list[list[str]]:
        return [
            [f"Authorization: Bearer {secret}", f"Content-Type: {CHUNKS_CONTENT_TYPE}"]
            for secret in self._secrets
        ]

    def open_all(self) -> list[UUID]:
        """A new recording on every device."""
        from devices.models import Recording

        now = datetime.now(UTC)
        made = Recording.objects.bulk_create(
            Recording(uuid=uuid4(), device=device, manifest=manifest(now), started_at=now, opened_at=now)
            for device in self.devices
        )
        return [recording.uuid for recording in made]


def manifest(now: datetime) -> dict[str, object]:
    ms = int(now.timestamp() * 1000)
    return {
        "started_at_ms": ms,
        "clock_ms": ms,
        "agent_version": "benchmark",
        "source": "noise",
        "trigger_source": "r_wave",
        "channels": [
            {"name": name.value, "unit": SCALES[name][1], "rate_hz": rate, "counts_per_unit": SCALES[name][0]}
            for name, rate in RATES_HZ.items()
        ],
    }


def posts(path: str, envelopes: Sequence[Envelope], batch: int) -> list[Post]:
    """Requests of ``batch`` chunks each, in order."""
    return [
        Post(path, msgspec.msgpack.encode(envelopes[at : at + batch]), batch)
        for at in range(0, len(envelopes) - batch + 1, batch)
    ]


def bodies_for(uuid: UUID, prepared: Sequence[Post]) -> list[Post]:
    """The same bodies, to another recording."""
    path = f"/api/v1/recordings/{uuid}/chunks"
    return [Post(path, post.body, post.chunks) for post in prepared]
