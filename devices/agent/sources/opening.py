"""From the words on the command line to a source. A new kind of source is one file, and one line here."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from devices.agent.sources.folder import FolderSource
from devices.agent.sources.replay import open_replay
from devices.agent.sources.serial_line import serial_source
from devices.agent.sources.source import Source, SourceError
from devices.agent.sources.tcp_line import tcp_source
from devices.simulator.settings import Settings

KINDS = "serial:PORT@BAUD, tcp:HOST:PORT, folder:PATH, wfdb:PATH, edf:PATH, sample or simulator"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of a source.

    Attributes
    ----------
    minutes, settings, seed, started_at_ms : of a replay alone.
    zone : of a folder alone: what the console's clock shows; None is this computer's.
    """

    spec: str
    minutes: float | None
    settings: Settings
    seed: int
    started_at_ms: int
    zone: tzinfo | None = None


def open_source(asked: Asked) -> Source:
    """The source that ``asked.spec`` names. A cable that is out is no error here; raises SourceError."""
    kind, _, place = asked.spec.partition(":")
    match kind, bool(place):
        case "serial", True:
            return serial_source(place)
        case "tcp", True:
            return tcp_source(place)
        case "folder", True:
            return FolderSource(Path(place), asked.zone)
        case ("wfdb" | "edf", True) | ("sample" | "simulator", False):
            return open_replay(
                asked.spec,
                minutes=asked.minutes,
                settings=asked.settings,
                seed=asked.seed,
                started_at_ms=asked.started_at_ms,
            )
    raise SourceError(f"There is no source '{asked.spec}'. Give {KINDS}.")
