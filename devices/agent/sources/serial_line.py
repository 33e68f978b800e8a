"""A console on a serial line: ``serial:/dev/ttyUSB0`` or ``serial:/dev/ttyUSB0@115200``."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import serial

from devices.agent.sources.line import Line, LineLost, LineSource
from devices.agent.sources.source import SourceError

_WAIT_S = 0.2
_DEFAULT_BAUD = 115_200


class _SerialLine:
    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def read(self) -> bytes:
        try:
            return bytes(self._port.read(max(1, self._port.in_waiting)))
        except (
            serial.SerialException,
            OSError,
            TypeError,
        ) as error:  # a cable pulled while reading: TypeError
            raise LineLost(f"The serial line was cut: {error}.") from error


def serial_source(place: str) -> LineSource:
    """The console at ``PORT`` or ``PORT@BAUD``, 8 bits, no parity, one stop bit; raises SourceError."""
    port, _, baud_text = place.partition("@")
    baud = int(baud_text) if baud_text.isdigit() else 0
    if not port or (baud_text and not 300 <= baud <= 4_000_000):
        raise SourceError(f"'{place}' is no serial line. Write it like serial:/dev/ttyUSB0@115200.")

    def connect() -> AbstractContextManager[Line]:
        return _opened(port, baud or _DEFAULT_BAUD)

    return LineSource("serial", connect)


@contextmanager
def _opened(port: str, baud: int) -> Iterator[Line]:
    try:
        opened = serial.Serial(port, baud, timeout=_WAIT_S, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        raise LineLost(f"The serial line {port} cannot be opened: {error}.") from error
    try:
        yield _SerialLine(opened)
    finally:
        opened.close()
