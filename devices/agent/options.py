"""The command line of ``eecp-agent``, and the file in which a bedside computer keeps the same words."""

import argparse
import math
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devices.agent.sources.opening import KINDS, Asked
from devices.agent.spool import DEFAULT_MAX_BYTES
from devices.simulator.settings import Settings

USUAL_CONFIG = Path("/etc/eecp-agent/agent.toml")
_LEAST_SPOOL_BYTES = 50_000


class WrongSetting(ValueError):
    """Something on the command line or in the configuration cannot be used."""


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Raises WrongSetting; argparse itself ends the program where an option does not exist."""
    parser, commands = _parser()
    options = parser.parse_args(arguments)
    config = options.config or (USUAL_CONFIG if USUAL_CONFIG.exists() else None)
    if config is not None:
        command = commands[options.command]
        command.set_defaults(**_from_file(config, commands))
        options = parser.parse_args(arguments)
    for name in ("server", "source"):
        if name in options and getattr(options, name) is None and options.command != "check":
            raise WrongSetting(f"There is no {name}. Give --{name}, or '{name}' in the configuration file.")
    return options


def _parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        prog="eecp-agent", description="Sends what a counterpulsation device records."
    )
    under = parser.add_subparsers(dest="command", required=True)
    commands = {
        "enrol": under.add_parser("enrol", help="get a key with the code of the device's page"),
        "rotate-key": under.add_parser("rotate-key", help="put a new key in the place of the old one"),
        "run": under.add_parser("run", help="capture and send, with whatever is still in the spool"),
        "send": under.add_parser("send", help="send what is still in the spool"),
        "check": under.add_parser("check", help="say what is wrong, in words; changes nothing"),
        "status": under.add_parser("status", help="what the running agent is doing"),
        "forget-refused": under.add_parser("forget-refused", help="delete what the server refused"),
    }
    for command in commands.values():
        command.add_argument("--config", type=Path, help=f"file with these options (usually {USUAL_CONFIG})")
        command.add_argument(
            "--spool", type=Path, default=Path.home() / ".eecp-agent", help="folder for unsent data"
        )
        command.add_argument("--verbose", action="store_true", help="log each request")
    for name in ("run", "send", "check", "enrol", "rotate-key"):
        _add_address_options(commands[name])
    for name in ("run", "send", "check"):
        _add_server_options(commands[name])
    commands["enrol"].add_argument("--code", help="the code; without this it is asked for")
    for name in ("run", "check"):
        _add_source_options(commands[name])
    commands["send"].add_argument(
        "--refused-too", action="store_true", help="offer again what the server refused"
    )
    commands["status"].add_argument("--json", action="store_true", help="for programs")
    return parser, commands


def _add_address_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--server", help="address of the clinic's server")
    add("--key-file", type=Path, help="file that holds the key (usually 'key' in the spool folder)")
    add("--allow-plain-http", action="store_true", help="HTTP to another machine, in a closed network")


def _add_server_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--key", help="the device's key; better in EECP_AGENT_KEY or --key-file, out of sight")
    add("--spool-max-bytes", type=int, default=DEFAULT_MAX_BYTES, help="most that the spool may hold")
    add("--heartbeat", type=float, default=10.0, help="seconds between signs of life (default 10)")
    add("--wait", type=float, default=300.0, help="seconds to go on trying at the end (default 300)")


def _add_source_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--source", help=KINDS)
    add("--zone", help="what the clock of a console that exports files shows, like America/New_York")
    add("--speed", default="1", help="of a replay: how many times faster than life, or 'max' (default 1)")
    add("--minutes", type=float, help="of a replay: its length; a shorter ECG is repeated")
    add("--start-at", help="of a replay: device clock of the first sample, like 2026-09-09T09:00:00Z")
    add("--recording", type=UUID, help="of a replay: UUID; one that broke off is taken up again")
    add("--seed", type=int, default=1, help="of the simulation (default 1)")
    add("--pressure", type=float, default=260, help="simulated cuff pressure in mmHg (default 260)")
    add("--inflation-shift-ms", type=float, default=0, help="simulated error of inflation; above 0 is late")
    add("--deflation-shift-ms", type=float, default=0, help="simulated error of release; above 0 is late")


def _from_file(path: Path, commands: dict[str, argparse.ArgumentParser]) -> dict[str, object]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSetting(f"The configuration {path} cannot be read: {error}.") from error
    known = {
        action.dest: action
        for command in commands.values()
        for action in command._actions
        if action.dest not in ("help", "config", "key", "code")
    }
    values: dict[str, object] = {}
    for name, value in told.items():
        dest = name.replace("-", "_")
        if dest not in known:
            raise WrongSetting(
                f"The configuration {path} has '{name}', which is no option. Options: {', '.join(sorted(known))}."
            )
        if isinstance(value, bool) != (known[dest].nargs == 0) or not isinstance(
            value, (bool, str, int, float)
        ):
            raise WrongSetting(f"'{name}' in {path} cannot be {value!r}.")
        values[dest] = value if isinstance(value, bool) else str(value)  # argparse converts and checks texts
    return values


def asked_source(options: argparse.Namespace, now_ms: int) -> Asked:
    """What the options say of the source; raises WrongSetting."""
    if options.minutes is not None and not 0 < options.minutes <= 720:
        raise WrongSetting(f"--minutes must lie above 0 and within 720, not {options.minutes}.")
    started_at_ms = _started_at_ms(options.start_at)
    try:
        settings = Settings(
            pressure_mmhg=options.pressure,
            inflation_shift_ms=options.inflation_shift_ms,
            deflation_shift_ms=options.deflation_shift_ms,
        )
    except ValueError as error:
        raise WrongSetting(str(error)) from error
    return Asked(
        spec=options.source,
        minutes=options.minutes,
        settings=settings,
        seed=options.seed,
        started_at_ms=now_ms if started_at_ms is None else started_at_ms,
        zone=_zone(options.zone),
        at_pace=speed_of(options.speed) == 1,
        starts_now=started_at_ms is None,
    )


def speed_of(text: str) -> float | None:
    """How many times faster than life; None for as fast as possible. Raises WrongSetting."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 10_000:
        raise WrongSetting(f"--speed must be 'max' or a number above 0 and within 10000, not '{text}'.")
    return speed


def check_numbers(options: argparse.Namespace) -> None:
    """Raises WrongSetting for a number that no agent can work with."""
    if options.spool_max_bytes < _LEAST_SPOOL_BYTES:
        raise WrongSetting(
            f"--spool-max-bytes must be at least {_LEAST_SPOOL_BYTES}, not {options.spool_max_bytes}."
        )
    if not 0 < options.heartbeat <= 3600:
        raise WrongSetting(f"--heartbeat must lie above 0 and within 3600 s, not {options.heartbeat}.")
    if not (math.isfinite(options.wait) and options.wait >= 0):
        raise WrongSetting(f"--wait must be 0 s or more, not {options.wait}.")


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


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongSetting(f"There is no zone '{name}'. Write one like America/New_York.") from error
