"""Hints over the broker: quick when it is there, and nothing is lost when it is not.

The database is the truth; ``devices.tasks.sweep_recordings`` finds whatever a lost hint would have started.
"""

import logging
from functools import cache
from uuid import UUID

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

#: One message a batch of chunks: the recording's UUID.
CHUNKS_CHANNEL = "devices.chunks"
_TIMEOUT_S = 0.5


@cache
def _broker(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)


def announce_chunks(recording: UUID) -> None:
    """Tell whoever listens that new samples are in the database."""
    if not settings.REDIS_URL:
        return
    try:
        _broker(settings.REDIS_URL).publish(CHUNKS_CHANNEL, str(recording))
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
