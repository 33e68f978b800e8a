"""A sign of life: how the agent, its source and its disk are. ``docs/agent-protocol.md`` section 5."""

from dataclasses import dataclass, field

import msgspec

from devices.agent.health import SourceState
from devices.agent.server import RecordingRefused, Server

# An older server knows five words and refuses others; each of ours has one that a person reads nearly the same.
_OLDER = {
    SourceState.IDLE: "ended",
    SourceState.UNPLUGGED: "cable_unplugged",
    SourceState.SPOOL_FULL: "no_signal",
}


class Vitals(msgspec.Struct, frozen=True, kw_only=True):
    """What a heartbeat says. A server that does not know a field ignores it.

    ``server_offset_ms`` is server clock less agent clock, true to half of ``round_trip_ms``; ``device_offset_ms`` is
    device clock less agent clock. None is not known.
    """

    agent_version: str
    clock_ms: int
    spool_unsent: int
    spool_bytes: int
    source_state: str
    source_since_s: float
    patient_connected: bool | None
    disk_free_bytes: int
    server_offset_ms: int | None
    round_trip_ms: int | None
    device_offset_ms: int | None


@dataclass(slots=True)
class Pulse:
    """Sends heartbeats over a connection of its own."""

    server: Server
    _is_older: bool = field(default=False)

    def beat(self, vitals: Vitals) -> None:
        """Raises what ``devices.agent.server`` raises."""
        try:
            self._send(vitals)
        except RecordingRefused:
            state = SourceState(vitals.source_state)
            if self._is_older or state not in _OLDER:
                raise
            self._is_older = True
            self._send(vitals)

    def _send(self, vitals: Vitals) -> None:
        if self._is_older:
            word = _OLDER.get(SourceState(vitals.source_state), vitals.source_state)
            vitals = msgspec.structs.replace(vitals, source_state=word)
        self.server.heartbeat(msgspec.json.encode(vitals))
