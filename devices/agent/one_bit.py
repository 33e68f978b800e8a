"""One flipped bit put right: of all that differs from what is there by one bit, the SHA-256 says which was written. Pure."""

import hashlib
from collections.abc import Iterator, Sequence

Field = int | bytes

MOST_BYTES = 8192  # 65,536 tries, under a second; a second of a console's samples takes about two kilobytes
_WIDTHS = (1, 2, 3, 4, 6, 8)  # bytes in which SQLite keeps a whole number


def differ_by_one_bit(a: bytes, b: bytes) -> bool:
    return len(a) == len(b) and (int.from_bytes(a) ^ int.from_bytes(b)).bit_count() == 1


def mended(data: bytes, sha256: bytes) -> bytes | None:
    """What has this SHA-256 and is ``data`` but for one bit; ``data`` itself where the bit stands in the SHA-256; None
    where more is wrong, or where to look for it would take too long.
    """
    counted = hashlib.sha256(data).digest()
    if counted == sha256 or differ_by_one_bit(counted, sha256):
        return data
    if len(data) > MOST_BYTES:
        return None
    return next((other for other in _neighbours(data) if hashlib.sha256(other).digest() == sha256), None)


def _neighbours(data: bytes) -> Iterator[bytes]:
    changed = bytearray(data)
    for at in range(len(data)):
        for bit in range(8):
            changed[at] ^= 1 << bit
            yield bytes(changed)
            changed[at] ^= 1 << bit


def seal_of(fields: Sequence[Field]) -> bytes:
    """The SHA-256 over some fields, each with its length before it."""
    return _over([_bytes_of(field) for field in fields])


def mended_fields(fields: Sequence[Field], seal: bytes) -> list[Field] | None:
    """The fields that were sealed, where no more than one bit of them or of the seal is wrong; else None."""
    parts = [_bytes_of(field) for field in fields]
    counted = _over(parts)
    if counted == seal or differ_by_one_bit(counted, seal):
        return list(fields)
    for at, field in enumerate(fields):
        for other in _others(field):
            if _over([*parts[:at], _bytes_of(other), *parts[at + 1 :]]) == seal:
                return [*fields[:at], other, *fields[at + 1 :]]
    return None


def _others(field: Field) -> Iterator[Field]:
    if isinstance(field, bytes):
        yield from _neighbours(field) if len(field) <= MOST_BYTES else ()
        return
    for bit in range(63):
        yield field ^ (1 << bit)
    for width in _WIDTHS:  # its first bit is the sign, which all bits of a wider number repeat
        yield from (field + (1 << 8 * width - 1), field - (1 << 8 * width - 1))


def _bytes_of(field: Field) -> bytes:
    return field if isinstance(field, bytes) else field.to_bytes(16, signed=True)


def _over(parts: Sequence[bytes]) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(4))
        whole.update(part)
    return whole.digest()
