"""How far the clocks of a bedside computer and of its console are from the server's, said where it is above a second.

Nothing is corrected by it: samples are counted from the first, and that one is placed by the offset that was measured
when the recording was opened.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from devices.ages import in_words
from devices.models import AgentStatus, Recording

#: A second is less than a nurse's own clock is off by.
TOLD_FROM_MS = 1000
_TWO_MINUTES_MS = 120_000


def beside_server(offset_ms: int) -> str:
    """'95 s behind the server's' for -95 000, '1.5 s ahead of the server's' for 1500."""
    words = _("%(size)s behind the server's") if offset_ms < 0 else _("%(size)s ahead of the server's")
    return words % {"size": _size(abs(offset_ms))}


def _size(size_ms: int) -> str:
    if size_ms < TOLD_FROM_MS:
        return _("%(n)s ms") % {"n": size_ms}
    if size_ms < _TWO_MINUTES_MS:
        seconds = (
            f"{size_ms / 1000:.1f}".removesuffix(".0") if size_ms < 10_000 else str(round(size_ms / 1000))
        )
        return _("%(n)s s") % {"n": seconds}
    return in_words(timedelta(milliseconds=size_ms))


def is_told(offset_ms: int | None) -> bool:
    return offset_ms is not None and abs(offset_ms) > TOLD_FROM_MS


def warnings_of_clocks(status: AgentStatus) -> list[str]:
    """What the last heartbeat says of the two clocks at the bedside, where somebody should set one."""
    found = []
    if status.clock_offset_ms is not None and is_told(status.clock_offset_ms):
        found.append(
            _(
                "The bedside computer's clock is %(apart)s; switch on its time service. "
                "Times on these pages follow the server's clock."
            )
            % {"apart": beside_server(status.clock_offset_ms)}
        )
    device_ms = device_offset_of(status)
    if device_ms is not None and is_told(device_ms):
        found.append(
            _("The console's clock is %(apart)s; set it at the console.")
            % {"apart": beside_server(device_ms)}
        )
    return found


def clock_of(status: AgentStatus | None) -> str:
    """The bedside computer's clock in words; empty is not known."""
    if status is None or status.clock_offset_ms is None:
        return ""
    if is_told(status.clock_offset_ms) or status.clock_round_trip_ms is None:
        return beside_server(status.clock_offset_ms)
    return _("right within %(n)s ms") % {
        "n": abs(status.clock_offset_ms) + max(1, status.clock_round_trip_ms // 2)
    }


def device_clock_of(status: AgentStatus | None) -> str:
    """The console's clock in words; empty is not known."""
    offset_ms = device_offset_of(status) if status is not None else None
    return "" if offset_ms is None else beside_server(offset_ms)


def began_at(recording: Recording) -> datetime:
    """The first sample by the server's clock: device time less the offset measured when it was opened."""
    return recording.started_at - timedelta(milliseconds=recording.clock_offset_ms or 0)


def device_offset_of(status: AgentStatus) -> int | None:
    """The console's clock less the server's; None where it has none, or one of the two was not measured."""
    if status.device_offset_ms is None or status.clock_offset_ms is None:
        return None
    return status.device_offset_ms + status.clock_offset_ms


def notes_of(recording: Recording) -> list[str]:
    """What is to be known of the clocks of a recording; empty where all are within a second."""
    offset_ms = recording.clock_offset_ms
    agent, device = _measured(recording.clocks)
    found = []
    if offset_ms is not None and is_told(offset_ms):
        sentence = (
            _("The console's clock was %(apart)s.")
            if device
            else _("The clock at the bedside was %(apart)s.")
        )
        found.append(sentence % {"apart": beside_server(offset_ms)})
    worst_ms = max(agent, key=abs, default=0)
    if device and is_told(worst_ms):
        found.append(_("The bedside computer's clock was %(apart)s.") % {"apart": beside_server(worst_ms)})
    moved_ms = max((max(row) - min(row) for row in (agent, device) if row), default=0)
    if is_told(moved_ms):
        found.append(
            _("A clock was set by %(size)s while it recorded; samples are counted, so none of them moved.")
            % {"size": _size(moved_ms)}
        )
    return found


def note_for_page(recording: Recording | None) -> str:
    """The same for a page whose times are the server's; empty where there is nothing to know."""
    found = notes_of(recording) if recording is not None else []
    return " ".join([*found, _("Times on this page follow the server's clock.")]) if found else ""


def _measured(notes: Iterable[Any]) -> tuple[list[int], list[int]]:
    """Of the agent's measurements: its clock less the server's, and the console's clock less the server's."""
    known = [(device_ms, server_ms) for _at, device_ms, server_ms, _trip in notes if server_ms is not None]
    agent = [-server_ms for _device, server_ms in known]
    return agent, [device_ms - server_ms for device_ms, server_ms in known if device_ms is not None]
