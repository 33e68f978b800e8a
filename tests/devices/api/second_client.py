"""Another client, written from docs/agent-protocol.md alone: it imports nothing of this project.

python second_client.py ADDRESS KEY SECONDS
"""

import hashlib
import json
import struct
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

import msgspec
import zstandard

CHUNKS = "application/vnd.eecp.chunks.v1+msgpack"


class Client:
    def __init__(self, address: str, key: str) -> None:
        self.base, self.key, self.recording = f"{address}/api/v1", key, uuid.uuid4()

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        request = urllib.request.Request(self.base + path, body or None, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  an address of our own
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, text = refusal.code, refusal.read()
        return status, json.loads(text or b"{}")

    def tell(self, method: str, path: str, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.ask(method, path, json.dumps(message).encode())

    def open(self, started_ms: int) -> int:
        channel = {"name": "ECG", "unit": "mV", "rate_hz": 100, "counts_per_unit": 1000}
        manifest = {"started_at_ms": started_ms, "clock_ms": int(time.time() * 1000), "agent_version": "other 1",
                    "source": "second client", "trigger_source": "r_wave", "channels": [channel]}  # fmt: skip
        return self.tell("PUT", f"/recordings/{self.recording}", manifest)[0]

    def envelope(self, seq: int) -> list[Any]:
        samples = struct.pack("<100h", *(((seq * 100 + n) * 7) % 2000 - 1000 for n in range(100)))
        block = {"channel": "ECG", "first_sample": seq * 100, "count": 100, "data": samples}
        events = [[seq * 1_000_000 + 2000, "trigger", ""], [seq * 1_000_000 + 400_000, "inflate", "calf"]]
        content = msgspec.msgpack.encode({"seq": seq, "blocks": [block], "events": events})
        data = zstandard.ZstdCompressor().compress(content)
        return [seq, hashlib.sha256(data).digest(), data]

    def send(self, seqs: range) -> tuple[int, dict[str, Any]]:
        body = msgspec.msgpack.encode([self.envelope(seq) for seq in seqs])
        return self.ask("POST", f"/recordings/{self.recording}/chunks", body, CHUNKS)

    def run(self, seconds: int) -> None:
        started_ms = int(time.time() * 1000) - seconds * 1000
        assert self.open(started_ms) == 201
        for first in range(0, seconds, 5):
            status, answer = self.send(range(first, min(first + 5, seconds)))
            assert status == 200, answer
        assert self.send(range(1))[1]["results"][0]["outcome"] == "duplicate"
        state = self.ask("GET", f"/recordings/{self.recording}/state")[1]
        assert (state["highest_contiguous_seq"], state["missing"]) == (seconds - 1, [])
        beat = {"agent_version": "other 1", "clock_ms": int(time.time() * 1000), "spool_unsent": 0,
                "disk_free_bytes": 10**9, "source_state": "ended", "source_since_s": 1}  # fmt: skip
        assert self.tell("POST", "/heartbeat", beat)[0] == 204
        end = {"last_seq": seconds - 1, "ended_at_ms": started_ms + seconds * 1000}
        assert self.tell("POST", f"/recordings/{self.recording}/close", end)[1]["closed"]


if __name__ == "__main__":
    client = Client(sys.argv[1], sys.argv[2])
    client.run(int(sys.argv[3]))
    sys.stdout.write(f"{client.recording}\n")
