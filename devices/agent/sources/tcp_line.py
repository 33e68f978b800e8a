"""A console, or a serial-to-network box beside it, that is reached over TCP: ``tcp:HOST:PORT``."""

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from devices.agent.sources.line import Line, LineLost, LineSource
from devices.agent.sources.source import SourceError

_WAIT_S = 0.2
_CONNECT_S = 5.0
_AT_ONCE = 65536


class _TcpLine:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def read(self) -> bytes:
        try:
            data = self._connection.recv(_AT_ONCE)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LineLost(f"The connection was cut: {error}.") from error
        if not data:
            raise LineLost("The console closed the connection.")
        return data


def tcp_source(place: str) -> LineSource:
    """The console that listens at ``HOST:PORT``; raises SourceError."""
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SourceError(f"'{place}' is no address. Write it like tcp:192.168.1.20:4001.")

    def connect() -> AbstractContextManager[Line]:
        return _opened(host.strip("[]"), int(port))

    return LineSource("tcp", connect)


@contextmanager
def _opened(host: str, port: int) -> Iterator[Line]:
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_S)
    except OSError as error:
        raise LineLost(f"The console at {host}:{port} does not answer: {error}.") from error
    with connection:
        connection.settimeout(_WAIT_S)
        # A pulled network cable says nothing by itself; these let the connection end after half a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, option):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        yield _TcpLine(connection)
