"""A small server written from ``docs/agent-protocol.md`` alone: it imports nothing of the project.

What it understands, the document says; it is the second opinion on the agent's side of the protocol.
"""

import hashlib
import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import msgspec
import zstandard

KEY = "a-key-for-tests"


class Recording:
    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.chunks: dict[int, tuple[bytes, bytes]] = {}
        self.arrived: list[int] = []
        self.closed: dict[str, Any] | None = None

    def state(self) -> dict[str, Any]:
        last = self.closed["last_seq"] if self.closed else None
        known = sorted(self.chunks)
        edges = [-1, *known, *([last + 1] if last is not None else [])]
        missing = [[a + 1, b - 1] for a, b in pairwise(edges) if b - a > 1]
        highest = missing[0][0] - 1 if missing else (known[-1] if known else -1)
        return {
            "highest_contiguous_seq": highest,
            "missing": missing,
            "received": len(known),
            "closed": self.closed is not None,
            "last_seq": last,
            "server_time_ms": int(time.time() * 1000),
            "of_a_later_version": True,
        }

    def contents(self) -> list[dict[str, Any]]:
        return [
            msgspec.msgpack.decode(zstandard.decompress(data)) for _, (_, data) in sorted(self.chunks.items())
        ]


class ClinicServer(ThreadingHTTPServer):
    """Keeps recordings in memory, and misbehaves where a test asks it to.

    ``answers`` are given instead of the next ones, each a status, and headers; ``drop_answers`` is how many
    batches are stored whose answer is then lost; a server that ``forgets`` then loses the recording too.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recordings: dict[str, Recording] = {}
        self.heartbeats: list[dict[str, Any]] = []
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        self.drop_answers = 0
        self.forgets = False
        self.down = False
        self.refused_while_down = 0
        self.most_chunks = 64
        self.known_states: set[str] | None = None
        self.date = ""
        self.outcomes: dict[int, list[str]] = {}
        self.requests: list[tuple[str, str]] = []
        self.changed = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def only_recording(self) -> Recording:
        [recording] = self.recordings.values()
        return recording

    def wait_until(self, is_so: Any, deadline_s: float = 60.0) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, deadline_s), "the server waited in vain"

    def handle_error(self, *_: object) -> None:
        """An agent that is killed breaks its connections; that is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ClinicServer

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.date or super().date_time_string(timestamp)

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = self.server
        with server.changed:
            server.requests.append((self.command, self.path))
            if self.headers["Authorization"] != f"Bearer {KEY}":
                self._problem(401, "unknown_key", "This key is not known.")
            elif server.down:
                server.refused_while_down += 1
                self._answer(503, b"<html>down</html>", "text/html")
            elif server.answers and self.path != "/api/v1/heartbeat":
                status, headers = server.answers.popleft()
                self._problem(status, "for_the_test", "The test wants it so.", headers)
            else:
                self._route(self.path.removeprefix("/api/v1/").split("/"), body)
            server.changed.notify_all()

    def _route(self, parts: list[str], body: bytes) -> None:
        recording = self.server.recordings.get(parts[1]) if len(parts) > 1 else None
        match (self.command, *parts):
            case ("POST", "heartbeat"):
                self._take_heartbeat(json.loads(body))
            case ("PUT", "recordings", uuid):
                self._open(uuid, recording, json.loads(body))
            case _:
                self._route_known(recording, parts, body)

    def _take_heartbeat(self, beat: dict[str, Any]) -> None:
        known = self.server.known_states
        if known is not None and beat["source_state"] not in known:
            self._problem(422, "malformed", "This is not a valid heartbeat.")
            return
        self.server.heartbeats.append(beat)
        self._answer(204, b"")

    def _route_known(self, recording: Recording | None, parts: list[str], body: bytes) -> None:
        if recording is None:
            if parts[0] == "recordings":
                self._problem(404, "unknown_recording", "There is no such recording.")
            else:
                self._answer(404, b"nothing here", "text/plain")
            return
        match (self.command, *parts):
            case ("GET", "recordings", _, "state"):
                self._json(200, recording.state())
            case ("POST", "recordings", _, "chunks"):
                self._store(recording, body)
            case ("POST", "recordings", _, "close"):
                recording.closed = recording.closed or json.loads(body)
                self._json(200, recording.state())
            case _:
                self._answer(404, b"nothing here", "text/plain")

    def _open(self, uuid: str, recording: Recording | None, manifest: dict[str, Any]) -> None:
        assert manifest.keys() == {
            "started_at_ms",
            "clock_ms",
            "agent_version",
            "source",
            "trigger_source",
            "channels",
        }
        if recording and {**recording.manifest, "clock_ms": 0} != {**manifest, "clock_ms": 0}:
            self._problem(409, "manifest_conflict", "Another manifest is there.")
            return
        self.server.recordings.setdefault(uuid, Recording(manifest))
        self._json(200 if recording else 201, self.server.recordings[uuid].state())

    def _store(self, recording: Recording, body: bytes) -> None:
        assert self.headers["Content-Type"] == "application/vnd.eecp.chunks.v1+msgpack"
        envelopes = msgspec.msgpack.decode(body)
        if len(body) > 1024 * 1024 or len(envelopes) > self.server.most_chunks:
            self._problem(413, "too_large", "Too much at once.")
            return
        results = [self._store_one(recording, *envelope) for envelope in envelopes]
        if self.server.drop_answers:
            self.server.drop_answers -= 1
            self.close_connection = True
            if self.server.forgets:
                self.server.recordings.clear()
            return
        outcomes = {result["outcome"] for result in results}
        status = 409 if "conflict" in outcomes else 422 if outcomes - {"stored", "duplicate"} else 200
        self._json(status, {"results": results, **recording.state()})

    def _store_one(self, recording: Recording, seq: int, sha256: bytes, data: bytes) -> dict[str, Any]:
        if self.server.outcomes.get(seq):
            return {"seq": seq, "outcome": self.server.outcomes[seq].pop(0), "detail": "the test wants it so"}
        if hashlib.sha256(data).digest() != sha256:
            return {"seq": seq, "outcome": "bad_hash", "detail": ""}
        if msgspec.msgpack.decode(zstandard.decompress(data))["seq"] != seq:
            return {"seq": seq, "outcome": "malformed", "detail": ""}
        if seq in recording.chunks:
            same = recording.chunks[seq][0] == sha256
            return {"seq": seq, "outcome": "duplicate" if same else "conflict", "detail": ""}
        recording.chunks[seq] = (sha256, data)
        recording.arrived.append(seq)
        return {"seq": seq, "outcome": "stored", "detail": ""}

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _problem(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        value = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code}
        self._answer(status, json.dumps(value).encode(), "application/problem+json", headers)

    def _answer(
        self, status: int, body: bytes, content_type: str = "", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, **(headers or {})}.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
