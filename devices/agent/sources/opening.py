"""From the words on the command line to a source. A new kind of source is one file, and one line here."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from devices.agent.sources.source import PIECE_S, Source, SourceError
from devices.simulator.settings import Settings

KINDS = "serial:PORT@BAUD, tcp:HOST:PORT, folder:PATH, wfdb:PATH, edf:PATH, sample or simulator"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of a source.

    Attributes
    ----------
    minutes, settings, seed, started_at_ms : of a replay alone.
    at_pace : of a replay: it is played as slowly as life, so it stands for a device and is told in short pieces.
    starts_now : of a replay: its first sample is of the moment in which it can begin, however long making it takes.
    zone : of a folder alone: what the console's clock shows; None is this computer's.
    """

    spec: str
    minutes: float | None
    settings: Settings
    seed: int
    started_at_ms: int
    zone: tzinfo | None = None
    at_pace: bool = False
    starts_now: bool = False


def open_source(asked: Asked) -> Source:
    """The source that ``asked.spec`` names. A cable that is out is no error here; raises SourceError.

    Each kind is imported only where it is asked for: an agent that starts again in the middle of a session must not
    first load what only a simulation needs.
    """
    kind, _, place = asked.spec.partition(":")
    if kind in ("sample", "simulator") and not place:
        return _replay(asked)
    opened = _AT_A_PLACE.get(kind)
    if opened is None or not place:
        raise SourceError(f"There is no source '{asked.spec}'. Give {KINDS}.")
    return opened(asked, place)


def _serial(_: Asked, place: str) -> Source:
    from devices.agent.sources.serial_line import serial_source

    return serial_source(place)


def _tcp(_: Asked, place: str) -> Source:
    from devices.agent.sources.tcp_line import tcp_source

    return tcp_source(place)


def _folder(asked: Asked, place: str) -> Source:
    from devices.agent.sources.folder import FolderSource

    return FolderSource(Path(place), asked.zone)


def _replay(asked: Asked, _: str = "") -> Source:
    began_s = time.monotonic()
    from devices.agent.cutting import CHUNK_S
    from devices.agent.sources.replay import open_replay

    found = open_replay(
        asked.spec,
        minutes=asked.minutes,
        settings=asked.settings,
        seed=asked.seed,
        started_at_ms=asked.started_at_ms,
        piece_s=PIECE_S if asked.at_pace else CHUNK_S,
    )
    if not asked.starts_now:
        return found
    return replace(found, started_at_ms=found.started_at_ms + round(1000 * (time.monotonic() - began_s)))


_AT_A_PLACE: dict[str, Callable[[Asked, str], Source]] = {
    "serial": _serial,
    "tcp": _tcp,
    "folder": _folder,
    "wfdb": _replay,
    "edf": _replay,
}
