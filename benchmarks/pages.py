"""How long the pages of a working day take with 1, 10 and 100 times the demo's data: ``make bench-pages``.

Whole requests through Django (session, roles, queries, template) without a network, each by somebody whose page it is, on a
database of the benchmark's own with PostgreSQL's usual settings; ``_page_data`` says what stands in it. The pages of one patient,
course or signed session are opened of another one each time, ``running`` and ``ended`` are one session each with a reading a minute. Every request is made several times: ``p95_ms`` is of all of them with
100 times the data; ``growth_1_to_100`` compares the p95 of each request's quickest repeat, which says more where other programs
use the machine. ``queries`` is the greatest number with 100 times the data; it may not be greater than with once.
The last line is JSON. Options: ``--rounds 20``, ``--repeats 3``, ``--times 1 10 100``.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks import _page_data
from benchmarks.ingest_place import database

if TYPE_CHECKING:
    from django.test import Client

    from benchmarks._page_plan import Place

#: Page, whose it is, and its address, of which there may be many.
PAGES: tuple[tuple[str, str, Callable[["Place", random.Random], str]], ...] = (
    ("today", "nurse", lambda place, chance: "/today/"),
    ("week", "nurse", lambda place, chance: "/week/"),
    ("patients", "nurse", lambda place, chance: "/patients/"),
    ("search", "nurse", lambda place, chance: f"/patients/?q={chance.choice(place.names)}"),
    ("patient", "nurse", lambda place, chance: f"/patients/{chance.choice(place.patients)}/"),
    ("course", "physician", lambda place, chance: f"/courses/{chance.choice(place.courses)}/"),
    ("session", "nurse", lambda place, chance: f"/sessions/{chance.choice(place.sessions)}/"),
    ("running", "nurse", lambda place, chance: f"/sessions/{place.running[0]}/"),
    ("ended", "nurse", lambda place, chance: f"/sessions/{place.ended[0]}/"),
    ("reviews", "physician", lambda place, chance: "/reviews/"),
    ("figures", "physician", lambda place, chance: "/figures/"),
    ("claims", "billing", lambda place, chance: "/claims/"),
)


@dataclass
class Measured:
    """Milliseconds of each request's repeats, the greatest number of queries, and the size of an answer."""

    ms: list[list[float]] = field(default_factory=list)
    queries: int = 0
    kilobytes: float = 0.0

    @property
    def p95(self) -> float:
        return _p95([one for repeats in self.ms for one in repeats])

    @property
    def p95_best(self) -> float:
        return _p95([min(repeats) for repeats in self.ms])


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measure(place: "Place", rounds: int, repeats: int) -> dict[str, Measured]:
    """Every page, one after the other in turns, so that a slow moment of the machine hits all of them."""
    import eecp_clinic.wsgi  # noqa: F401 - pages are loaded, and what is loaded let be, as in a web process

    chance = random.Random(7)  # noqa: S311 - which page is opened next
    clients = {name: _client(name) for _, name, _ in PAGES}
    found = {page: Measured() for page, _, _ in PAGES}
    for page, who, address in PAGES:
        for _ in range(3):  # warm: templates, plans, the database's cache; then count
            found[page].queries = max(found[page].queries, _queries(clients[who], address(place, chance)))
    for _ in range(rounds):
        for page, who, address in PAGES:
            where = address(place, chance)
            times = [_once(clients[who], where) for _ in range(repeats)]
            found[page].ms.append([ms for ms, _ in times])
            found[page].kilobytes = times[-1][1] / 1000
    return found


def _client(username: str) -> "Client":
    from django.test import Client

    from eecp_clinic.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def _once(client: "Client", address: str) -> tuple[float, int]:
    begin = time.perf_counter()
    answer = client.get(address)
    took = 1000 * (time.perf_counter() - begin)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return took, len(answer.content)


def _queries(client: "Client", address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _once(client, address)
    return len(captured)


def report(by_times: dict[int, dict[str, Measured]]) -> dict[str, Any]:
    """Print a line a page; what the last line says."""
    few, many = min(by_times), max(by_times)
    heads = "".join(f"{f'p95 at {times}':>13}" for times in by_times)
    say(f"{'':<10}{heads}{'queries':>12}{'growth':>9}{'size':>10}")
    growth = {}
    for page, at_most in by_times[many].items():
        least = by_times[few][page]
        growth[page] = round(at_most.p95_best / least.p95_best, 2)
        times = "".join(f"{found[page].p95:>10.1f} ms" for found in by_times.values())
        queries = f"{least.queries}, {at_most.queries}"
        say(f"{page:<10}{times}{queries:>12}{growth[page]:>9.2f}{at_most.kilobytes:>7.0f} KB")
    return {
        "p95_ms": {page: round(one.p95, 1) for page, one in by_times[many].items()},
        "queries": {page: one.queries for page, one in by_times[many].items()},
        "growth_1_to_100": growth,
        "p95_ms_by_times": {
            times: {page: round(one.p95, 1) for page, one in found.items()}
            for times, found in by_times.items()
        },
        "queries_grow": [p for p, one in by_times[many].items() if one.queries > by_times[few][p].queries],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    options = parser.parse_args()
    by_times: dict[int, dict[str, Measured]] = {}
    with database():
        place, filled = _page_data.prepare(datetime.now(UTC)), 0
        for times in sorted(options.times):
            begin = time.perf_counter()
            _page_data.generations(place, filled, times)
            filled = times
            say(f"{times} times the demo's data made in {time.perf_counter() - begin:.0f} s")
            by_times[times] = measure(place, options.rounds, options.repeats)
    say(json.dumps(report(by_times)))


if __name__ == "__main__":
    main()
