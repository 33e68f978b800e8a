"""Threads that read the first message of a kind at the same moment all get their answer.

msgspec learns a type where it first meets it. Two threads that meet it together ended an agent, and could end a web server,
with SIGSEGV; so every type is learnt while its module is loaded.
"""

import subprocess
import sys

import pytest

_TOGETHER = """
import sys, threading
sys.setswitchinterval(1e-6)
{given}
start = threading.Barrier(8)
def read():
    start.wait()
    {read}
threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
_PROCESSES = 4  # before the types were learnt early, one in two to four of five ended so

_MESSAGES = """
from contextlib import suppress
from devices.protocol import Message, ProtocolError, decode_json
"""
_READ_MESSAGES = """for message in Message.__constraints__:
        with suppress(ProtocolError):
            decode_json(b'{"clock_ms": 1790000000000, "status": 1, "received": 2}', message)"""
_CHUNKS = """
from devices.chunks import decode_chunk, encode_chunk, pack_envelopes, unpack_envelopes
from devices.protocol import Chunk
sealed = encode_chunk(Chunk(1, ()))
body = pack_envelopes([sealed])
"""
_READ_CHUNKS = """unpack_envelopes(body)
    decode_chunk(sealed, None)"""
_FINDINGS = """
from patients.fhir.reading.found import Findings, Report, Source, Value, from_plain, to_plain
value = Value("first_name", "Nora", (Source("Patient/1", "Nora"),))
plain = to_plain(Findings((value,), "", (), (value,), (), Report({"Patient": 1}, {}, ())))
"""
_STATUS = """
from pathlib import Path
from tempfile import TemporaryDirectory
from devices.agent import status
folder = TemporaryDirectory()
place = Path(folder.name)
(place / "status.json").write_text('{"at_ms": 1, "pid": 2, "vitals": {"agent_version": "1"}}')
"""


@pytest.mark.parametrize(
    ("given", "read"),
    [
        pytest.param(_MESSAGES, _READ_MESSAGES, id="messages of the protocol"),
        pytest.param(_CHUNKS, _READ_CHUNKS, id="chunks"),
        pytest.param(_FINDINGS, "from_plain(plain)", id="what a FHIR file says"),
        pytest.param(_STATUS, "status.read(place)", id="status of the agent"),
    ],
)
def test_first_message_is_read_by_several_threads_at_once(given: str, read: str) -> None:
    program = _TOGETHER.format(given=given, read=read)
    for _ in range(_PROCESSES):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
