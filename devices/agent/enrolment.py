"""How an agent comes by its key: with a code that a person types in once, and later by itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from devices.agent.key import room_for
from devices.agent.server import (
    BodyTooLarge,
    CannotSend,
    RecordingRefused,
    RecordingUnknown,
    Server,
    ServerAway,
    no_answer,
    problem_of,
)
from devices.protocol import Enrolment, NewKey, ProtocolError, decode_json, encode_json

#: A key is replaced when it is as old as this.
ROTATE_EVERY_S = 90 * 24 * 3600.0
_TRY_AGAIN_S = 3600.0
_TIMEOUT_S = 15.0

log = structlog.get_logger()


def enrol(url: httpx.URL, code: str, path: Path, *, transport: httpx.BaseTransport | None = None) -> str:
    """Exchanges a code for a key, which is stored in ``path``; returns the name of the device that it is for.

    Raises
    ------
    CannotSend
        The code was refused, no key can be written there, or what answers is no clinic's server.
    ServerAway
        No answer; the code may be tried again.
    """
    with room_for(path) as store:
        made = _exchanged(url, code, transport)
        store(made.key)
    return made.device


def _exchanged(url: httpx.URL, code: str, transport: httpx.BaseTransport | None) -> NewKey:
    address = url.copy_with(path=url.path.rstrip("/") + "/api/v1/enrol")
    headers = {"Content-Type": "application/json"}
    try:
        with httpx.Client(timeout=_TIMEOUT_S, transport=transport) as client:
            response = client.post(address, content=encode_json(Enrolment(code=code)), headers=headers)
    except httpx.TransportError as error:
        raise no_answer(url, error) from error
    problem = problem_of(response)
    if response.status_code >= 500:
        raise ServerAway(f"The server at {url} is busy or down ({response.status_code}).")
    if problem is not None:
        raise CannotSend(problem.detail or problem.title)
    try:
        return decode_json(response.content, NewKey)
    except ProtocolError as error:
        raise CannotSend(
            f"What answers at {url} ({response.status_code}) is not the clinic's server. Check the address."
        ) from error


def rotate(server: Server, path: Path) -> str:
    """Puts a new key in the place of the one in ``path``; returns the name of its device.

    Cut off before the new key is stored, the old one is still there and still good. Raises CannotSend, ServerAway.
    """
    with room_for(path) as store:
        made = server.new_key()
        store(made.key)
    return made.device


@dataclass(slots=True)
class Rotation:
    """Replaces the key in a file when it is old; looked at with every heartbeat.

    Attributes
    ----------
    clock_s : seconds since 1970; a key is as old as its file.
    """

    path: Path
    server: Server
    say: Callable[[str], None]
    clock_s: Callable[[], float] = time.time
    _not_before_s: float = 0.0

    def when_due(self) -> None:
        """A failure is logged, and tried again in an hour: the key in use is still good."""
        now_s = self.clock_s()
        if now_s < self._not_before_s or self._age_s(now_s) < ROTATE_EVERY_S:
            return
        self._not_before_s = now_s + _TRY_AGAIN_S
        try:
            rotate(self.server, self.path)
        except (
            ServerAway,
            CannotSend,
            RecordingUnknown,
            RecordingRefused,
            BodyTooLarge,
            OSError,
        ) as failed:
            log.warning("key_not_rotated", reason=str(failed))
            return
        log.info("key_rotated")
        self.say(f"The key in {self.path} was replaced by a new one.")

    def _age_s(self, now_s: float) -> float:
        try:
            return now_s - self.path.stat().st_mtime
        except OSError:
            return 0.0
