"""The programs that the demo starts: web server, worker, and what moves the demo's day."""

import socket
import sys
from pathlib import Path

from eecp_clinic.embedded.supervisor import Program

HOST = "127.0.0.1"
BIN = Path(sys.executable).parent
MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


def web(port: int) -> Program:
    """The pages and the device API."""
    command = [
        str(BIN / "granian"), "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "1",
        "--blocking-threads", "16", "--workers-kill-timeout", "3", "--log-level", "warning",
        "eecp_clinic.wsgi:application",
    ]  # fmt: skip
    return Program("web", command, ready_url=f"http://{HOST}:{port}/healthz")


def worker(var: Path) -> Program:
    """The worker, with the beat of the sweeps inside."""
    command = [
        str(BIN / "celery"), "-A", "eecp_clinic.celery", "worker", "--beat", "--schedule", str(var / "beat"),
        "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    return Program("worker", command)


def part(name: str, *arguments: str) -> Program:
    """A part of the demo itself, as a program of its own; the rest goes on without it."""
    command = [sys.executable, str(MANAGE), "demo", "--part", name, *arguments]
    return Program(name, command, essential=False)
