"""The coding of a chunk: samples to bytes and back, and every refusal of bytes that are not a sound chunk."""

import hashlib
import threading
from collections.abc import Sequence

import msgspec
import numpy as np
import zstandard
from numpy.typing import ArrayLike, NDArray

from devices.protocol import (
    MAX_BODY_BYTES,
    MAX_CHUNK_BYTES,
    MAX_CHUNKS_A_BODY,
    MAX_DURATION_S,
    NOT_MEASURED,
    BadHash,
    Block,
    Chunk,
    Envelope,
    Manifest,
    ProtocolError,
    TooLargeBody,
)
from devices.waveform import ChannelName

_ZSTD_LEVEL = 3
_MAX_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
#: One for each thread: to make one costs more than to unpack a chunk with it.
_unpackers = threading.local()

_CHUNK = msgspec.msgpack.Decoder(Chunk)
_ENVELOPES = msgspec.msgpack.Decoder(list[Envelope])


def to_counts(values: ArrayLike, counts_per_unit: float) -> NDArray[np.int16]:
    """Values as counts. NaN becomes ``NOT_MEASURED``; what exceeds the range is held at the rail, as an
    analogue-to-digital converter does, so that whoever reads it can see the saturation.
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * counts_per_unit)
    missing = np.isnan(scaled)
    counts = np.clip(np.where(missing, 0, scaled), NOT_MEASURED + 1, 32767).astype(np.int16)
    counts[missing] = NOT_MEASURED
    return counts


def to_values(counts: NDArray[np.int16], counts_per_unit: float) -> NDArray[np.float64]:
    """Counts as values in the channel's unit; ``NOT_MEASURED`` becomes NaN."""
    return np.where(counts == NOT_MEASURED, np.nan, counts / counts_per_unit)


def block_of(channel: ChannelName, first_sample: int, counts: NDArray[np.int16]) -> Block:
    return Block(channel, first_sample, counts.size, counts.astype("<i2").tobytes())


def encode_chunk(chunk: Chunk) -> Envelope:
    """The chunk ready to be spooled, sent and stored. Code it once and keep the bytes: another version of the
    compressor may give other bytes for the same chunk, and then it would conflict with itself.
    """
    data = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(msgspec.msgpack.encode(chunk))
    return Envelope(chunk.seq, hashlib.sha256(data).digest(), data)


def decode_chunk(envelope: Envelope, manifest: Manifest) -> Chunk:
    """The chunk in the envelope, wholly checked against the manifest.

    Raises
    ------
    BadHash
        The bytes do not have the SHA-256 that came with them.
    ProtocolError
        Anything else that is wrong with it.
    """
    if hashlib.sha256(envelope.data).digest() != envelope.sha256:
        raise BadHash(f"Chunk {envelope.seq} was damaged on its way: its SHA-256 differs. Send it again.")
    try:
        chunk = _CHUNK.decode(_unpack(envelope))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"Chunk {envelope.seq} is not a valid chunk: {error}.") from None
    if chunk.seq != envelope.seq:
        raise ProtocolError(f"Chunk {envelope.seq} calls itself {chunk.seq} inside; both must be the same.")
    _check_blocks(chunk, manifest)
    return chunk


def _unpack(envelope: Envelope) -> bytes:
    if len(envelope.data) > MAX_CHUNK_BYTES:
        raise ProtocolError(f"Chunk {envelope.seq} exceeds {MAX_CHUNK_BYTES} bytes; send shorter chunks.")
    try:
        # The library obeys max_output_size only where the frame does not state its size, so that is asked first.
        if zstandard.frame_content_size(envelope.data) > MAX_CHUNK_BYTES:
            raise ProtocolError(f"Chunk {envelope.seq} unpacks to more than {MAX_CHUNK_BYTES} bytes.")
        return _unpacker().decompress(envelope.data, max_output_size=MAX_CHUNK_BYTES, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ProtocolError(
            f"Chunk {envelope.seq} is not one whole zstd frame of at most {MAX_CHUNK_BYTES} bytes: {error}."
        ) from None


def _unpacker() -> zstandard.ZstdDecompressor:
    try:
        return _unpackers.zstd  # type: ignore[no-any-return]
    except AttributeError:
        _unpackers.zstd = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW_BYTES)
        return _unpackers.zstd  # type: ignore[no-any-return]


def _check_blocks(chunk: Chunk, manifest: Manifest) -> None:
    next_sample: dict[ChannelName, int] = {}
    for block in chunk.blocks:
        form = manifest.format_of(block.channel)
        if form is None:
            raise ProtocolError(f"Chunk {chunk.seq} holds {block.channel}, which the manifest does not list.")
        if block.first_sample < next_sample.get(block.channel, 0):
            raise ProtocolError(f"Chunk {chunk.seq}: the samples of {block.channel} must increase.")
        next_sample[block.channel] = block.first_sample + block.count
        if next_sample[block.channel] > MAX_DURATION_S * form.rate_hz:
            raise ProtocolError(
                f"Chunk {chunk.seq}: {block.channel} goes past {MAX_DURATION_S} s of recording."
            )


def pack_envelopes(envelopes: Sequence[Envelope]) -> bytes:
    """The body of one request."""
    return msgspec.msgpack.encode(envelopes)


def unpack_envelopes(body: bytes) -> list[Envelope]:
    """The envelopes of one request, their contents not yet looked at; raises ProtocolError, TooLargeBody."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeBody(
            f"A request holds at most {MAX_BODY_BYTES} bytes, not {len(body)}; send fewer chunks."
        )
    try:
        envelopes = _ENVELOPES.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"The body is not an array of [seq, sha256, data]: {error}.") from None
    if not envelopes:
        raise ProtocolError("The body holds no chunk; send at least one.")
    if len(envelopes) > MAX_CHUNKS_A_BODY:
        raise TooLargeBody(f"A request holds at most {MAX_CHUNKS_A_BODY} chunks, not {len(envelopes)}.")
    return envelopes
