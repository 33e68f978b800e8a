"""What the spool hands out and takes in: recordings as it knows them, and the refusal of a full one."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from devices.protocol import Manifest, decode_json
from devices.waveform import ChannelName

COLUMNS = "uuid, manifest, last_seq, captured_to_ms, ended, run, next_samples, captured_at_ms"
_NEXT_SAMPLES = msgspec.json.Decoder(dict[ChannelName, int])


class SpoolFull(Exception):
    """There is no room for what is captured, and nothing that may be deleted."""


@dataclass(frozen=True, slots=True)
class SpooledRecording:
    """A recording as the spool knows it.

    Attributes
    ----------
    last_seq : the highest number captured so far, -1 before the first.
    captured_to_ms : device clock at the end of the last sample captured so far.
    ended : nothing more will be captured.
    is_over : the source itself said that the run is over, so there is nothing more of it anywhere.
    run : which run of its source it is, in the source's own words; never sent.
    next_samples : the first sample of each channel that no chunk holds yet.
    captured_at_ms : agent clock at the last write.
    """

    uuid: UUID
    manifest: Manifest
    last_seq: int
    captured_to_ms: int
    ended: bool
    is_over: bool
    run: str
    next_samples: Mapping[ChannelName, int]
    captured_at_ms: int


@dataclass(frozen=True, slots=True)
class Written:
    """How far a recording has come with the chunks that are being written."""

    captured_to_ms: int
    captured_at_ms: int
    next_samples: Mapping[ChannelName, int]


def recording_of(
    uuid: str,
    manifest: bytes,
    last_seq: int,
    captured_to_ms: int,
    ended: int,
    run: str,
    next_samples: bytes,
    captured_at_ms: int,
) -> SpooledRecording:
    """From the columns ``COLUMNS``."""
    return SpooledRecording(
        UUID(uuid),
        decode_json(manifest, Manifest),
        last_seq,
        captured_to_ms,
        ended > 0,
        ended > 1,
        run,
        _NEXT_SAMPLES.decode(next_samples),
        captured_at_ms,
    )
