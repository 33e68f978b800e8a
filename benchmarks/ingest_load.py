"""The load of ``benchmarks.ingest``: many agents on keep-alive connections from one process, over bare sockets.

An HTTP library would cost more than the server that is measured; what is sent here is prepared beforehand.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Post:
    """One prepared request with what it carries."""

    path: str
    body: bytes
    chunks: int


@dataclass(slots=True)
class Tally:
    """What the answers were: how long each took, in seconds, and how many chunks were acknowledged."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0
    took_s: float = 0.0

    def p99_ms(self) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[int(0.99 * (len(ordered) - 1))] if ordered else float("nan")

    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.seconds) / self.took_s if self.took_s else 0.0


class Connection:
    """One agent's connection: a request, its answer, the next."""

    def __init__(self, port: int, headers: Sequence[str]) -> None:
        self._port = port
        self._headers = "".join(f"{line}\r\n" for line in headers)

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=LIMIT)
        return self

    async def __aexit__(self, *unused: object) -> None:
        self._writer.close()

    async def ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{self._headers}\r\n"
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        lower = answer.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
        return int(answer[9:12]), await self._reader.readexactly(length)


async def flood(connection: Connection, posts: Sequence[Post], tally: Tally, until: float) -> None:
    """One request after the other, each when the one before was answered."""
    for post in posts:
        began = time.perf_counter()
        if began >= until:
            return
        await _count(connection, post, tally, began)


async def pace(
    connection: Connection, posts: Sequence[Post], tally: Tally, first_at: float, every_s: float
) -> None:
    """A request every ``every_s``; time is counted from when it was due, so that a late start is not forgiven."""
    for number, post in enumerate(posts):
        due = first_at + number * every_s
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await _count(connection, post, tally, due)


async def _count(connection: Connection, post: Post, tally: Tally, began: float) -> None:
    status, _ = await connection.ask("POST", post.path, post.body)
    tally.seconds.append(time.perf_counter() - began)
    if status == 200:
        tally.acknowledged += post.chunks
    else:
        tally.refused += 1


async def all_at_once(
    port: int, headers: Sequence[Sequence[str]], work: Callable[[Connection, int], Awaitable[None]]
) -> float:
    """Run ``work`` on a connection for each of ``headers`` at once; seconds that it took."""

    async def one(number: int) -> None:
        async with Connection(port, headers[number]) as connection:
            await work(connection, number)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(len(headers))))
    return time.perf_counter() - began
