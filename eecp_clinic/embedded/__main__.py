"""``python -m eecp_clinic.embedded up|down|status|reset|run -- COMMAND...``: the local servers by hand."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.services import Services, current, data_folder, down, reset, running, up

NOT_RUNNING = 3  # the exit status that init scripts use for "is not running"


def default_var() -> Path:
    """The folder for everything that belongs to this checkout: EECP_VAR, or ``var`` in the checkout."""
    return Path(os.environ.get("EECP_VAR") or Path(__file__).resolve().parents[2] / "var")


def run(var: Path, command: list[str]) -> int:
    """Run ``command`` with the servers up and its environment pointing at them; return its exit status."""
    signals = _Signals()
    with running(var) as services:
        child = subprocess.Popen(command, env=os.environ | services.environment())  # noqa: S603  the user's command
        signals.pass_to(child)
        status = child.wait()
    return status if status >= 0 else 128 - status


class _Signals:
    """Passes the signals that ask to stop on to a child; those that come before it runs wait for it.

    From the first moment: a signal in between would end this process and leave the child behind.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def pass_to(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        while self._waiting:
            child.send_signal(self._waiting.pop())

    def _receive(self, number: int, _frame: object) -> None:
        if self._child is None:
            self._waiting.append(number)
        # A terminal sends Ctrl-C to the child as well; a second one would mean "at once" to some programs.
        elif number != signal.SIGINT or not os.isatty(0):
            self._child.send_signal(number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eecp_clinic.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("up", help="start PostgreSQL and Valkey and leave them running")
    actions.add_parser("down", help="stop them")
    actions.add_parser("status", help=f"show where they answer; exit status {NOT_RUNNING} when they do not")
    actions.add_parser("reset", help="stop them and delete their data")
    with_command = actions.add_parser("run", help="have them run for the length of a command")
    with_command.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...")
    return parser


def _act(arguments: argparse.Namespace) -> int:
    var = default_var()
    match arguments.action:
        case "up":
            show(up(var), var)
        case "down":
            down(var)
        case "reset":
            reset(var)
        case "run":
            command = [word for index, word in enumerate(arguments.command) if index or word != "--"]
            if not command:
                raise EmbeddedError("Name the command to run, as in: run -- python manage.py migrate")
            return run(var, command)
        case _:
            services = current(var)
            if services is None:
                print(f"Not running for {var}.")
                return NOT_RUNNING
            show(services, var)
    return 0


def show(services: Services, var: Path) -> None:
    """The two variables, fit for a shell; where the data lie goes to standard error."""
    print(*(f"{name}={value}" for name, value in services.environment().items()), sep="\n")
    folder = data_folder(var)
    if folder is not None:
        print(f"The database's files are in {folder}", file=sys.stderr)


def main(words: list[str] | None = None) -> int:
    """Run the command line; a refusal is one sentence on standard error and exit status 1."""
    try:
        return _act(_parser().parse_args(words))
    except (EmbeddedError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
