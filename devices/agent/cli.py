"""``eecp-agent``: the program beside the device.

    eecp-agent enrol --server https://clinic.example
    eecp-agent run --source serial:/dev/ttyUSB0 --server https://clinic.example
    eecp-agent check, status, send, forget-refused, rotate-key

Exit codes: 0 all was sent (or all is well), 1 a check failed, 2 a setting is wrong, 3 data remain unsent in the
spool, 4 the server refused some of what this run sent.
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
from contextlib import ExitStack, closing
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import httpx
import msgspec
import structlog

from devices.agent import checking, status
from devices.agent.backoff import Backoff
from devices.agent.capture import Capture, OtherRecording, end_broken_off
from devices.agent.clock import ServerClock, now_ms
from devices.agent.enrolment import Rotation, enrol, rotate
from devices.agent.health import Health, SourceState
from devices.agent.heartbeat import Pulse
from devices.agent.key import USUAL_NAME, VARIABLE, Key, keep_private
from devices.agent.options import WrongSetting, asked_source, check_numbers, read_options, speed_of
from devices.agent.runner import Runner
from devices.agent.sender import Sender
from devices.agent.server import CannotSend, Server, ServerAway, checked_address
from devices.agent.sources.opening import open_source
from devices.agent.sources.source import SourceError
from devices.agent.spool import DEFAULT_MAX_BYTES, Spool
from devices.agent.spool_file import SpoolBusy

ALL_SENT, CHECK_FAILED, WRONG_SETTING, UNSENT, REFUSED = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        options = read_options(arguments)
        _log_to_stderr(verbose=options.verbose)
        return {
            "enrol": _enrol,
            "rotate-key": _rotate_key,
            "run": _run,
            "send": _run,
            "check": _check,
            "status": _status,
            "forget-refused": _forget_refused,
        }[options.command](options)
    except (WrongSetting, SourceError, OtherRecording, SpoolBusy, CannotSend) as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_SETTING


def _enrol(options: argparse.Namespace) -> int:
    url = checked_address(options.server, allow_plain_http=options.allow_plain_http)
    path = _key_path(options)
    try:
        device = enrol(url, options.code or _asked_code(), path)
    except ServerAway as away:
        print(f"{away} The code was not used; try again.", file=sys.stderr)
        return UNSENT
    _say(f"This agent sends for the device {device}. Its key is in {path}, for this user alone.")
    return ALL_SENT


def _asked_code() -> str:
    try:
        return input("Code on the device's page: ")
    except EOFError as error:
        raise WrongSetting("There is no code. Type it, or give it as --code.") from error


def _rotate_key(options: argparse.Namespace) -> int:
    url = checked_address(options.server, allow_plain_http=options.allow_plain_http)
    path = _key_path(options)
    try:
        with Server(url, Key(path=path)) as server:
            device = rotate(server, path)
            server.look()  # with its first use the new key ends the old one
    except ServerAway as away:
        print(f"{away} The key in {path} is still good.", file=sys.stderr)
        return UNSENT
    _say(f"The key in {path} was replaced by a new one of the device {device}.")
    return ALL_SENT


def _key_path(options: argparse.Namespace) -> Path:
    found: Path = options.key_file or options.spool / USUAL_NAME
    return found


def _run(options: argparse.Namespace) -> int:
    check_numbers(options)
    url = checked_address(options.server, allow_plain_http=options.allow_plain_http)
    key = _key(options)
    stop, wake = threading.Event(), threading.Event()
    clock = ServerClock()
    health = Health(SourceState.ENDED if options.command == "send" else SourceState.NO_SIGNAL)
    with ExitStack() as stack:
        spool = stack.enter_context(closing(_spool(options, options.spool_max_bytes)))
        capture = _capture(options, spool, health, stop, wake) if options.command == "run" else None
        if capture is None or not capture.source.is_live:
            key()  # a live source is captured without one too, until somebody brings it
        sender = Sender(
            spool=spool,
            server=stack.enter_context(Server(url, key, clock=clock)),
            backoff=Backoff(random.SystemRandom().uniform),
            clock_ms=now_ms,
            say=_say,
        )
        runner = Runner(
            spool=spool,
            sender=sender,
            pulse=Pulse(stack.enter_context(Server(url, key))),
            clock=clock,
            health=health,
            capture=capture,
            agent_version=version("eecp-clinic"),
            stop=stop,
            wake=wake,
            say=_say,
            heartbeat_s=options.heartbeat,
            wait_s=options.wait,
            rotation=_rotation(options, stack, url, key),
        )
        if capture is None:
            _take_up_what_is_there(spool, refused_too=options.refused_too)
        _stop_on_signal(stop, wake)
        runner.run()
        return _verdict(spool, sender)


def _rotation(options: argparse.Namespace, stack: ExitStack, url: httpx.URL, key: Key) -> Rotation | None:
    path = _key_file(options)
    return None if path is None else Rotation(path, stack.enter_context(Server(url, key)), _say)


def _take_up_what_is_there(spool: Spool, *, refused_too: bool) -> None:
    if refused_too:
        spool.offer_refused_again()
    for recording in spool.unended():
        end_broken_off(spool, recording, _say)


def _verdict(spool: Spool, sender: Sender) -> int:
    unsent, refused = spool.count_unsent(), spool.count_refused()
    unclosed = [recording for recording in spool.pending() if recording.ended]
    if refused:
        _say(
            f"{refused} chunks were refused by the server and stay in {spool.folder}."
            " 'eecp-agent send --refused-too' offers them again, 'eecp-agent forget-refused' deletes them."
        )
    if unsent or unclosed:
        _say(
            f"{unsent} chunks are not sent; {len(unclosed)} recordings are not closed."
            f" All of it is in {spool.folder}: 'eecp-agent send' sends what the server will take."
        )
        return UNSENT
    if sender.refused:
        return REFUSED
    for recording in spool.unended():
        _say(f"Recording {recording.uuid} stays open, to go on at the next start.")
    _say("The server has everything." if not refused else "The server has everything else.")
    return ALL_SENT


def _key(options: argparse.Namespace) -> Key:
    if options.key:
        return Key(given=options.key)
    path = _key_file(options)
    if path is None:
        return Key(given=os.environ.get(VARIABLE, ""))
    if options.command != "check" and (said := keep_private(path)):
        _say(said)
    return Key(path=path)


def _key_file(options: argparse.Namespace) -> Path | None:
    """The file that holds the key; None where it is given in another way."""
    if options.key or (options.key_file is None and os.environ.get(VARIABLE)):
        return None
    path = _key_path(options)
    return path if options.key_file is not None or path.exists() else None


def _spool(options: argparse.Namespace, max_bytes: int = DEFAULT_MAX_BYTES) -> Spool:
    try:
        spool = Spool(options.spool, now_ms=now_ms(), max_bytes=max_bytes)
    except (OSError, sqlite3.Error) as error:
        raise WrongSetting(f"The spool folder {options.spool} cannot be used: {error}.") from error
    if spool.set_aside:
        structlog.get_logger().error(
            "spool_set_aside", path=str(spool.set_aside), salvaged=str(spool.salvaged)
        )
        _say(
            f"The spool was damaged. It was set aside as {spool.set_aside}; {spool.salvaged}."
            " Keep the damaged file for repair."
        )
    return spool


def _capture(
    options: argparse.Namespace, spool: Spool, health: Health, stop: threading.Event, wake: threading.Event
) -> Capture:
    return Capture(
        source=open_source(asked_source(options, now_ms())),
        spool=spool,
        health=health,
        stop=stop,
        clock_ms=now_ms,
        captured=wake.set,
        say=_say,
        agent_version=version("eecp-clinic"),
        speed=speed_of(options.speed),
        recording=options.recording,
        patience_s=options.wait,
    )


def _stop_on_signal(stop: threading.Event, wake: threading.Event) -> None:
    def stopped(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # the second time it ends at once
        _say("Stopping. What is not sent yet stays in the spool.")
        stop.set()
        wake.set()

    signal.signal(signal.SIGINT, stopped)
    signal.signal(signal.SIGTERM, stopped)


def _check(options: argparse.Namespace) -> int:
    marks = {True: "ok   ", False: "WRONG", None: "?    "}
    findings = []
    for finding in checking.look_at_everything(options, _key(options)):
        _say(f"{marks[finding.fine]} {finding.what}: {finding.sentence}")
        findings.append(finding)
    return ALL_SENT if all(finding.fine for finding in findings) else CHECK_FAILED


def _status(options: argparse.Namespace) -> int:
    found = status.read(options.spool)
    if found is None:
        raise WrongSetting(f"No agent has run with {options.spool}. Give its --spool folder, or start one.")
    is_running = checking.is_running(options.spool)
    if options.json:
        _say(msgspec.json.encode({"is_running": is_running, **msgspec.to_builtins(found)}).decode())
    else:
        for line in status.in_words(found, is_running=is_running):
            _say(line)
    return ALL_SENT if is_running else CHECK_FAILED


def _forget_refused(options: argparse.Namespace) -> int:
    with closing(_spool(options)) as spool:
        _say(f"{spool.forget_refused()} refused chunks are deleted.")
    return ALL_SENT


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
        # The standard error of the moment, not the one of the start: whoever replaces it must not be written past.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


if __name__ == "__main__":
    sys.exit(main())
