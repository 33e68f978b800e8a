"""From the source to the spool, at the pace of the device."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from devices.agent.cutting import end_of
from devices.agent.sources import Source
from devices.agent.spool import Spool
from devices.chunks import encode_chunk
from devices.protocol import Chunk, Manifest, TriggerSource

_TOGETHER_AT_FULL_SPEED = 32  # one write to the disk takes longer than making a chunk


class OtherRecording(ValueError):
    """The spool holds something else under this UUID."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One recording on its way from a source into the spool.

    Attributes
    ----------
    speed : seconds of device time a second; None is as fast as the disk allows.
    stop : set it to stop after the second that is being captured.
    captured : called after each write.
    """

    source: Source
    spool: Spool
    uuid: UUID
    speed: float | None
    stop: threading.Event
    captured: Callable[[], None]

    def begin(self, *, started_at_ms: int, clock_ms: int, agent_version: str) -> None:
        """Writes the manifest down, or takes up the recording of this UUID where it broke off.

        Raises OtherRecording where the spool holds another source's recording, or a finished one, under it.
        """
        manifest = Manifest(
            started_at_ms=started_at_ms,
            clock_ms=clock_ms,
            agent_version=agent_version,
            source=self.source.label,
            trigger_source=TriggerSource.R_WAVE,
            channels=self.source.formats,
        )
        known = self.spool.find(self.uuid)
        if known is None:
            self.spool.begin(self.uuid, manifest)
        elif known.ended or (known.manifest.source, known.manifest.channels) != (
            manifest.source,
            manifest.channels,
        ):
            raise OtherRecording(
                f"The spool already holds recording {self.uuid}, finished or from another source."
                " Give another --recording, or none to have one made; 'eecp-agent send' sends what is there."
            )

    def run(self) -> None:
        """Captures until the source ends or ``stop`` is set; raises SpoolFull."""
        recording = self.spool.find(self.uuid)
        if recording is None:
            raise OtherRecording(f"Recording {self.uuid} was not begun.")
        formats, started_at_ms = recording.manifest.channels, recording.manifest.started_at_ms
        first_seq = recording.last_seq + 1
        began_s = time.monotonic()
        from_s = (recording.captured_to_ms - started_at_ms) / 1000
        captured_s = from_s
        for chunks in _batched(self.source.chunks(first_seq), 1 if self.speed else _TOGETHER_AT_FULL_SPEED):
            captured_s = max(captured_s, *(end_of(chunk, formats) for chunk in chunks))
            if self.speed:
                due_s = began_s + (captured_s - from_s) / self.speed
                self.stop.wait(max(0.0, due_s - time.monotonic()))
            if self.stop.is_set():
                break
            envelopes = [encode_chunk(chunk) for chunk in chunks]
            self.spool.add(self.uuid, envelopes, started_at_ms + round(1000 * captured_s))
            self.captured()
        self.spool.end(self.uuid)
        self.captured()


def _batched(chunks: Iterable[Chunk], size: int) -> Iterable[list[Chunk]]:
    iterator = iter(chunks)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
