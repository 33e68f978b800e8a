"""A folder into which a console exports its recordings: ``folder:PATH``. The files are read and never touched."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from threading import Event

import structlog

from devices.agent.cutting import cut, formats_of
from devices.agent.health import SourceState
from devices.agent.sources.files import FileRecording, read_recording
from devices.agent.sources.source import Began, Ended, Piece, Saw, SourceError, Step

_ENDINGS = frozenset({".edf", ".hea"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Stand:
    """How a file stood when it was last looked at."""

    size: int
    changed_ns: int


@dataclass(slots=True)
class FolderSource:
    """Each EDF file and WFDB record that appears is one run, told by its content: a copy under another name is the
    same run, and one that was taken before, even years ago, is not taken again.

    Attributes
    ----------
    zone : what the console's clock shows; None is this computer's.
    look_every_s : a file that stood unchanged from one look to the next is taken for complete.
    """

    folder: Path
    zone: tzinfo | None = None
    look_every_s: float = 5.0
    label: str = "folder"
    is_live: bool = True
    can_wait: bool = True
    _stood: dict[Path, _Stand] = field(default_factory=dict)
    _done: dict[Path, _Stand] = field(default_factory=dict)

    def steps(self, stop: Event) -> Iterator[Step]:
        while not stop.is_set():
            try:
                complete = self._complete()
            except OSError as error:
                log.warning("folder_unreadable", reason=type(error).__name__)
                yield Saw(SourceState.UNPLUGGED)
            else:
                yield Saw(SourceState.IDLE)
                for path, stand in complete:
                    yield from self._told(path, stop)
                    if stop.is_set():
                        return
                    self._done[path] = stand
            stop.wait(self.look_every_s)

    def _complete(self) -> list[tuple[Path, _Stand]]:
        """Files not done yet that have not changed since the last look, the oldest first; raises OSError."""
        now: dict[Path, _Stand] = {}
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() in _ENDINGS and path.is_file():
                now[path] = _stand(path)
        before, self._stood = self._stood, now
        complete = [
            (path, stand)
            for path, stand in now.items()
            if before.get(path) == stand and self._done.get(path) != stand
        ]
        return sorted(complete, key=lambda found: found[1].changed_ns)

    def _told(self, path: Path, stop: Event) -> Iterator[Step]:
        try:
            run = _content(path)
            found = read_recording(path, self.zone)
            began = _began(found, run, path)
        except (OSError, SourceError) as error:
            # A file's name may be somebody's name, so the log says what is wrong and not with which.
            cause = error.__cause__ or error
            log.error("file_unreadable", reason=type(cause).__name__, ending=path.suffix)
            return
        yield began
        yield Saw(SourceState.OK)
        for chunk in cut(found.waveform):
            if stop.is_set():
                return
            yield Piece(chunk.blocks, chunk.events)
        yield Ended()
        yield Saw(SourceState.IDLE)

    def look(self) -> str:
        try:
            files = [path for path in self.folder.iterdir() if path.suffix.lower() in _ENDINGS]
        except OSError as error:
            raise SourceError(
                f"The folder {self.folder} cannot be read: {error}. Is it mounted, and may this user read it?"
            ) from error
        return f"The folder {self.folder} can be read; it holds {len(files)} recordings."


def _began(found: FileRecording, run: str, path: Path) -> Began:
    if found.started_at_ms is None:
        raise SourceError(f"The file {path} does not say when it was recorded.")
    return Began(run, found.started_at_ms, formats_of(found.waveform))


def _stand(path: Path) -> _Stand:
    stat = path.stat()
    beside = path.with_suffix(".dat")
    samples = beside.stat() if path.suffix.lower() == ".hea" and beside.exists() else None
    return _Stand(
        stat.st_size + (samples.st_size if samples else 0),
        max(stat.st_mtime_ns, samples.st_mtime_ns if samples else 0),
    )


def _content(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes())
    beside = path.with_suffix(".dat")
    if path.suffix.lower() == ".hea" and beside.exists():
        digest.update(beside.read_bytes())
    return digest.hexdigest()
