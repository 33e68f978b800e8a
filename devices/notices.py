"""Hints over the broker: quick when it is there, and nothing is lost when it is not.

The database is the truth; ``devices.tasks.sweep_recordings`` finds whatever a lost hint would have started.
"""

import logging
import threading
from functools import cache
from uuid import UUID

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

#: One message a recording that got chunks: its UUID.
CHUNKS_CHANNEL = "devices.chunks"
_TIMEOUT_S = 0.5
#: Notices of so long are told together, each recording once: a screen draws no faster.
_GATHER_S = 0.05


@cache
def _broker(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)


class _Announcer:
    """Tells the broker from a thread of its own, so that no agent waits for it."""

    def __init__(self) -> None:
        self._due: set[UUID] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, recording: UUID) -> None:
        with self._lock:
            self._due.add(recording)
            if self._thread is None or not self._thread.is_alive():  # not in a process that was forked off
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            threading.Event().wait(_GATHER_S)
            self._wake.clear()
            with self._lock:
                due, self._due = self._due, set()
            publish(due)


_announcer = _Announcer()


def announce_chunks(recording: UUID) -> None:
    """Tell whoever listens, a moment later, that new samples are in the database."""
    if settings.REDIS_URL:
        _announcer.add(recording)


def publish(recordings: set[UUID]) -> None:
    """Tell it now; without the broker the screens ask by themselves."""
    try:
        with _broker(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
            for recording in recordings:
                pipeline.publish(CHUNKS_CHANNEL, str(recording))
            pipeline.execute()
    except redis.RedisError:
        logger.warning("the broker did not take a notice; the next poll will find the samples")


def enqueue_finish(recording: UUID) -> None:
    """Ask a worker to store and analyse a recording; the sweep asks again where this one is lost."""
    _enqueue("devices.tasks.finish_recording", recording)


def enqueue_figures(recording: UUID, expires_s: float) -> None:
    """Ask a worker for the last minute of a running recording; after ``expires_s`` nobody wants it any more."""
    _enqueue("devices.tasks.refresh_figures_of", recording, expires_s)


def _enqueue(task: str, recording: UUID, expires_s: float | None = None) -> None:
    try:
        current_app.send_task(task, args=[str(recording)], retry=False, expires=expires_s)
    except OperationalError:
        logger.warning("the broker did not take a task; the next sweep will start it")
