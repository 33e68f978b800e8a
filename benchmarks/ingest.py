"""What the intake of chunks costs, beside what it could cost at best: ``make bench-ingest``.

Everything is measured in one run on this machine, with the load beside it: the smallest Django view that stores a body
(``benchmarks.ingest_smallest``), a bare insert loop, and the intake itself. Ratios count; rates are this machine's.
The last line is JSON. Options: ``--minutes 10`` for a long run of the 300 agents, ``--soak 10`` for that alone,
``--rows`` for another large table.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from benchmarks.ingest_load import Connection, Post, Tally, all_at_once, flood, pace
from benchmarks.ingest_memory import Memory
from benchmarks.ingest_place import Fleet, bodies_for, chunks, database, posts, server
from devices.protocol import Envelope

SMALL, LARGE = 10_000, 10_000_000
CONNECTIONS = 16
LIVE = 300


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Bench:
    """The run: what was acknowledged is counted through all of it, and looked for at the end."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.envelopes = envelopes
        self.single = posts("", envelopes, 1)
        self.batched = posts("", envelopes, 8)
        self.acknowledged = 0
        self.found: dict[str, float | int] = {}

    def flood(self, port: int, fleet: Fleet, prepared: Sequence[Post], seconds: float) -> Tally:
        """Every agent sends as fast as it is answered."""
        uuids = fleet.open_all()
        tally = Tally()

        async def work(connection: Connection, number: int) -> None:
            await flood(connection, bodies_for(uuids[number], prepared), tally, time.perf_counter() + seconds)

        tally.took_s = asyncio.run(all_at_once(port, fleet.headers(), work))
        self.acknowledged += tally.acknowledged
        return tally

    def smallest(self, port: int, seconds: float) -> Tally:
        """The same bodies to the smallest view."""
        tally = Tally()
        prepared = [Post("/keep", post.body, 1) for post in self.single]

        async def work(connection: Connection, number: int) -> None:
            await flood(connection, prepared, tally, time.perf_counter() + seconds)

        headers = [["Content-Type: application/octet-stream"]] * CONNECTIONS
        tally.took_s = asyncio.run(all_at_once(port, headers, work))
        return tally

    def share(self, port: int, small_port: int, rounds: int = 9, seconds: float = 1.5) -> None:
        """Requests a second beside the smallest view, one chunk a request, turn by turn."""
        fleet = Fleet(CONNECTIONS)
        self.smallest(small_port, seconds)  # both are warm before anything is counted
        self.flood(port, fleet, self.single, seconds)
        shares, rates, limits = [], [], []
        for _ in range(rounds):
            limits.append(self.smallest(small_port, seconds).per_second())
            rates.append(self.flood(port, fleet, self.single, seconds).per_second())
            shares.append(rates[-1] / limits[-1])
        self.found["share_of_smallest_view"] = round(statistics.median(shares), 2)
        say(
            f"one chunk a request: {statistics.median(rates):.0f} requests/s; the smallest view "
            f"{statistics.median(limits):.0f}; share by turns {', '.join(f'{s:.2f}' for s in shares)}"
        )

    def crowds(self, port: int, seconds: float = 6) -> None:
        """As fast as they can, eight chunks a request, by few, some and many agents."""
        best = 0.0
        for size in (2, 50, 500):
            tally = self.flood(port, Fleet(size), self.batched, seconds)
            rate = tally.acknowledged / tally.took_s
            best = max(best, rate)
            say(
                f"{size:>4} agents at once: {rate:.0f} chunks/s, p99 {tally.p99_ms():.0f} ms, refused {tally.refused}"
            )
        self.found["chunks_per_s"] = round(best)

    def live(self, port: int, pid: int, seconds: float) -> None:
        """300 agents that send their second every second, spread over it."""
        fleet = Fleet(LIVE)
        uuids = fleet.open_all()
        warm, tally = Tally(), Tally()
        memory = Memory(pid)
        prepared = self.single[: int(seconds) + 4]

        async def work(connection: Connection, number: int) -> None:
            mine = bodies_for(uuids[number], prepared)
            first_at = begin + number / LIVE
            await pace(connection, mine[:4], warm, first_at, 1.0)
            await pace(connection, mine[4:], tally, first_at + 4, 1.0)

        begin = time.perf_counter() + 1
        with memory.watched(every_s=max(1.0, seconds / 120)):
            asyncio.run(all_at_once(port, fleet.headers(), work))
        self.acknowledged += warm.acknowledged + tally.acknowledged
        self.found["p99_ms_300_agents"] = round(tally.p99_ms(), 1)
        median_ms = 1000 * statistics.median(tally.seconds)
        say(
            f" {LIVE} agents, a chunk a second each, {seconds:.0f} s: p50 {median_ms:.1f} ms, "
            f"p99 {tally.p99_ms():.1f} ms, refused {warm.refused + tally.refused}; {memory.said()}"
        )
        self.found["memory_mb_a_minute"] = round(memory.slope_mb_a_minute(), 2)

    def growth(self, rows: int) -> None:
        """What one chunk costs with few and with very many stored, without HTTP; in turns with a bare insert."""
        fill(SMALL)
        small = self._cost_us()
        began = time.perf_counter()
        fill(rows)
        say(f"filled up to {rows} rows in {time.perf_counter() - began:.0f} s")
        large = self._cost_us()
        self.found["cost_10m_over_10k"] = round(large / small, 2)
        say(f"to store one chunk, median: {small:.0f} µs with {SMALL} rows, {large:.0f} µs with {rows}")

    def _cost_us(self, times: int = 1500) -> float:
        from devices.chunk_store import known_manifest, take_chunks

        fleet = Fleet(1)
        (uuid,) = fleet.open_all()
        took = []
        for post in self.single[:times]:
            began = time.perf_counter()
            take_chunks(
                key_sha256=fleet.sha256s[0],
                uuid=uuid,
                manifest=known_manifest(fleet.sha256s[0], uuid),
                body=post.body,
                now=datetime.now(UTC),
            )
            took.append(time.perf_counter() - began)
        self.acknowledged += len(took)
        return 1e6 * statistics.median(took)

    def insert_loop(self, seconds: float = 3) -> None:
        """The bare limit: one connection, one row a commit, no web."""
        with psycopg.connect(_address(), autocommit=True) as connection:
            until, count = time.perf_counter() + seconds, 0
            while time.perf_counter() < until:
                data = self.envelopes[count % len(self.envelopes)].data
                connection.execute("INSERT INTO benchmark_smallest (data) VALUES (%s)", [data], binary=True)
                count += 1
        say(f"bare insert loop, one writer: {count / seconds:.0f} rows/s")

    def lost(self, fillers: Sequence[UUID] = ()) -> None:
        """Acknowledged chunks that are not in the database."""
        from devices.models import Chunk

        stored = Chunk.objects.exclude(recording__manifest={}).count()
        self.found["lost"] = self.acknowledged - stored
        say(f"acknowledged {self.acknowledged}, stored {stored}")


def fill(rows: int) -> None:
    """Small rows of recordings that nobody asks for, until there are so many; 3600 a recording."""
    from devices.models import Chunk, Recording

    missing = rows - Chunk.objects.count()
    if missing <= 0:
        return
    device = Fleet(1).devices[0]
    now = datetime.now(UTC)
    made = Recording.objects.bulk_create(
        Recording(device=device, manifest={}, started_at=now, opened_at=now)
        for _ in range(missing // 3600 + 1)
    )
    with psycopg.connect(_address(), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows are known to be sound
        connection.execute("SET synchronous_commit = off")
        for first in range(0, len(made), 200):
            connection.execute(
                "INSERT INTO devices_chunk (recording_id, seq, sha256, data, received_at) "
                "SELECT recording, seq, '\\x00', '\\x00', now() "
                "FROM unnest(%s::uuid[]) AS recording, generate_series(0, 3599) AS seq",
                [[recording.uuid for recording in made[first : first + 200]]],
            )
        connection.execute("VACUUM ANALYZE devices_chunk")
        connection.execute("CHECKPOINT")


def _address() -> str:
    import os

    return os.environ["DATABASE_URL"]


def whole(bench: Bench, seconds: float, rows: int) -> None:
    """Every measurement, one after the other."""
    bench.insert_loop()
    with (
        server("benchmarks.ingest_smallest:application") as (small_port, _),
        server("eecp_clinic.wsgi:application") as (port, pid),
    ):
        bench.share(port, small_port)
        bench.crowds(port)
        bench.live(port, pid, seconds)
    bench.growth(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=0.5, help="of the 300 live agents")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="only the 300 live agents, for so long")
    parser.add_argument("--rows", type=int, default=LARGE, help="of the large table")
    options = parser.parse_args()
    seconds = (options.soak or options.minutes) * 60
    envelopes = chunks(max(8000, int(seconds) + 4))
    with database():
        with psycopg.connect(_address(), autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE benchmark_smallest (id bigserial PRIMARY KEY, data bytea NOT NULL)"
            )
        bench = Bench(envelopes)
        say(f"a chunk takes {statistics.mean(len(e.data) for e in envelopes):.0f} bytes")
        if options.soak:
            with server("eecp_clinic.wsgi:application") as (port, pid):
                bench.live(port, pid, seconds)
        else:
            whole(bench, seconds, options.rows)
        bench.lost()
    say(json.dumps(bench.found))


if __name__ == "__main__":
    main()
