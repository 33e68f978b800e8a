"""Chromium without a screen, steered over a pipe with hardly anything switched on.

Under Playwright the page's process grew by 17 MB a minute on the wall, most likely because it switches on the protocol's
Network domain, for which the process keeps the bodies of answers: good for tests, but no measure of the page's memory. Here nothing is switched on but what is asked for.
"""

import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars"]


class Page:
    """One tab; ``page.value("1 + 1")`` is what the expression, or the promise that it makes, comes to."""

    def __init__(self, asks: IO[bytes], answers: IO[bytes]) -> None:
        self._asks, self._answers = asks, answers
        self._numbers = itertools.count(1)
        made = self.send("Target.createTarget", url="about:blank")
        self._session: str = self.send("Target.attachToTarget", targetId=made["targetId"], flatten=True)[
            "sessionId"
        ]

    def send(self, method: str, *, session: str = "", **params: Any) -> dict[str, Any]:
        """Ask and wait for the answer; what the browser tells in between is let go."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params} | (
            {"sessionId": session} if session else {}
        )
        self._asks.write(json.dumps(message).encode() + b"\0")
        self._asks.flush()
        while (answer := self._read()).get("id") != number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        found: dict[str, Any] = answer["result"]
        return found

    def _read(self) -> dict[str, Any]:
        read = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("Chromium has ended")
            read += byte
        message: dict[str, Any] = json.loads(read)
        return message

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the tab."""
        return self.send(method, session=self._session, **params)

    def value(self, expression: str) -> Any:
        told = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["exception"].get("description", expression))
        return told["result"].get("value")

    def open(self, address: str, *, ready: str, limit_s: float = 240) -> None:
        """Go there and wait until the expression ``ready`` holds."""
        self.tell("Page.navigate", url=address)
        until = time.monotonic() + limit_s
        while not self.value(ready):
            if time.monotonic() > until:
                shown = self.value("location.href + ' ' + document.body.innerText.slice(0, 500)")
                raise TimeoutError(f"{address} was not ready within {limit_s:g} s: {shown}")
            time.sleep(0.5)


@contextmanager
def browser(width: int, height: int) -> Iterator[Page]:
    """A fresh browser with one tab, without a cookie; gone when it is over."""
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    with tempfile.TemporaryDirectory(prefix="eecp-browser-", ignore_cleanup_errors=True) as profile:
        # The browser reads its descriptor 3 and writes its 4; bash puts them there.
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{from_us} 4>&{to_us}', "/usr/bin/chromium", *FLAGS]
        command += [
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
        ]
        log = (Path(profile) / "log").open("wb")
        process = subprocess.Popen(command, pass_fds=(from_us, to_us), stdout=log, stderr=log)
        os.close(from_us)
        os.close(to_us)
        try:
            with os.fdopen(to_browser, "wb") as asks, os.fdopen(from_browser, "rb") as answers:
                yield Page(asks, answers)
        finally:
            process.terminate()
            process.wait()
            log.close()


def private_mb(pid: int) -> float:
    """Memory of a process that no other shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return (sizes["Private_Clean"] + sizes["Private_Dirty"]) / 1024
