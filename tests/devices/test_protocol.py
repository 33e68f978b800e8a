"""Messages and the account: what is accepted, what is refused, and that the words say why."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol import (
    Account,
    ChannelFormat,
    Close,
    Manifest,
    ProtocolError,
    TriggerSource,
    decode_json,
    encode_json,
)
from devices.waveform import ChannelName

MANIFEST = Manifest(
    started_at_ms=1_788_940_800_000,
    clock_ms=1_788_940_800_120,
    agent_version="0.1.0",
    source="simulator",
    trigger_source=TriggerSource.R_WAVE,
    channels=(ChannelFormat(ChannelName.ECG, "mV", 360.0, 1000.0),),
)


def changed(**fields: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(MANIFEST) | fields)


def test_manifest_survives_the_wire() -> None:
    assert decode_json(encode_json(MANIFEST), Manifest) == MANIFEST


def test_field_of_a_later_version_is_ignored() -> None:
    assert decode_json(changed(firmware="9"), Manifest) == MANIFEST


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"started_at_ms": 1_788_940_800}, "started_at_ms"),  # seconds instead of milliseconds
        ({"source": ""}, "source"),
        ({"source": "x" * 81}, "source"),
        ({"trigger_source": "guess"}, "guess"),
        ({"channels": []}, "channels"),
        (
            {"channels": [{"name": "ECG", "unit": "uV", "rate_hz": 360, "counts_per_unit": 1}]},
            "in mV, not in uV",
        ),
        (
            {"channels": [{"name": "CUFF_CALF", "unit": "kPa", "rate_hz": 50, "counts_per_unit": 1}]},
            "in mmHg",
        ),
        ({"channels": [{"name": "EEG", "unit": "mV", "rate_hz": 360, "counts_per_unit": 1}]}, "EEG"),
        ({"channels": [{"name": "ECG", "unit": "mV", "rate_hz": 0, "counts_per_unit": 1}]}, "rate_hz"),
        (
            {"channels": [{"name": "ECG", "unit": "mV", "rate_hz": 360, "counts_per_unit": 1}] * 2},
            "given twice",
        ),
    ],
)
def test_unsound_manifest_is_refused_with_the_reason(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        decode_json(changed(**fields), Manifest)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ProtocolError, match="not a valid close"):
        decode_json(b"\xff{", Close)


def test_time_of_telling_does_not_make_another_manifest() -> None:
    assert MANIFEST.describes_same_recording(
        msgspec.structs.replace(MANIFEST, clock_ms=MANIFEST.clock_ms + 5000)
    )


def test_another_start_makes_another_manifest() -> None:
    assert not MANIFEST.describes_same_recording(
        msgspec.structs.replace(MANIFEST, started_at_ms=1_788_940_800_001)
    )


@pytest.mark.parametrize(
    ("seqs", "last_seq", "highest", "missing"),
    [
        ([], None, -1, ()),
        ([0], None, 0, ()),
        ([2, 0, 1, 1], None, 2, ()),
        ([1, 2], None, -1, ((0, 0),)),
        ([0, 1, 4, 7], None, 1, ((2, 3), (5, 6))),
        ([0, 1], 3, 1, ((2, 3),)),
        ([], 2, -1, ((0, 2),)),
        ([], -1, -1, ()),
        ([0, 1], 1, 1, ()),
    ],
)
def test_account(
    seqs: list[int], last_seq: int | None, highest: int, missing: tuple[tuple[int, int], ...]
) -> None:
    account = Account.of(seqs, last_seq)
    assert (account.highest_contiguous_seq, account.missing) == (highest, missing)
    assert account.received == len(set(seqs))
    assert account.is_complete == (not missing)


@given(st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_received_and_missing_together_are_all_numbers(seqs: set[int], last_seq: int) -> None:
    account = Account.of(seqs, last_seq)
    missing = {seq for first, last in account.missing for seq in range(first, last + 1)}
    assert not missing & seqs
    assert missing | seqs == set(range(max(seqs | {last_seq}) + 1))
    assert set(range(account.highest_contiguous_seq + 1)) <= seqs
    assert account.highest_contiguous_seq + 1 not in seqs
