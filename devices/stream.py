"""Notices of new samples as a stream of server-sent events, so that a screen draws them when they come.

One subscription to the broker in each process feeds all its streams. A stream holds one of the server's threads, so
there is a limit to them; beyond it, and when the broker is gone, a screen asks by itself and says that it is delayed.
"""

import json
import logging
import threading
import time
from collections.abc import Collection, Iterator
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from devices.notices import CHUNKS_CHANNEL
from eecp_clinic.errors import ClinicError

logger = logging.getLogger(__name__)

ON_TIME, DELAYED, CHUNKS = "on_time", "delayed", "chunks"
#: A sign of life, after which a closed browser is noticed.
QUIET_S = 3.0
#: Then the browser asks again, and is let in again or not.
LONGEST_S = 600.0
_AGAIN_S = 1.0


class TooManyStreams(ClinicError):
    """This process has as many streams as it can serve."""

    status = 429
    default_code = "too_many_streams"


class Subscription:
    """One browser's events, of one recording or several; ``close`` may be called twice."""

    def __init__(self, hub: "Hub", recordings: Collection[UUID]) -> None:
        self.recordings = frozenset(map(str, recordings))
        self._hub = hub
        self._wake = threading.Condition()
        self._state = ""
        self._news: set[str] = set()  # repetitions of one recording are told once

    def put(self, state: str) -> None:
        """On time or delayed: the newest is what counts."""
        with self._wake:
            self._state = state
            self._wake.notify()

    def put_chunks(self, recording: str) -> None:
        if recording in self.recordings:
            with self._wake:
                self._news.add(recording)
                self._wake.notify()

    def _next(self) -> tuple[str, set[str]]:
        """The state, if it is new, and the recordings with something new; nothing after ``QUIET_S``."""
        with self._wake:
            self._wake.wait_for(lambda: self._state or self._news, QUIET_S)
            found, self._state, self._news = (self._state, self._news), "", set()
        return found

    def events(self) -> Iterator[bytes]:
        """The body of the answer, until the browser is gone or ``LONGEST_S`` are over."""
        if not connection.in_atomic_block:
            connection.close()  # the stream needs no database, and others do
        until = time.monotonic() + LONGEST_S
        try:
            yield b"retry: 2000\n\n"
            while time.monotonic() < until:
                state, news = self._next()
                if state:
                    yield _event(state, [])
                if news:
                    yield _event(CHUNKS, sorted(news))
                if not state and not news:
                    yield b": nothing new\n\n"
        finally:
            self.close()

    def close(self) -> None:
        self._hub.leave(self)


def _event(name: str, recordings: list[str]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(recordings)}\n\n".encode()


class Hub:
    """The streams of this process, and the one subscription that feeds them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._state = DELAYED
        self._thread: threading.Thread | None = None

    def join(self, *recordings: UUID) -> Subscription:
        """A new stream of these recordings' notices; raises TooManyStreams."""
        subscription = Subscription(self, recordings)
        with self._lock:
            if len(self._subscriptions) >= settings.LIVE_STREAMS_A_PROCESS:
                raise TooManyStreams(
                    _("Too many screens follow live recordings. This one asks for the trace once a second.")
                )
            self._subscriptions.add(subscription)
            subscription.put(self._state)
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="live-streams", daemon=True)
                self._thread.start()
        return subscription

    def leave(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions.discard(subscription)

    def _listen(self) -> None:
        while self._is_wanted():
            try:
                self._follow()
            except redis.RedisError:
                self._say(DELAYED)
                logger.warning("the broker is gone; live screens ask by themselves until it is back")
                time.sleep(_AGAIN_S)

    def _is_wanted(self) -> bool:
        """Whether anybody listens; where nobody does, the thread ends and the next to join begins another."""
        with self._lock:
            if not self._subscriptions:
                self._state, self._thread = DELAYED, None
            return self._thread is not None

    def _follow(self) -> None:
        """Hand on what the broker tells, until it is gone or nobody listens."""
        broker = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2.0, socket_connect_timeout=1.0, health_check_interval=5
        )
        listener = broker.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with broker, listener:
            listener.subscribe(CHUNKS_CHANNEL)
            self._say(ON_TIME)
            while self._subscriptions:
                message = listener.get_message(timeout=1.0)
                if message is not None:
                    self._tell(message["data"].decode())

    def _tell(self, recording: str) -> None:
        with self._lock:
            for subscription in self._subscriptions:
                subscription.put_chunks(recording)

    def _say(self, state: str) -> None:
        with self._lock:
            if state != self._state:
                self._state = state
                for subscription in self._subscriptions:
                    subscription.put(state)


hub = Hub()
