"""How long the waves of an hour take to open and how smoothly they move: ``make bench-replay``.

One simulated hour (ECG 500 Hz, pulse 125 Hz, three cuffs 50 Hz, 29,000 events) is stored and judged as any recording, then looked
at in Chromium through a real server on 127.0.0.1, logged in, with cold browser caches for each opening:

- ``build_s``: the tiles made from the stored file, reading and checking it included (once a recording, by the worker);
- ``cold_open_ms``: one opening whose tiles have to be made first, until everything in view is painted;
- ``open_p95_ms``: the same where the tiles are there, at seconds all over the hour, one in twenty slower;
- ``tile_p95_ms``: one tile from the server by itself, of those that are fetched for a window of a minute and of ten seconds;
- ``fps_p5``: frames a second while it moves along without a stop, one frame in twenty slower; the windows are 4 s to an hour;
- ``file_share``: size of the tiles beside the EDF+ file.

The limits are 1 s for an opening and 60 frames a second, which is as fast as the screen is redrawn. Chromium draws without a
graphics card here. The last line is JSON. Options: ``--openings 20``, ``--seconds 4`` (of moving, for each window).
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from benchmarks.ingest_place import database

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from courses.models import Session
    from devices.models import Recording

WINDOWS_S = (4, 10, 30, 60, 300, 3600)
MOVE = """async ([ms]) => {
  const waves = document.querySelector("[data-waves]");
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  const end = last + ms;
  while (last < end) {
    waves.dispatchEvent(new WheelEvent("wheel", { deltaX: 9, bubbles: true, cancelable: true }));
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""
TILES = """async ([level, count]) => {
  const data = JSON.parse(document.getElementById("replay-data").textContent);
  const took = [];
  for (let at = 0; at < Math.min(count, data.levels[level]); at += 1) {
    const began = performance.now();
    await (await fetch(`${data.tiles_url}${level}/${at}`, { cache: "no-store" })).arrayBuffer();
    took.push(performance.now() - began);
  }
  return took;
}"""


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--openings", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    media = tempfile.mkdtemp(prefix="eecp-bench-media-")
    os.environ["MEDIA_ROOT"] = media
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
    try:
        with database():
            found = measured(given.openings, given.seconds)
    finally:
        shutil.rmtree(media, ignore_errors=True)
    for name, value in found.items():
        print(f"{name:16} {value}")
    print(json.dumps(found))
    return 0


def measured(openings: int, seconds: float) -> dict[str, Any]:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.files.storage import default_storage
    from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

    from devices import tile_store

    session, recording = hour()
    build = []
    for _round in range(3):
        default_storage.delete(tile_store.name_of(recording, recording))
        began = time.perf_counter()
        tile_store.head_of(recording, recording)
        build.append(time.perf_counter() - began)
    share = default_storage.size(tile_store.name_of(recording, recording)) / recording.file.size
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    QuietWSGIRequestHandler.log_message = lambda *_args: None  # type: ignore[method-assign]
    try:
        return {"build_s": round(min(build), 2), "file_share": round(share, 2)} | in_browser(
            f"http://127.0.0.1:{server.port}", session, recording, openings, seconds
        )
    finally:
        server.terminate()
        server.join()


def hour() -> tuple["Session", "Recording"]:
    """The ended session of a simulated hour, stored and judged."""
    from devices.models import Recording
    from eecp_clinic.roles import Role
    from tests import factories
    from tests.courses.treatment.replayed import make_replayed

    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    session = make_replayed(nurse, physician, minutes=60, ecg_hz=500.0)
    return session, Recording.objects.get(session=session)


def in_browser(
    url: str, session: "Session", recording: "Recording", openings: int, seconds: float
) -> dict[str, Any]:
    from django.core.files.storage import default_storage
    from playwright.sync_api import sync_playwright

    from devices import tile_store
    from tests.factories import PASSWORD
    from tests.journeys.conftest import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=url)
        page.goto("/account/login/")
        page.get_by_label("User name or e-mail").fill("petra")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda there: "login" not in there)
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        address = f"/sessions/{session.code}/replay/"
        opened(page, address)  # the application's own first request is not the replay's
        default_storage.delete(tile_store.name_of(recording, recording))
        cold = opened(page, address)
        warm = [opened(page, f"{address}?t={60 * n % 3500}&w=60") for n in range(openings)]
        tiles = [ms for level in (0, 1, 2) for ms in page.evaluate(TILES, [level, 40])]
        frames = {window: moved(page, address, window, seconds) for window in WINDOWS_S}
        browser.close()
    return {
        "cold_open_ms": round(cold),
        "open_p50_ms": round(statistics.median(warm)),
        "open_p95_ms": round(p95(warm)),
        "tile_p50_ms": round(statistics.median(tiles), 1),
        "tile_p95_ms": round(p95(tiles), 1),
        "fps_by_window": {str(window): round(1000 / p95(found), 1) for window, found in frames.items()},
        "fps_p5": round(1000 / p95([ms for found in frames.values() for ms in found]), 1),
    }


def opened(page: "Page", address: str) -> float:
    """Milliseconds from the click on a link until waves, beats and events in view are painted."""
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("[data-replay][data-ready][data-painted]").wait_for()
    return (time.perf_counter() - began) * 1000


def moved(page: "Page", address: str, window: int, seconds: float) -> list[float]:
    start = 0 if window == 3600 else 600
    opened(page, f"{address}?t={start}&w={window}")
    frames: list[float] = page.evaluate(MOVE, [1000 * seconds])
    return frames


if __name__ == "__main__":
    sys.exit(main())
