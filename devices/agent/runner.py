"""The agent at work: one thread captures, one sends, one tells the server that the agent is alive."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from devices.agent.capture import Capture
from devices.agent.sender import Sender
from devices.agent.server import (
    BodyTooLarge,
    CannotSend,
    RecordingRefused,
    RecordingUnknown,
    Server,
    ServerAway,
)
from devices.agent.spool import Spool, SpoolFull
from devices.protocol import Heartbeat, SourceState

_LOOK_AGAIN_S = 1.0  # the longest sleep of a sender that was not woken
_PROGRESS_S = 10.0
_MOMENT_S = 0.05

log = structlog.get_logger()


def now_ms() -> int:
    """The device clock."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Runner:
    """Runs capture, sender and heartbeat together until all is sent, or a person or a fault stops them.

    Attributes
    ----------
    capture : None where only what is in the spool is to be sent.
    stop : set by Ctrl-C or SIGTERM.
    heart_server : a connection of its own, as a connection serves one thread.
    wait_s : how long to go on trying to send after the capture ended by itself.
    grace_s : how long to go on sending after ``stop``.
    """

    spool: Spool
    sender: Sender
    heart_server: Server
    capture: Capture | None
    agent_version: str
    stop: threading.Event
    wake: threading.Event
    say: Callable[[str], None]
    heartbeat_s: float = 10.0
    wait_s: float = 300.0
    grace_s: float = 5.0
    _capturing: threading.Event = field(default_factory=threading.Event)
    _finished: threading.Event = field(default_factory=threading.Event)
    _faults: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        """Returns when there is nothing more to do; what remains unsent is in the spool."""
        heart = threading.Thread(target=self._guarded, args=(self._beat,), name="heartbeat", daemon=True)
        capturing = threading.Thread(target=self._guarded, args=(self._capture,), name="capture", daemon=True)
        if self.capture is not None:
            self._capturing.set()
            capturing.start()
        sending = threading.Thread(target=self._guarded, args=(self._send,), name="sender", daemon=True)
        sending.start()
        heart.start()
        self._report_until(sending)
        if self.capture is not None:
            self._report_until(capturing)  # a sender that cannot send must not end the capture
        self._finished.set()
        heart.join()
        if self._faults:
            raise self._faults[0]

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 (raised again by run, in the main thread)
            self._faults.append(fault)
            self.stop.set()
            self.wake.set()

    def _report_until(self, thread: threading.Thread) -> None:
        thread.join(_PROGRESS_S)
        while thread.is_alive():
            self.say(
                f"{self.spool.count('acknowledged')} chunks acknowledged, {self.spool.count('unsent')} waiting."
            )
            thread.join(_PROGRESS_S)

    def _capture(self) -> None:
        if self.capture is None:
            return
        try:
            self.capture.run()
        except SpoolFull as full:
            self.spool.end(self.capture.uuid)
            log.error("spool_full", reason=str(full))
            self.say(
                f"Capturing has stopped: {full} Free some space or bring the server back, then start again."
            )
        finally:
            self._capturing.clear()
            self.wake.set()

    def _send(self) -> None:
        try:
            self._send_until_done()
        except CannotSend as cannot:
            log.error("cannot_send", reason=str(cannot))
            self.say(f"{cannot} Everything that is captured stays in {self.spool.folder}.")

    def _send_until_done(self) -> None:
        give_up_s: float | None = None
        while True:
            self.wake.clear()
            capturing = self._capturing.is_set()
            moved, wait_s = self.sender.try_once()
            if not capturing and not self.spool.pending():
                return
            if not capturing:
                allowed = self.grace_s if self.stop.is_set() else self.wait_s
                give_up_s = give_up_s or time.monotonic() + allowed
                left = give_up_s - time.monotonic()
                if left <= 0 or (self.stop.is_set() and wait_s > 0):
                    return
                wait_s = min(wait_s, left)
            if wait_s:
                # New data must not cut this wait short; a person who stops the agent may.
                if self.stop.wait(wait_s):
                    time.sleep(_MOMENT_S)
            elif not moved:
                self.wake.wait(_LOOK_AGAIN_S)

    def _beat(self) -> None:
        while True:
            heartbeat = Heartbeat(
                agent_version=self.agent_version,
                clock_ms=now_ms(),
                spool_unsent=self.spool.count("unsent"),
                source_state=SourceState.OK if self._capturing.is_set() else SourceState.ENDED,
                disk_free_bytes=_free_bytes(self.spool.folder),
            )
            try:
                self.heart_server.heartbeat(heartbeat)
            except (ServerAway, CannotSend, RecordingUnknown, RecordingRefused, BodyTooLarge) as missed:
                log.info("heartbeat_missed", reason=str(missed))
            if self._finished.wait(self.heartbeat_s):
                return


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
