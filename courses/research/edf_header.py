"""An EDF+ file without its day: the header of a stored recording names no patient, but says when it was made. PURE."""

#: Where the header holds what is taken out (EDF+, section 2.1): recording 88 to 168, date 168 to 176, time 176 to 184.
_RECORDING, _DATE, _TIME = slice(88, 168), slice(168, 176), slice(176, 184)
_PATIENT = slice(8, 88)


class NotEdf(ValueError):
    """The bytes are no EDF+ header."""


def without_day(data: bytes) -> bytes:
    """The same file with unknown patient, recording, date and time, as EDF+ writes them; samples and events untouched.

    EDF+ gives 01.01.85 to a date that is not told; the first field of the recording then says X.
    """
    if len(data) < 256 or data[:8].strip() != b"0":
        raise NotEdf("The file does not begin as an EDF+ file does.")
    header = bytearray(data[:256])
    header[_PATIENT] = b"X X X X".ljust(80)
    header[_RECORDING] = b"Startdate X X X EECP".ljust(80)
    header[_DATE], header[_TIME] = b"01.01.85", b"00.00.00"
    return bytes(header) + data[256:]
