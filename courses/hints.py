"""Hints to the workers: quick when the broker is there, and nothing is lost when it is not (the sweep repeats)."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(task: str, keys: list[int], *, within_s: int | None = None) -> None:
    """Ask a worker to do ``task`` for the rows of those keys; without keys there is nothing to ask.

    Where no worker takes it ``within_s`` seconds, the hint is let go and the sweep does it: what can wait does not
    stand before what cannot.
    """
    if not keys:
        return
    try:
        current_app.send_task(task, args=[keys], retry=False, expires=within_s)
    except OperationalError:
        logger.warning("the broker did not take %s; the next sweep will do it", task)
