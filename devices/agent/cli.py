"""``eecp-agent``: the program beside the device.

    eecp-agent run --source sample --server https://clinic.example --key-file key.txt
    eecp-agent send --server https://clinic.example --key-file key.txt

Exit codes: 0 all was sent and closed, 2 a setting is wrong, 3 data remain unsent in the spool.
"""

import argparse
import logging
import os
import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from uuid import UUID, uuid4

import structlog

from devices.agent.backoff import Backoff
from devices.agent.capture import Capture, OtherRecording
from devices.agent.runner import Runner, now_ms
from devices.agent.sender import Sender
from devices.agent.server import CannotSend, Server, checked_address
from devices.agent.sources import SourceError, open_source
from devices.agent.spool import DEFAULT_MAX_BYTES, Spool
from devices.agent.spool_file import SpoolBusy
from devices.simulator.settings import Settings

ALL_SENT, WRONG_SETTING, UNSENT = 0, 2, 3


class WrongSetting(ValueError):
    """Something on the command line cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    _log_to_stderr(verbose=options.verbose)
    try:
        return _run(options)
    except (WrongSetting, SourceError, OtherRecording, SpoolBusy, CannotSend) as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_SETTING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="eecp-agent", description="Sends what a counterpulsation device records."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser(
        "run", help="capture a recording and send it, with whatever is still in the spool"
    )
    send = commands.add_parser("send", help="send what is still in the spool")
    for command in (run, send):
        _add_server_options(command)
    run.add_argument(
        "--source", required=True, help="wfdb:PATH, sample (five minutes of real ECG) or simulator"
    )
    run.add_argument("--speed", default="1", help="how many times faster than life, or 'max' (default 1)")
    run.add_argument(
        "--minutes", type=float, help="length; a shorter ECG is repeated (default: as long as the ECG)"
    )
    run.add_argument(
        "--start-at", help="device clock of the first sample, like 2026-09-09T09:00:00Z (default: now)"
    )
    run.add_argument(
        "--recording", type=UUID, help="UUID of the recording; one that broke off is taken up again"
    )
    run.add_argument("--seed", type=int, default=1, help="of the simulation (default 1)")
    run.add_argument(
        "--pressure", type=float, default=260, help="prescribed cuff pressure in mmHg (default 260)"
    )
    run.add_argument(
        "--inflation-shift-ms", type=float, default=0, help="injected error of inflation; above 0 is late"
    )
    run.add_argument(
        "--deflation-shift-ms", type=float, default=0, help="injected error of release; above 0 is late"
    )
    return parser


def _add_server_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--server", required=True, help="address of the clinic's server")
    command.add_argument(
        "--key", help="the device's key; better in EECP_AGENT_KEY or --key-file, out of sight"
    )
    command.add_argument("--key-file", type=Path, help="file that holds the key")
    command.add_argument(
        "--spool", type=Path, default=Path.home() / ".eecp-agent", help="folder for unsent data"
    )
    command.add_argument(
        "--spool-max-bytes", type=int, default=DEFAULT_MAX_BYTES, help="most that it may hold"
    )
    command.add_argument(
        "--heartbeat", type=float, default=10.0, help="seconds between signs of life (default 10)"
    )
    command.add_argument(
        "--wait", type=float, default=300.0, help="seconds to go on trying at the end (default 300)"
    )
    command.add_argument(
        "--allow-plain-http", action="store_true", help="HTTP to another machine, in a closed network"
    )
    command.add_argument("--verbose", action="store_true", help="log each request")


def _run(options: argparse.Namespace) -> int:
    url = checked_address(options.server, allow_plain_http=options.allow_plain_http)
    key = _key(options)
    stop, wake = threading.Event(), threading.Event()
    with ExitStack() as stack:
        spool = _spool(options)
        stack.callback(spool.close)
        capture = _capture(options, spool, stop, wake) if options.command == "run" else None
        _end_what_broke_off(spool, capture.uuid if capture else None)
        _stop_on_signal(stop, wake)
        sender = Sender(
            spool=spool,
            server=stack.enter_context(Server(url, key)),
            backoff=Backoff(random.SystemRandom().uniform),
            clock_ms=now_ms,
            say=_say,
        )
        Runner(
            spool=spool,
            sender=sender,
            heart_server=stack.enter_context(Server(url, key)),
            capture=capture,
            agent_version=version("eecp-clinic"),
            stop=stop,
            wake=wake,
            say=_say,
            heartbeat_s=options.heartbeat,
            wait_s=options.wait,
        ).run()
        return _verdict(spool)


def _verdict(spool: Spool) -> int:
    unsent, refused = spool.count("unsent"), spool.count("refused")
    if not spool.pending() and not unsent and not refused:
        _say("The server has everything.")
        return ALL_SENT
    _say(
        f"{unsent} chunks are not sent and {refused} were refused; {len(spool.pending())} recordings are not closed."
        f" All of it is in {spool.folder}: 'eecp-agent send' sends what the server will take."
    )
    return UNSENT


def _key(options: argparse.Namespace) -> str:
    try:
        from_file = options.key_file.read_text(encoding="utf-8") if options.key_file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(f"The key file {options.key_file} cannot be read: {error}.") from error
    key = (options.key or from_file or os.environ.get("EECP_AGENT_KEY", "")).strip()
    if not key or not key.isascii() or not key.isprintable():
        raise WrongSetting("There is no usable key. Give --key-file, or EECP_AGENT_KEY in the environment.")
    return str(key)


def _spool(options: argparse.Namespace) -> Spool:
    try:
        spool = Spool(options.spool, now_ms=now_ms(), max_bytes=options.spool_max_bytes)
    except (OSError, sqlite3.Error) as error:
        raise WrongSetting(f"The spool folder {options.spool} cannot be used: {error}.") from error
    if spool.set_aside:
        structlog.get_logger().error("spool_set_aside", path=str(spool.set_aside))
        _say(
            f"The spool was damaged. It was set aside as {spool.set_aside}; keep it for repair. A new one is begun."
        )
    return spool


def _capture(
    options: argparse.Namespace, spool: Spool, stop: threading.Event, wake: threading.Event
) -> Capture:
    speed = _speed(options.speed)
    started_at_ms = _started_at_ms(options.start_at)
    if options.minutes is not None and not 0 < options.minutes <= 720:
        raise WrongSetting(f"--minutes must lie above 0 and within 720, not {options.minutes}.")
    try:
        settings = Settings(
            pressure_mmhg=options.pressure,
            inflation_shift_ms=options.inflation_shift_ms,
            deflation_shift_ms=options.deflation_shift_ms,
        )
    except ValueError as error:
        raise WrongSetting(str(error)) from error
    source = open_source(options.source, minutes=options.minutes, settings=settings, seed=options.seed)
    capture = Capture(source, spool, options.recording or uuid4(), speed, stop, wake.set)
    capture.begin(
        started_at_ms=now_ms() if started_at_ms is None else started_at_ms,
        clock_ms=now_ms(),
        agent_version=version("eecp-clinic"),
    )
    _say(f"Recording {capture.uuid} begins.")
    return capture


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 10_000:
        raise WrongSetting(f"--speed must be 'max' or a number above 0 and within 10000, not '{text}'.")
    return speed


def _started_at_ms(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongSetting(f"--start-at must look like 2026-09-09T09:00:00Z, not '{text}'.") from error
    if start.tzinfo is None:
        raise WrongSetting(f"--start-at needs a zone: write {text}Z for UTC.")
    return int(start.astimezone(UTC).timestamp() * 1000)


def _end_what_broke_off(spool: Spool, live: UUID | None) -> None:
    """A recording that an earlier run left open will get nothing more: it ends where its last second was written."""
    for recording in spool.pending():
        if not recording.ended and recording.uuid != live:
            spool.end(recording.uuid)
            _say(f"Recording {recording.uuid} broke off earlier; what was captured of it is sent now.")


def _stop_on_signal(stop: threading.Event, wake: threading.Event) -> None:
    def stopped(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # the second time it ends at once
        _say("Stopping. What is not sent yet stays in the spool.")
        stop.set()
        wake.set()

    signal.signal(signal.SIGINT, stopped)
    signal.signal(signal.SIGTERM, stopped)


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _log_to_stderr(*, verbose: bool) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


if __name__ == "__main__":
    sys.exit(main())
