"""What a source is: where an agent's signals come from, told step by step. ``docs/agent-sources.md`` shows how to add one."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from devices.agent.health import SourceState
from devices.protocol import Block, ChannelFormat, ChunkEvent, TriggerSource

#: How long a piece of a running treatment is: what a screen shows cannot be younger than a piece takes to fill.
PIECE_S = 0.5


class SourceError(ValueError):
    """A source that cannot be used; says what is wrong with it and what to give instead."""


@dataclass(frozen=True, slots=True)
class Began:
    """A run of the console begins, or is met again after a break; samples count from its start.

    Attributes
    ----------
    run : tells this run from every other of the same source; a run that is met again keeps its recording.
    started_at_ms : device clock at sample 0.
    clock_ms : device clock at this moment; None where the device has none of its own.
    """

    run: str
    started_at_ms: int
    formats: tuple[ChannelFormat, ...]
    trigger_source: TriggerSource = TriggerSource.R_WAVE
    clock_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """About half a second of the run: the samples and events of one chunk. What was not measured is left out."""

    blocks: tuple[Block, ...]
    events: tuple[ChunkEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Saw:
    """How the console is; told whenever it may have changed."""

    state: SourceState
    patient_connected: bool | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over and nothing more of it will come."""


Step = Began | Piece | Saw | Ended


class Source(Protocol):
    """A console, or what stands for one."""

    @property
    def label(self) -> str:
        """What kind of source it is; goes into the manifest, so never anything about a patient."""

    @property
    def is_live(self) -> bool:
        """Whether it goes on by itself, run after run; else it is a replay, which waits and then ends."""

    @property
    def can_wait(self) -> bool:
        """Whether nothing is lost while it is not read, as with a file."""

    def steps(self, stop: Event) -> Iterator[Step]:
        """What happens, in order, until ``stop`` is set. Blocks for at most half a second at a time without
        looking at ``stop``. A live source never ends by itself and never raises because a cable is out.
        """

    def look(self) -> str:
        """One look at it for ``eecp-agent check``: a sentence; raises SourceError."""
