"""The coding of a chunk: nothing is lost, and no damaged or hostile bytes get through."""

import hashlib

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from devices.chunks import (
    block_of,
    decode_chunk,
    encode_chunk,
    pack_envelopes,
    to_counts,
    to_values,
    unpack_envelopes,
)
from devices.protocol import (
    MAX_BODY_BYTES,
    MAX_CHUNK_BYTES,
    BadHash,
    Chunk,
    ChunkEvent,
    Envelope,
    ProtocolError,
    TooLargeBody,
)
from devices.waveform import ChannelName, Cuff, EventKind
from tests.devices.test_protocol import MANIFEST

ECG = ChannelName.ECG
CHUNK = Chunk(
    0,
    (block_of(ECG, 0, to_counts([0.1, -0.2, np.nan], 1000)),),
    (ChunkEvent(2000, EventKind.TRIGGER, Cuff.NONE),),
)
DOCUMENTED = bytes.fromhex(
    "83 a3736571 00 a6626c6f636b73 91 84 a76368616e6e656c a3454347 ac66697273745f73616d706c65 00 a5636f756e74 03"
    "a464617461 c406 6400 38ff 0080 a66576656e7473 91 93 cd07d0 a774726967676572 a0"
)


def sealed(plain: bytes, seq: int = 0) -> Envelope:
    data = zstandard.ZstdCompressor().compress(plain)
    return Envelope(seq, hashlib.sha256(data).digest(), data)


def sealed_map(seq: int = 0, **fields: object) -> Envelope:
    return sealed(msgspec.msgpack.encode({"seq": seq, "blocks": [], "events": []} | fields))


def block(
    channel: str = "ECG", first_sample: int = 0, count: int = 2, data: bytes = b"\0" * 4
) -> dict[str, object]:
    return {"channel": channel, "first_sample": first_sample, "count": count, "data": data}


def test_chunk_survives_the_wire() -> None:
    [envelope] = unpack_envelopes(pack_envelopes([encode_chunk(CHUNK)]))
    assert decode_chunk(envelope, MANIFEST) == CHUNK


def test_documented_example_is_what_is_sent_and_read() -> None:
    assert zstandard.decompress(encode_chunk(CHUNK).data) == DOCUMENTED
    assert decode_chunk(sealed(DOCUMENTED), MANIFEST) == CHUNK


def test_field_of_a_later_version_is_ignored() -> None:
    assert decode_chunk(sealed_map(weather="fair"), MANIFEST) == Chunk(0, ())


def test_chunk_without_lists_of_events_is_taken() -> None:
    assert decode_chunk(sealed(msgspec.msgpack.encode({"seq": 0, "blocks": []})), MANIFEST).events == ()


@given(st.data())
def test_flipped_bit_is_refused(data: st.DataObject) -> None:
    envelope = encode_chunk(CHUNK)
    bit = data.draw(st.integers(0, 8 * len(envelope.data) - 1))
    damaged = bytearray(envelope.data)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadHash, match="SHA-256"):
        decode_chunk(msgspec.structs.replace(envelope, data=bytes(damaged)), MANIFEST)


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused_in_words(plain: bytes) -> None:
    for envelope in (sealed(plain), Envelope(0, hashlib.sha256(plain).digest(), plain)):
        try:
            decode_chunk(envelope, MANIFEST)
        except ProtocolError as refusal:
            assert "Chunk 0" in str(refusal)


@pytest.mark.parametrize(
    ("envelope", "says"),
    [
        (sealed(b"\xc1"), "not a valid chunk"),
        (sealed_map(seq=5), "calls itself 5"),
        (sealed_map(blocks=[block(channel="PLETH")]), "manifest does not list"),
        (sealed_map(blocks=[block(channel="EEG")]), "EEG"),
        (sealed_map(blocks=[block(count=3)]), "3 samples take 6 bytes, not 4"),
        (sealed_map(blocks=[block(count=0, data=b"")]), "count"),
        (sealed_map(blocks=[block(first_sample=-1)]), "first_sample"),
        (sealed_map(blocks=[block(first_sample=0), block(first_sample=1)]), "must increase"),
        (sealed_map(blocks=[block(first_sample=2**40)]), "goes past 43200 s"),
        (sealed_map(events=[[-1, "trigger", ""]]), "events"),
        (sealed_map(events=[[0, "explode", ""]]), "explode"),
    ],
)
def test_unsound_chunk_is_refused_with_the_reason(envelope: Envelope, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        decode_chunk(envelope, MANIFEST)


@pytest.mark.parametrize("states_its_size", [True, False])
def test_decompression_bomb_is_refused(states_its_size: bool) -> None:
    compressor = zstandard.ZstdCompressor(write_content_size=states_its_size)
    data = compressor.compress(b"\0" * (64 * MAX_CHUNK_BYTES))
    assert len(data) < MAX_CHUNK_BYTES
    with pytest.raises(ProtocolError, match="262144 bytes"):
        decode_chunk(Envelope(0, hashlib.sha256(data).digest(), data), MANIFEST)


def test_bytes_after_the_frame_are_refused() -> None:
    data = encode_chunk(CHUNK).data + b"more"
    with pytest.raises(ProtocolError, match="not one whole zstd frame"):
        decode_chunk(Envelope(0, hashlib.sha256(data).digest(), data), MANIFEST)


def test_chunk_that_is_too_large_is_refused() -> None:
    data = bytes(MAX_CHUNK_BYTES + 1)
    with pytest.raises(ProtocolError, match="send shorter chunks"):
        decode_chunk(Envelope(0, hashlib.sha256(data).digest(), data), MANIFEST)


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", b"\x80", msgspec.msgpack.encode([[0, b"short", b""]]), b"\x90"]
)
def test_body_that_is_no_array_of_envelopes_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="body"):
        unpack_envelopes(body)


def test_too_many_chunks_at_once_are_refused() -> None:
    with pytest.raises(TooLargeBody, match="at most 64 chunks"):
        unpack_envelopes(pack_envelopes([encode_chunk(CHUNK)] * 65))


def test_too_large_a_body_is_refused_unread() -> None:
    with pytest.raises(TooLargeBody, match="send fewer"):
        unpack_envelopes(bytes(MAX_BODY_BYTES + 1))


def test_counts_keep_what_was_not_measured_and_hold_at_the_rail() -> None:
    counts = to_counts([0.0, 1.0, np.nan, 99.0, -99.0, np.inf], 1000)
    assert counts.tolist() == [0, 1000, -32768, 32767, -32767, 32767]
    np.testing.assert_array_equal(to_values(counts, 1000), [0.0, 1.0, np.nan, 32.767, -32.767, 32.767])


@given(st.lists(st.floats(-30, 30)))
def test_counts_are_within_half_a_count(values: list[float]) -> None:
    back = to_values(to_counts(values, 1000), 1000)
    assert np.all(np.abs(back - np.array(values)) <= 0.0005 + 1e-9)
