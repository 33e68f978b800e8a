"""Addresses, and what the agent makes of answers that no clinic's server gives."""

import ssl
from uuid import UUID

import httpx
import pytest

from devices.agent.server import CannotSend, Server, ServerAway, checked_address

UUID_1 = UUID(int=1)


def server_that(answers: httpx.Response | Exception) -> Server:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answers, Exception):
            raise answers
        return answers

    return Server(httpx.URL("https://clinic.example"), lambda: "key", transport=httpx.MockTransport(handle))


@pytest.mark.parametrize(
    "address", ["https://clinic.example", "http://127.0.0.1:8000", "http://localhost/eecp/"]
)
def test_address_that_keeps_the_key_secret_is_taken(address: str) -> None:
    assert str(checked_address(address, allow_plain_http=False)) == address


def test_plain_http_in_a_closed_network_is_taken_when_asked_for() -> None:
    assert checked_address("http://web:8000", allow_plain_http=True).host == "web"


@pytest.mark.parametrize("address", ["clinic.example", "ftp://clinic.example", "https://", "http://[::1", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(CannotSend, match="is not an address"):
        checked_address(address, allow_plain_http=True)


def test_server_below_a_path_is_asked_there() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(503)

    server = Server(
        httpx.URL("https://clinic.example/eecp/"), lambda: "key", transport=httpx.MockTransport(handle)
    )
    with server, pytest.raises(ServerAway):
        server.state_of(UUID_1)
    assert asked == [f"https://clinic.example/eecp/api/v1/recordings/{UUID_1}/state"]


def test_certificate_that_cannot_be_trusted_is_told_not_retried() -> None:
    error = httpx.ConnectError("certificate verify failed: certificate has expired")
    error.__cause__ = ssl.SSLCertVerificationError("expired")
    with server_that(error) as server, pytest.raises(CannotSend, match=r"cannot be trusted.*clock"):
        server.state_of(UUID_1)


def test_server_that_cannot_be_reached_is_away() -> None:
    with (
        server_that(httpx.ConnectError("refused")) as server,
        pytest.raises(ServerAway, match="does not answer"),
    ):
        server.state_of(UUID_1)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        httpx.Response(404, text="nothing here"),
        httpx.Response(200, text="<html>Welcome</html>"),
    ],
)
def test_answer_of_something_else_is_told(answer: httpx.Response) -> None:
    with server_that(answer) as server, pytest.raises(CannotSend, match="Check the address"):
        server.state_of(UUID_1)


@pytest.mark.parametrize(("text", "seconds"), [("7", 7.0), ("", 0.0), ("Wed, 09 Sep 2026 09:00:00 GMT", 0.0)])
def test_wait_that_the_server_asks_for_is_heard(text: str, seconds: float) -> None:
    answer = httpx.Response(429, headers={"Retry-After": text})
    with server_that(answer) as server, pytest.raises(ServerAway) as away:
        server.state_of(UUID_1)
    assert away.value.retry_after_s == seconds
