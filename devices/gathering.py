"""A recording put together: from its chunks, and from its last file where chunks were let go."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from devices.assembly import Gap, assemble
from devices.chunks import block_of, decode_chunk, to_counts
from devices.edf import CannotStore, channel_gaps_in, read_edf_file
from devices.fields import SeqRanges
from devices.files import read_checked
from devices.models import ChunkConflict, PrunedChunks, Recording
from devices.overlaps import SetAside, without_overlaps
from devices.protocol import Block, Chunk, ChunkEvent, Envelope, Manifest, ProtocolError, merged
from devices.recordings import manifest_of
from devices.waveform import Channel, Waveform

#: About twelve hours of all channels at ordinary rates; more would only exhaust the worker's memory.
MAX_SAMPLES = 60_000_000
_OF_THE_FILE = -1  # the number of what a file holds: no chunk bears it


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that has arrived of one recording, as it was at one moment."""

    manifest: Manifest
    waveform: Waveform
    gaps: tuple[Gap, ...]
    received: SeqRanges
    chunks_sha256: str
    set_aside: tuple[SetAside, ...]


def gather(recording: Recording) -> Gathered:
    """The recording put together, the hashes of its chunks and of its file checked.

    Raises
    ------
    ProtocolError, CannotStore
        Chunks that were acknowledged are not there, or not what they were; the recording is endless.
    """
    manifest = manifest_of(recording)
    earlier = recording.pruned.select_related("file").order_by("-file__version").first()
    hashes = hashes_of_pruned(recording)
    chunks = [] if earlier is None else [_of_file(earlier, manifest)]
    # In the order in which they were committed: of two that contradict each other the first is kept.
    for row in recording.chunks.order_by("pk"):
        hashes[row.seq] = bytes(row.sha256)
        chunks.append(decode_chunk(Envelope(row.seq, hashes[row.seq], bytes(row.data)), manifest))
    if merged((seq, seq) for seq in hashes) != recording.received:
        raise CannotStore("Chunks that were received are not in the database; a backup may hold them.")
    kept, set_aside = without_overlaps(chunks)
    _refuse_endless(manifest, kept)
    waveform, gaps = assemble(manifest, kept)
    return Gathered(manifest, waveform, gaps, recording.received, sha256_over(hashes), set_aside)


def hashes_of_pruned(recording: Recording) -> dict[int, bytes]:
    """The hashes of all chunks of which only the hash is left."""
    found: dict[int, bytes] = {}
    for pruned in recording.pruned.all():
        found |= pruned.hashes()
    return found


def sha256_over(hashes: Mapping[int, bytes]) -> str:
    """One hash over the chunks' hashes in order of their numbers."""
    whole = hashlib.sha256()
    for seq in sorted(hashes):
        whole.update(hashes[seq])
    return whole.hexdigest()


def _of_file(earlier: PrunedChunks, manifest: Manifest) -> Chunk:
    """What the file holds in place of the chunks that were let go for it, as if it were one chunk."""
    data = read_checked(earlier.file)
    waveform = read_edf_file(data, manifest)
    gaps = channel_gaps_in(data)
    blocks = [block for channel in waveform.channels for block in _blocks(channel, manifest, gaps)]
    events = tuple(ChunkEvent(round(e.t_s * 1e6), e.kind, e.cuff) for e in waveform.events)
    return Chunk(_OF_THE_FILE, tuple(blocks), events)


def _blocks(channel: Channel, manifest: Manifest, gaps: Iterable[Gap]) -> list[Block]:
    """A channel's samples in stretches between its gaps, so that a late chunk finds its place."""
    form = manifest.format_of(channel.name)
    if form is None:
        raise ProtocolError(f"The file holds {channel.name}, which the manifest does not list.")
    counts = to_counts(channel.samples, form.counts_per_unit)
    arrived = np.ones(counts.size, dtype=np.bool_)
    for gap in gaps:
        if gap.channel == channel.name:
            arrived[round(gap.from_s * channel.rate_hz) : round(gap.to_s * channel.rate_hz)] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([False], arrived, [False])).astype(np.int8)))
    return [
        block_of(channel.name, int(start), counts[start:stop])
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]


def _refuse_endless(manifest: Manifest, chunks: Iterable[Chunk]) -> None:
    rates = {channel.name: channel.rate_hz for channel in manifest.channels}
    ends_s = [(b.first_sample + b.count) / rates[b.channel] for chunk in chunks for b in chunk.blocks]
    samples = max(ends_s, default=0.0) * sum(rates.values())
    if samples > MAX_SAMPLES:
        raise CannotStore(f"The recording spans {samples:.0f} samples; at most {MAX_SAMPLES} can be stored.")


def keep_aside(recording: Recording, set_aside: Iterable[SetAside]) -> list[int]:
    """Show chunks that are not in the file beside the other conflicts, once; the numbers of those not yet shown."""
    seqs = [one.seq for one in set_aside]
    kind = ChunkConflict.Kind.SAMPLES
    shown = recording.conflicts.filter(kind=kind, seq__in=seqs).values_list("seq", flat=True)
    rows = recording.chunks.filter(seq__in=set(seqs) - set(shown))
    # Once pruned, the bytes are here and nowhere else.
    made = ChunkConflict.objects.bulk_create(
        ChunkConflict(
            recording=recording,
            kind=kind,
            seq=row.seq,
            sha256=row.sha256,
            data=row.data,
            received_at=row.received_at,
        )
        for row in rows
    )
    return [row.seq for row in made]
