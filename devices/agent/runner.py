"""The agent at work: one thread captures, one sends, one tells the server that the agent is alive."""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from devices.agent import status
from devices.agent.capture import Capture
from devices.agent.clock import ServerClock, now_ms
from devices.agent.enrolment import Rotation
from devices.agent.health import Health
from devices.agent.heartbeat import Pulse, Vitals
from devices.agent.sender import Sender
from devices.agent.server import (
    BodyTooLarge,
    CannotSend,
    RecordingRefused,
    RecordingUnknown,
    ServerAway,
)
from devices.agent.spool import Spool
from devices.agent.spooled import SpoolFull

_LOOK_AGAIN_S = 1.0  # the longest sleep of a sender that was not woken
_PROGRESS_S = 10.0
_NOTE_CLOCK_S = 60.0
_MOMENT_S = 0.05
_LONGEST_SINCE_S = 365.0 * 24 * 3600  # the server takes no more
_TRY_AGAIN_S = 10.0  # what only a person can change is tried again this often

log = structlog.get_logger()


@dataclass(slots=True)
class Runner:
    """Runs capture, sender and heartbeat together until all is sent, or a person or a fault stops them. With a live
    source it goes on for ever: whatever is wrong with cable, server or key, it tries again.

    Attributes
    ----------
    capture : None where only what is in the spool is to be sent.
    stop : set by Ctrl-C or SIGTERM.
    wait_s : how long to go on trying to send after a replay ended by itself.
    grace_s : how long to go on sending after ``stop``.
    rotation : None where the key is in no file, and so is not the agent's to replace.
    """

    spool: Spool
    sender: Sender
    pulse: Pulse
    clock: ServerClock
    health: Health
    capture: Capture | None
    agent_version: str
    stop: threading.Event
    wake: threading.Event
    say: Callable[[str], None]
    heartbeat_s: float = 10.0
    wait_s: float = 300.0
    grace_s: float = 5.0
    rotation: Rotation | None = None
    _capturing: threading.Event = field(default_factory=threading.Event)
    _finished: threading.Event = field(default_factory=threading.Event)
    _faults: list[BaseException] = field(default_factory=list)
    _clock_noted_s: float = 0.0

    def run(self) -> None:
        """Returns when there is nothing more to do; what remains unsent is in the spool."""
        threads = [self._thread(self._send), self._thread(self._beat)]
        if self.capture is not None:
            self._capturing.set()
            threads.insert(1, self._thread(self._capture))
        for thread in threads:
            thread.start()
        for thread in threads[:-1]:  # a sender that cannot send must not end the capture
            self._report_until(thread)
        self._finished.set()
        threads[-1].join()
        if self._faults:
            raise self._faults[0]

    @property
    def _is_endless(self) -> bool:
        return self.capture is not None and self.capture.source.is_live

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except Exception as fault:  # noqa: BLE001 (raised again by run, in the main thread)
                self._faults.append(fault)
                self.stop.set()
                self.wake.set()

        return threading.Thread(target=guarded, name=work.__name__.strip("_"), daemon=True)

    def _report_until(self, thread: threading.Thread) -> None:
        """An endless agent's progress is in its status, not in line after line."""
        thread.join(_PROGRESS_S)
        while thread.is_alive():
            if not self._is_endless:
                self.say(
                    f"{self.sender.acknowledged} chunks acknowledged, {self.spool.count_unsent()} waiting."
                )
            thread.join(_PROGRESS_S)

    def _capture(self) -> None:
        if self.capture is None:
            return
        try:
            self.capture.run()
        except SpoolFull as full:
            if self.capture.uuid is not None and not self._is_endless:
                self.spool.end(self.capture.uuid)
            log.error("capture_given_up", reason=str(full))
        finally:
            self._capturing.clear()
            self.wake.set()

    # Sending

    def _send(self) -> None:
        give_up_s: float | None = None
        while True:
            self.wake.clear()
            capturing = self._capturing.is_set()
            try:
                moved, wait_s = self.sender.try_once()
            except CannotSend as cannot:
                self._tell(cannot)
                if not self._is_endless or self.stop.is_set():
                    return
                self.stop.wait(_TRY_AGAIN_S)
                continue
            if not capturing:
                if not moved and not wait_s:
                    return  # all that can be sent is sent
                allowed = self.grace_s if self.stop.is_set() else self.wait_s
                give_up_s = give_up_s or time.monotonic() + allowed
                left = give_up_s - time.monotonic()
                if left <= 0 or (self.stop.is_set() and wait_s > 0):
                    return
                wait_s = min(wait_s, left)
            self._pause(moved, wait_s)

    def _pause(self, moved: bool, wait_s: float) -> None:
        if wait_s:
            # New data must not cut this wait short; a person who stops the agent may.
            if self.stop.wait(wait_s):
                time.sleep(_MOMENT_S)
        elif not moved:
            self.wake.wait(_LOOK_AGAIN_S)

    def _tell(self, cannot: CannotSend) -> None:
        if self.sender.trouble != str(cannot):
            log.error("cannot_send", reason=str(cannot))
            self.say(f"{cannot} Everything that is captured stays in {self.spool.folder}.")
        self.sender.trouble = str(cannot)

    # Signs of life

    def _beat(self) -> None:
        while True:
            vitals = self._vitals()
            try:
                self.pulse.beat(vitals)
            except (ServerAway, CannotSend, RecordingUnknown, RecordingRefused, BodyTooLarge) as missed:
                log.info("heartbeat_missed", reason=str(missed))
            if self.rotation is not None:
                self.rotation.when_due()
            self._leave_status(vitals)
            self._note_clock(vitals)
            if self._finished.wait(self.heartbeat_s):
                return

    def _vitals(self) -> Vitals:
        offset = self.clock.offset
        return Vitals(
            agent_version=self.agent_version,
            clock_ms=now_ms(),
            spool_unsent=self.spool.count_unsent(),
            spool_bytes=self.spool.bytes_held,
            source_state=self.health.state.value,
            source_since_s=min(round(self.health.since_s, 1), _LONGEST_SINCE_S),
            patient_connected=self.health.patient_connected,
            disk_free_bytes=_free_bytes(self.spool.folder),
            server_offset_ms=offset.offset_ms if offset else None,
            round_trip_ms=offset.round_trip_ms if offset else None,
            device_offset_ms=self.capture.device_offset_ms if self.capture else None,
        )

    def _leave_status(self, vitals: Vitals) -> None:
        uuid = self.capture.uuid if self.capture else None
        try:
            status.leave(
                self.spool.folder,
                status.Status(
                    at_ms=now_ms(),
                    pid=os.getpid(),
                    source=self.capture.source.label if self.capture else "none",
                    server=str(self.sender.server.url),
                    recording=str(uuid) if uuid else None,
                    acknowledged=self.sender.acknowledged,
                    refused=self.spool.count_refused(),
                    trouble=self.sender.trouble,
                    spool_max_bytes=self.spool.max_bytes,
                    vitals=vitals,
                ),
            )
        except OSError as error:  # a full disk must not end the agent
            log.warning("status_not_written", reason=str(error))

    def _note_clock(self, vitals: Vitals) -> None:
        """What was measured of the clocks is kept with the recording, a row a minute; told where it is above 1 s."""
        uuid = self.capture.uuid if self.capture else None
        if uuid is None or time.monotonic() - self._clock_noted_s < _NOTE_CLOCK_S:
            return
        if vitals.server_offset_ms is None and vitals.device_offset_ms is None:
            return
        self._clock_noted_s = time.monotonic()
        for line in status.clock_lines(vitals):
            log.warning("clock_off", reason=line)
            self.say(line)
        try:
            self.spool.note_clock(
                uuid,
                at_ms=vitals.clock_ms,
                device_offset_ms=vitals.device_offset_ms,
                server_offset_ms=vitals.server_offset_ms,
                round_trip_ms=vitals.round_trip_ms,
            )
        except (SpoolFull, sqlite3.OperationalError) as error:
            log.warning("clock_not_noted", reason=str(error))


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
