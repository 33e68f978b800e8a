"""The wall with twelve live devices in Chromium: ``make bench-wall``, an hour with ``--minutes 60``.

A real server, twelve agents that send simulated half seconds in true time, and one browser without a screen, which
draws by software: a tablet with a graphics chip draws faster. All of it shares this machine. How far behind the device
the picture is drawn is taken by this machine's clock, which is that of the devices too. The last line is JSON.
"""

import argparse
import asyncio
import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import numpy as np

from benchmarks._chromium import Page, browser, private_mb
from benchmarks.ingest_load import Connection, Post, Tally, all_at_once, pace
from benchmarks.ingest_place import bodies_for, database, posts, server
from devices.agent.cutting import cut, formats_of
from devices.agent.sources.source import PIECE_S
from devices.chunks import encode_chunk
from devices.protocol import CHUNKS_CONTENT_TYPE, Manifest, TriggerSource
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Waveform

DEVICES = 12
THREADS = 16
EVERY_S = 5.0
SETTLING_S = 15.0
LINES = 12
RATE_HZ = 500.0
#: Histograms, so that measuring takes no memory that grows: frame times by 1 ms, lateness by 10 ms.
WATCH = """() => {
  const seen = (globalThis.seen = { frames: new Array(1001).fill(0), behind: new Array(601).fill(0), long: 0 });
  new PerformanceObserver((list) => (seen.long += list.getEntries().length)).observe({ entryTypes: ["longtask"] });
  let last = performance.now();
  const frame = (now) => {
    seen.frames[Math.min(1000, Math.round(now - last))] += 1;
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  setInterval(() => {
    for (const { sweep } of document.querySelectorAll("[data-sweep]"))
      if (sweep?.drawn) seen.behind[Math.max(0, Math.min(600, Math.round((Date.now() - sweep.drawn) / 10)))] += 1;
  }, 100);
}"""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Room:
    """A clinic with running sessions, the secrets of their devices, and a nurse's login."""

    cookie: str
    login: str
    started_at: datetime
    secrets: list[str] = field(default_factory=list)
    recordings: list[UUID] = field(default_factory=list)


def treated(minutes: float) -> Waveform:
    known = synthetic_ecg(60 * minutes, RATE_HZ, Rhythm(rate_bpm=66), 1)
    return simulate(known.ecg, Settings(), 1, r_s=known.r_s).waveform


def furnish(waveform: Waveform) -> Room:
    """Twelve sessions that have just begun, each with the recording of its device."""
    from django.conf import settings
    from django.test import Client

    from courses.models import Session
    from devices.models import Recording
    from eecp_clinic.roles import Role
    from tests import factories

    now = datetime.now(UTC)
    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nurse", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "physician", "Phil", "Physician-Example", "MD")
    client = Client()
    client.force_login(nurse)
    cookie = settings.SESSION_COOKIE_NAME
    room = Room(cookie, client.cookies[cookie].value, now + timedelta(seconds=3))
    for number in range(DEVICES):
        device = factories.make_device(clinic, f"Device {number + 1:02}")
        course = factories.make_course(factories.make_patient(clinic), physician)
        begins = room.started_at + timedelta(seconds=number * PIECE_S / DEVICES)
        recording = Recording.objects.create(
            uuid=uuid4(), device=device, manifest=manifest(waveform, begins), started_at=begins, opened_at=now,
            clock_offset_ms=0,
        )  # fmt: skip
        hour = factories.make_appointment(course, device, now)
        factories.make_session(hour, nurse, Session.State.IN_PROGRESS, recording=recording)
        room.secrets.append(factories.make_key(device)[1])
        room.recordings.append(recording.pk)
    return room


def manifest(waveform: Waveform, begins: datetime) -> dict[str, Any]:
    ms = round(begins.timestamp() * 1000)
    told = Manifest(
        started_at_ms=ms,
        clock_ms=ms,
        agent_version="benchmark",
        source="simulator",
        trigger_source=TriggerSource.R_WAVE,
        channels=formats_of(waveform),
    )
    content: dict[str, Any] = msgspec.to_builtins(told)
    return content


@contextmanager
def agents(room: Room, port: int, prepared: list[Post], tally: Tally) -> Iterator[None]:
    """All devices treat until the block is left or their signal ends."""
    headers = [[f"Authorization: Bearer {s}", f"Content-Type: {CHUNKS_CONTENT_TYPE}"] for s in room.secrets]
    over = threading.Event()

    async def work(connection: Connection, number: int) -> None:
        begins_s = (
            time.perf_counter() + room.started_at.timestamp() - time.time() + number * PIECE_S / DEVICES
        )
        for seq, post in enumerate(bodies_for(room.recordings[number], prepared)):
            if over.is_set():
                return
            await pace(connection, [post], tally, begins_s + (seq + 1) * PIECE_S, PIECE_S)

    thread = threading.Thread(target=lambda: asyncio.run(all_at_once(port, headers, work)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@dataclass(slots=True)
class Memory:
    """Of the page: heap of its scripts, and what its process holds for itself, in MB, by minutes."""

    page: Page
    samples: list[tuple[float, float, float]] = field(default_factory=list)

    def sample(self, minute: float) -> None:
        metrics = {m["name"]: m["value"] for m in self.page.tell("Performance.getMetrics")["metrics"]}
        processes = self.page.send("SystemInfo.getProcessInfo")["processInfo"]
        sizes = [private_mb(process["id"]) for process in processes if process["type"] == "renderer"]
        self.samples.append((minute, metrics["JSHeapUsedSize"] / 1e6, max(sizes, default=math.nan)))

    def slope(self) -> float:
        """MB of the process a minute, by least squares over the last two thirds."""
        settled = [sample for sample in self.samples if sample[0] >= self.samples[-1][0] / 3]
        return float(np.polyfit([s[0] for s in settled], [s[2] for s in settled], 1)[0])


def open_wall(page: Page, room: Room, port: int) -> None:
    address = f"http://127.0.0.1:{port}/"
    page.send("Storage.setCookies", cookies=[{"name": room.cookie, "value": room.login, "url": address}])
    drawing = "[...document.querySelectorAll('[data-sweep]')].filter(f => f.sweep?.drawn).length"
    page.open(f"{address}wall/", ready=f"{drawing} === {DEVICES}")
    page.tell("Performance.enable")
    time.sleep(SETTLING_S)


def share(histogram: list[int], part: float) -> int:
    """The first bucket by which ``part`` of all were counted."""
    total = np.cumsum(histogram)
    return int(np.searchsorted(total, part * total[-1]))


def measure(page: Page, minutes: float) -> dict[str, float]:
    memory = Memory(page)
    page.value(f"({WATCH})()")
    began = time.monotonic()
    lines, frames = iter(np.linspace(0, minutes, LINES + 1)), 0
    due = next(lines)
    while (passed := (time.monotonic() - began) / 60) < minutes:
        memory.sample(passed)
        if passed >= due:
            due, before = next(lines), frames
            frames = page.value("globalThis.seen.frames.reduce((sum, count) => sum + count)")
            _minute, heap, size = memory.samples[-1]
            say(
                f"minute {passed:5.1f}: heap {heap:5.1f} MB, process {size:6.1f} MB, {frames - before} frames since"
            )
        time.sleep(EVERY_S)
    seen = page.value("globalThis.seen")
    slow = share(seen["frames"], 0.95)
    heaps, sizes = [s[1] for s in memory.samples], [s[2] for s in memory.samples]
    say(
        f"{minutes:g} minutes: {sum(seen['frames'])} frames, median {share(seen['frames'], 0.5)} ms, "
        f"95th percentile {slow} ms, 99th {share(seen['frames'], 0.99)} ms; {seen['long']} tasks longer than 50 ms"
    )
    say(
        f"behind the device: median {10 * share(seen['behind'], 0.5)} ms, "
        f"95th percentile {10 * share(seen['behind'], 0.95)} ms, 99th {10 * share(seen['behind'], 0.99)} ms"
    )
    say(
        f"scripts' heap {heaps[0]:.1f} to {heaps[-1]:.1f} MB (most {max(heaps):.1f}); the page's process "
        f"{sizes[0]:.0f} to {sizes[-1]:.0f} MB of its own (most {max(sizes):.0f})"
    )
    return {
        "fps_p5": round(1000 / max(1, slow), 1),
        "fps_mean": round(sum(seen["frames"]) / (60 * minutes), 1),
        "behind_ms_p95": 10 * share(seen["behind"], 0.95),
        "long_tasks_a_minute": round(seen["long"] / minutes, 1),
        "heap_mb": round(max(heaps), 1),
        "memory_mb": round(max(sizes), 1),
        "memory_mb_a_minute": round(memory.slope(), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3)
    minutes = parser.parse_args().minutes
    waveform = treated(minutes + 2)
    prepared = posts("", [encode_chunk(chunk) for chunk in cut(waveform, every_s=PIECE_S)], 1)
    tally = Tally()
    with database(), server("eecp_clinic.wsgi:application", THREADS) as (port, _):
        room = furnish(waveform)  # before there is a browser, in whose thread Django asks no database
        found = watched(room, port, prepared, tally, minutes)
    say(
        f"{tally.acknowledged} half seconds acknowledged, {tally.refused} refused, p99 {tally.p99_ms():.0f} ms"
    )
    say(json.dumps(found))


def watched(room: Room, port: int, prepared: list[Post], tally: Tally, minutes: float) -> dict[str, float]:
    """What a browser found that looked at the wall while all devices treated."""
    with agents(room, port, prepared, tally), browser(1440, 900) as page:
        open_wall(page, room, port)
        return measure(page, minutes)


if __name__ == "__main__":
    main()
