"""The server as the agent sees it: one method a request, every answer turned into a value or a plain refusal.

ServerAway          no answer, or one that asks for patience: try again later
CannotSend          nothing can be sent with this address or key, until a person changes it
RecordingRefused    this one recording will not be taken
RecordingUnknown    tell the manifest again
BodyTooLarge        send less at once
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import httpx

from devices.agent.clock import ServerClock
from devices.chunks import pack_envelopes
from devices.protocol import (
    CHUNKS_CONTENT_TYPE,
    PROBLEM_CONTENT_TYPE,
    ChunksAnswer,
    Close,
    Envelope,
    Manifest,
    NewKey,
    Problem,
    ProtocolError,
    RecordingState,
    decode_json,
    encode_json,
)

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Answer = TypeVar("Answer", RecordingState, ChunksAnswer)


class ServerAway(Exception):
    """No usable answer now; ``retry_after_s`` is what the server asked for, else 0."""

    def __init__(self, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CannotSend(Exception):
    """Address, certificate or key are wrong; says what a person should change."""


class RecordingRefused(Exception):
    """The server will not take this recording; says why."""


class RecordingUnknown(Exception):
    """The server does not know the recording, or not as one of this device."""

    def __init__(self, message: str, answered_at: datetime | None = None) -> None:
        super().__init__(message)
        self.answered_at = answered_at


class BodyTooLarge(Exception):
    """The request holds more than the server takes at once."""


def checked_address(address: str, *, allow_plain_http: bool) -> httpx.URL:
    """The server's address; refuses what is no address, and plain HTTP to another machine."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise CannotSend(f"'{address}' is not an address: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise CannotSend(f"'{address}' is not an address. Give one like https://clinic.example.")
    if url.scheme == "http" and url.host not in _LOOPBACK and not allow_plain_http:
        raise CannotSend(
            f"{address} would carry the key in the clear. Use https://, or --allow-plain-http inside a closed network."
        )
    return url


class Server:
    """A keep-alive connection to one server; safe to use from one thread at a time.

    ``key`` is asked for each request, so that a new key works without a new start.
    """

    def __init__(
        self,
        url: httpx.URL,
        key: Callable[[], str],
        *,
        clock: ServerClock | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self._key = key
        self._clock = clock or ServerClock()
        self._client = httpx.Client(
            base_url=url.copy_with(path=url.path.rstrip("/") + "/api/v1/"),
            timeout=_TIMEOUT,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def open_recording(self, uuid: UUID, manifest: Manifest) -> RecordingState:
        response = self._ask("PUT", f"recordings/{uuid}", encode_json(manifest))
        return self._read(response, RecordingState)

    def send_chunks(self, uuid: UUID, envelopes: Sequence[Envelope]) -> ChunksAnswer:
        response = self._ask(
            "POST", f"recordings/{uuid}/chunks", pack_envelopes(envelopes), content_type=CHUNKS_CONTENT_TYPE
        )
        return self._read(response, ChunksAnswer)

    def state_of(self, uuid: UUID) -> RecordingState:
        return self._read(self._ask("GET", f"recordings/{uuid}/state"), RecordingState)

    def close_recording(self, uuid: UUID, close: Close) -> RecordingState:
        return self._read(self._ask("POST", f"recordings/{uuid}/close", encode_json(close)), RecordingState)

    def heartbeat(self, body: bytes) -> None:
        self._ask("POST", "heartbeat", body)

    def new_key(self) -> NewKey:
        """A key in the place of the one in use, which stays good until the new one is used."""
        response = self._ask("POST", "key")
        try:
            return decode_json(response.content, NewKey)
        except ProtocolError as error:
            raise CannotSend(f"What answers at {self.url} gives no key: {error}") from error

    def look(self) -> datetime | None:
        """Asks for a recording that nobody has, which changes nothing and tells whether address, certificate and key
        are right; returns the time that the answer bears, where it bears one, to a second.
        """
        try:
            response = self._ask("GET", f"recordings/{UUID(int=0)}/state")
        except RecordingUnknown as unknown:
            return unknown.answered_at
        self._read(response, RecordingState)
        return None

    def _ask(
        self, method: str, path: str, body: bytes | None = None, *, content_type: str = "application/json"
    ) -> httpx.Response:
        key = self._key()
        response = self._exchange(key, method, path, body, content_type)
        if response.status_code == 401 and (newer := self._key()) != key:
            # It was replaced while the request travelled.
            response = self._exchange(newer, method, path, body, content_type)
        self._refuse(response)
        return response

    def _exchange(
        self, key: str, method: str, path: str, body: bytes | None, content_type: str
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        if body is not None:
            headers["Content-Type"] = content_type
        self._clock.sent()
        try:
            return self._client.request(method, path, content=body, headers=headers)
        except httpx.TransportError as error:
            raise no_answer(self.url, error) from error

    def _refuse(self, response: httpx.Response) -> None:
        """Raises what a refusal of the whole request means."""
        status = response.status_code
        problem = problem_of(response)
        if status == 429 or status >= 500:
            raise ServerAway(
                f"The server at {self.url} is busy or down ({status}).", _retry_after_s(response)
            )
        if status in (401, 403):
            raise CannotSend(
                f"The server at {self.url} does not know this key, or it was revoked."
                " Make a new key for this device on its page, and start the agent with it. Nothing is lost."
            )
        if problem is None:
            if status >= 300 and not _is_answer(response):
                raise CannotSend(
                    f"What answers at {self.url} ({status}) is not the clinic's server. Check the address."
                )
            return
        if status == 404:
            raise RecordingUnknown(problem.detail, _date(response))
        if status == 413:
            raise BodyTooLarge(problem.detail)
        raise RecordingRefused(problem.detail or problem.title or problem.code)

    def _read(self, response: httpx.Response, answer: type[Answer]) -> Answer:
        try:
            read = decode_json(response.content, answer)
        except ProtocolError as error:
            raise CannotSend(
                f"What answers at {self.url} is not the clinic's server, or a newer one: {error} Check the address."
            ) from error
        self._clock.answered(read.server_time_ms)
        return read


def no_answer(url: httpx.URL, error: httpx.TransportError) -> ServerAway | CannotSend:
    """What it means that a request was not answered."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return CannotSend(
            f"The certificate of {url} cannot be trusted: {error}."
            " Check the address, this computer's clock, and the clinic's certificate."
        )
    return ServerAway(f"The server at {url} does not answer ({error or type(error).__name__}).")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def problem_of(response: httpx.Response) -> Problem | None:
    if not response.headers.get("Content-Type", "").startswith(PROBLEM_CONTENT_TYPE):
        return None
    try:
        return decode_json(response.content, Problem)
    except ProtocolError:
        return Problem(status=response.status_code, code="unreadable", detail=response.reason_phrase)


def _is_answer(response: httpx.Response) -> bool:
    """Whether a refused batch came back with an outcome for each chunk."""
    return response.status_code in (409, 422) and response.headers.get("Content-Type", "").startswith(
        "application/json"
    )


def _date(response: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None


def _retry_after_s(response: httpx.Response) -> float:
    # The other form, a date, is not used by this server; it then counts as not given.
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0
