"""``eecp-agent check``: everything that can be wrong beside a bed, looked at in turn and said in words."""

import argparse
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devices.agent.clock import now_ms
from devices.agent.key import Key, others_may_read
from devices.agent.options import WrongSetting, asked_source, check_numbers, speed_of
from devices.agent.server import (
    BodyTooLarge,
    CannotSend,
    RecordingRefused,
    Server,
    ServerAway,
    checked_address,
)
from devices.agent.sources.opening import open_source
from devices.agent.sources.source import SourceError
from devices.agent.spool_file import SpoolBusy, hold

_LEAST_DISK_BYTES = 1_000_000_000
_CLOCK_S = 2.0  # the answer tells its time to a second


@dataclass(frozen=True, slots=True)
class Finding:
    """``fine`` is None for what could not be looked at."""

    what: str
    fine: bool | None
    sentence: str


class _Wrong(Exception):
    """Something is not as it must be; says how to mend it."""


def look_at_everything(options: argparse.Namespace, key: Key) -> Iterator[Finding]:
    """A finding for each of: configuration, key, disk, server and key, clock, source. Changes nothing."""
    yield _found("configuration", lambda: _configuration(options))
    yield _found("key", lambda: _key(options, key))
    yield _found("disk", lambda: _disk(options.spool, options.spool_max_bytes))
    clock: list[str] = []
    server = _found("server", lambda: _server(options, key, clock))
    yield server
    if clock:
        yield _found("clock", lambda: _clock(clock[0]))
    else:
        yield Finding("clock", None, "Not looked at, since it is compared with the server's.")
    yield _found("source", lambda: _source(options))


def _found(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except (
        _Wrong,
        WrongSetting,
        CannotSend,
        SourceError,
        ServerAway,
        RecordingRefused,
        BodyTooLarge,
    ) as wrong:
        return Finding(what, False, str(wrong))


def _configuration(options: argparse.Namespace) -> str:
    for name in ("server", "source"):
        if getattr(options, name) is None:
            raise _Wrong(f"There is no {name}. Give --{name}, or '{name}' in the configuration file.")
    checked_address(options.server, allow_plain_http=options.allow_plain_http)
    check_numbers(options)
    speed_of(options.speed)
    asked_source(options, now_ms())
    return f"Server {options.server}, source {options.source.partition(':')[0]}."


def _key(options: argparse.Namespace, key: Key) -> str:
    key()
    path: Path | None = options.key_file
    if path is not None and os.name == "posix" and others_may_read(path):
        raise _Wrong(f"Others may read the key file {path}. Take that from them: chmod 600 {path}")
    return "There is a key, and it is its owner's alone." if path is not None else "There is a key."


def _disk(folder: Path, max_bytes: int) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _Wrong(
            f"Nothing can be written to {folder}: {error}. Give --spool a folder of this user's."
        ) from error
    free = shutil.disk_usage(folder).free
    if free < max(_LEAST_DISK_BYTES, max_bytes):
        raise _Wrong(
            f"The disk of {folder} has {free / 1e9:.1f} GB free; the spool may need {max_bytes / 1e9:.1f} GB."
            " Free some space, or give a smaller --spool-max-bytes."
        )
    return f"{folder} can be written, and its disk has {free / 1e9:.1f} GB free."


def _server(options: argparse.Namespace, key: Key, clock: list[str]) -> str:
    if options.server is None:
        raise _Wrong("No server is given.")
    with Server(checked_address(options.server, allow_plain_http=options.allow_plain_http), key) as server:
        began_ms = now_ms()
        answered_at = server.look()
        middle_ms = (began_ms + now_ms()) / 2
    if answered_at is not None:
        off_s = middle_ms / 1000 - answered_at.timestamp() - 0.5  # it cuts off the part of a second
        clock.append(f"{off_s:.1f}")
    return f"{options.server} answers and knows the key."


def _clock(off: str) -> str:
    off_s = float(off)
    if abs(off_s) > _CLOCK_S:
        raise _Wrong(
            f"This computer's clock ({datetime.now(UTC):%d-%b-%Y %H:%M:%S} UTC) is {abs(off_s):.0f} s"
            f" {'ahead of' if off_s > 0 else 'behind'} the server's. Switch on its time service."
        )
    return "This computer's clock agrees with the server's."


def _source(options: argparse.Namespace) -> str:
    if options.source is None:
        raise _Wrong("No source is given.")
    if is_running(options.spool):
        return "The running agent has it; see 'eecp-agent status'."
    return open_source(asked_source(options, now_ms())).look()


def is_running(folder: Path) -> bool:
    """Whether an agent works with this folder now."""
    if not (folder / "in-use.sqlite3").exists():
        return False
    try:
        hold(folder).close()
    except SpoolBusy:
        return True
    except (OSError, sqlite3.Error):
        return False
    return False
