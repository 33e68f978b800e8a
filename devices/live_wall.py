"""The last seconds of several running recordings at once, for a page that shows a clinic's devices side by side."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from devices.live import TRACE_S, Tail, asked_s, joined, shown
from devices.models import Chunk, Recording
from devices.protocol import ProtocolError
from devices.recordings import contents, manifest_of
from devices.waveform import Channel, ChannelName, Waveform

#: A small picture needs no more: at 25 mm/s a pixel of the page is longer than 10 ms.
MOST_HZ = 125.0
LANES = {"ecg": (ChannelName.ECG,), "pleth": (ChannelName.PLETH,)}
MOST_AT_ONCE = 32


def traces(asked: Mapping[Recording, int | None], *, now: datetime) -> dict[str, dict[str, Any]]:
    """For each recording, by its UUID, what ``devices.live.trace`` answers, thinned to ``MOST_HZ``; one query.

    The value in ``asked`` is the time (ms, server's clock) until which the caller has all of it, or None. A recording
    whose chunks contradict each other is left out.
    """
    rows = _newest_rows(asked, now)
    answer = {}
    for recording, after_ms in asked.items():
        try:
            found = _tail(recording, rows.get(recording.pk, []), asked_s(now, after_ms))
        except ProtocolError:
            continue
        answer[str(recording.pk)] = shown(recording, found, now, after_ms, LANES)
    return answer


def _newest_rows(asked: Mapping[Recording, int | None], now: datetime) -> dict[Any, list[Chunk]]:
    wanted = Q()
    for recording, after_ms in asked.items():
        highest = max((last for _, last in recording.received), default=-1)
        # Half a second each; where they are longer there is more than was asked for.
        wanted |= Q(recording=recording, seq__gt=highest - 2 * int(asked_s(now, after_ms)) - 3)
    rows: dict[Any, list[Chunk]] = {}
    if wanted:
        for chunk in Chunk.objects.filter(wanted):
            rows.setdefault(chunk.recording_id, []).append(chunk)
    return rows


def _tail(recording: Recording, rows: list[Chunk], seconds: float) -> Tail | None:
    manifest = manifest_of(recording)
    found = joined(contents(rows, manifest), manifest, min(seconds, TRACE_S))
    if found is None:
        return None
    channels = tuple(thinned(channel) for channel in found.waveform.channels)
    return Tail(Waveform(channels, found.waveform.events), found.from_s, found.until_s)


def thinned(channel: Channel, most_hz: float = MOST_HZ) -> Channel:
    """At most ``most_hz``: of each few samples the one that lies farthest from the middle, so that peaks stay.

    Where none of the few was measured there is none; a channel that is slow enough stays as it is.
    """
    every = int(channel.rate_hz // most_hz)
    if every < 2:
        return channel
    return Channel(channel.name, channel.rate_hz / every, _farthest(channel.samples, every))


def _farthest(samples: NDArray[np.float64], every: int) -> NDArray[np.float64]:
    whole = samples[: samples.size // every * every].reshape(-1, every)
    if not np.isfinite(whole).any():
        return np.full(len(whole), np.nan)
    away = np.nan_to_num(np.abs(whole - np.nanmedian(whole)), nan=-1.0)
    return np.asarray(whole[np.arange(len(whole)), away.argmax(axis=1)])
