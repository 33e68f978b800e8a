"""The link between agent and clinic: a proxy on loopback that loses, tears, repeats and delays what goes through it."""

import http.client
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec


class Fault(Enum):
    LOSE_REQUEST = "the request never arrives"
    LOSE_RESPONSE = "the request is answered, and the answer is lost"
    TEAR_REQUEST = "half of the request arrives"
    TEAR_RESPONSE = "half of the answer arrives"
    DUPLICATE = "the request arrives twice, the second time at the same moment"
    LATE = "the request is lost, and arrives all the same after two others"
    BACKWARDS = "the chunks arrive one by one, the last first, and the answer is lost"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_heartbeat(self) -> bool:
        return self.path.endswith("/heartbeat")

    @property
    def carries_chunks(self) -> bool:
        return self.path.endswith("/chunks")


Answer = tuple[int, list[tuple[str, str]], bytes]


class Link(ThreadingHTTPServer):
    """``fault_of`` is asked for each request but heartbeats which fault befalls it, or None; ``cut`` until ``mend``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.fault_of: Callable[[Request], Fault | None] = lambda request: None
        self.befell: list[Fault] = []
        self.is_cut = False
        self._late: list[tuple[int, Request]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def cut(self) -> None:
        """Every connection breaks, in the middle of whatever it carries, and no new one works."""
        with self._lock:
            self.is_cut = True
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def choose(self, request: Request) -> Fault | None:
        with self._lock:
            fault = None if request.is_heartbeat else self.fault_of(request)
            if fault is not None:
                self.befell.append(fault)
            return fault

    def keep_for_later(self, request: Request) -> None:
        with self._lock:
            self._late.append((2, request))

    def due(self, request: Request) -> list[Request]:
        """What was kept until now; only requests with chunks count."""
        if not request.carries_chunks:
            return []
        with self._lock:
            waiting = [(left - 1, late) for left, late in self._late]
            self._late = [(left, late) for left, late in waiting if left > 0]
            return [late for left, late in waiting if left <= 0]

    def deliver(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=30)
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def deliver_half(self, request: Request) -> None:
        head = [f"{request.method} {request.path} HTTP/1.1"]
        head += [f"{name}: {value}" for name, value in request.headers.items()]
        text = "\r\n".join([*head, "", ""]).encode() + request.body
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=30) as connection:
            connection.sendall(text[: len(text) - max(1, len(request.body) // 2)])

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            if self.is_cut:
                return
            self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._lock:
                self._open.discard(request)

    def handle_error(self, *_: object) -> None:
        """Broken connections are what this is for."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.cut()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Link

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
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        request = Request(self.command, self.path, headers, body)
        try:
            answer = self._befall(request)
            for late in self.server.due(request):
                self.server.deliver(late)
        except (OSError, http.client.HTTPException):
            answer = None  # the clinic is down
        if answer is None:
            self.close_connection = True
            return
        self._pass_on(answer)

    def _befall(self, request: Request) -> Answer | None:
        """The answer that the agent gets, or None for a connection that just ends."""
        fault = self.server.choose(request)
        match fault:
            case Fault.LOSE_REQUEST:
                return None
            case Fault.TEAR_REQUEST:
                self.server.deliver_half(request)
                return None
            case Fault.LATE:
                self.server.keep_for_later(request)
                return None
            case Fault.BACKWARDS if request.carries_chunks:
                self._deliver_backwards(request)
                return None
            case Fault.DUPLICATE:
                return self._deliver_twice(request)
        answer = self.server.deliver(request)
        if fault is Fault.TEAR_RESPONSE:
            self._tear(answer)
        return None if fault is not None else answer

    def _deliver_backwards(self, request: Request) -> None:
        for envelope in reversed(msgspec.msgpack.decode(request.body)):
            body = msgspec.msgpack.encode([envelope])
            headers = {**request.headers, "Content-Length": str(len(body))}
            self.server.deliver(Request(request.method, request.path, headers, body))

    def _deliver_twice(self, request: Request) -> Answer:
        again = threading.Thread(target=self._deliver_quietly, args=(request,))
        again.start()
        try:
            return self.server.deliver(request)
        finally:
            again.join()

    def _deliver_quietly(self, request: Request) -> None:
        with suppress(OSError, http.client.HTTPException):
            self.server.deliver(request)

    def _tear(self, answer: Answer) -> None:
        status, headers, body = answer
        head = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers)]
        whole = "\r\n".join([*head, "", ""]).encode() + body
        self.wfile.write(whole[: len(whole) - max(1, len(body) // 2)])

    def _pass_on(self, answer: Answer) -> None:
        status, headers, body = answer
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
