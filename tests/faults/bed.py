"""One bed: a console, the agent beside it, and the link to the clinic."""

import sqlite3
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self

from tests.devices.agent.console import Run, TcpConsole, status
from tests.faults.agent_host import HostedAgent
from tests.faults.clinic import Clinic
from tests.faults.link import Link
from tests.faults.truth import OnDisk, Whole, assert_whole, spool_hashes
from tests.faults.waiting import until

LONGEST_S = 280  # then the console's counts repeat


class Bed:
    """The console produces second after second (``speak``), whoever listens; ``end`` ends its run and proves the result."""

    def __init__(self, clinic: Clinic, folder: Path, *, environment: dict[str, str] | None = None) -> None:
        told = clinic.desk.ask("make_device")
        self.clinic = clinic
        self.device = int(told["device"])
        self.folder = folder
        self.spool = folder / "spool"
        self.link = Link(clinic.web.port)
        self.console = TcpConsole()
        self.run = Run()
        self.produced = 0
        self.console_clock_ms = self.run.started_at_ms
        self.on_disk: dict[str, OnDisk] = {}
        key = folder / "key"
        key.write_text(told["key"])
        key.chmod(0o600)
        where = ["--server", self.link.url, "--source", self.console.spec, "--spool", str(self.spool)]
        arguments = ["run", *where, "--key-file", str(key), "--heartbeat", "0.5"]
        self.agent = HostedAgent(clinic.agents, arguments, folder / "agent.log", environment or {})
        self._heard = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.console)
            stack.enter_context(self.link)
            stack.enter_context(self.agent)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def wait_for_agent(self) -> None:
        """Until the agent has connected to the console since it was last started."""
        self.console.wait_for_agent(self._heard + 1)

    def speak(self, seconds: int) -> None:
        """The console's next seconds, all at once, to the agent if it is there."""
        assert self.produced + seconds <= LONGEST_S
        self.console.say(self._header, self.run.seconds(self.produced, self.produced + seconds))
        self.produced += seconds

    @property
    def _header(self) -> bytes:
        return self.run.header(self.console_clock_ms)

    def kill_agent(self) -> None:
        """kill -9, and what it leaves on its disk is noted: all of that must arrive."""
        self.agent.kill()
        self.note_spool()

    def start_agent(self) -> None:
        self._heard = self.console.connections
        self.agent.start()

    def note_spool(self, *, is_spoiled: bool = False) -> None:
        """Remembers every chunk on the agent's disk; a number names one chunk, unless the disk was spoiled and forgot."""
        if not (self.spool / "spool.sqlite3").exists():
            return
        for uuid, hashes in spool_hashes(self.spool, self.folder / "copy", is_spoiled=is_spoiled).items():
            known = self.on_disk.setdefault(uuid, {})
            for seq, sha256 in hashes.items():
                known.setdefault(seq, set()).add(sha256)
                assert is_spoiled or len(known[seq]) == 1, f"the agent gave number {seq} to two chunks"

    def seconds_in_spool(self) -> float:
        """How far the run has come on the agent's disk, while the agent is at work."""
        to_ms = self._in_spool("SELECT coalesce(max(captured_to_ms), 0) FROM recording")
        return float(to_ms - self.run.started_at_ms) / 1000

    def _in_spool(self, query: str) -> int:
        with closing(sqlite3.connect(f"file:{self.spool / 'spool.sqlite3'}?mode=ro", uri=True)) as db:
            return int(db.execute(query).fetchone()[0])

    def recordings(self) -> list[str]:
        return self.clinic.recordings(self.device)

    def acknowledged(self) -> int:
        """Chunks of this bed that the clinic has committed."""
        query = (
            "SELECT count(*) FROM devices_chunk JOIN devices_recording ON recording_id = uuid"
            " WHERE device_id = %s"
        )
        return int(self.clinic.postgres.rows(query, self.device)[0][0])

    def is_closed(self, *, newest_only: bool = False) -> bool:
        """Whether the agent has closed every recording, or at least the newest."""
        query = "SELECT last_seq FROM devices_recording WHERE device_id = %s ORDER BY opened_at DESC"
        last_seqs = [row[0] for row in self.clinic.postgres.rows(query, self.device)]
        return bool(last_seqs) and None not in (last_seqs[:1] if newest_only else last_seqs)

    def end_run(self, *, newest_only: bool = False) -> None:
        """The last second, and the end of the run, told until the agent has passed it on."""
        self.wait_for_agent()
        last = self._header + self.run.lines_of(self.produced)
        self.produced += 1
        pause = threading.Event()
        for _ in range(120):
            self.console.say(last, self.run.finish(), status("idle", "0"))
            for _ in range(20):
                if self.is_closed(newest_only=newest_only):
                    self._let_the_agent_know()
                    return
                pause.wait(0.05)
        raise AssertionError(f"the recording was not closed; the agent said:\n{self.agent.said[-3000:]}")

    def _let_the_agent_know(self) -> None:
        """The answer to the close may have been lost: the agent asks again."""
        self.link.fault_of = lambda request: None
        until(lambda: self._in_spool("SELECT count(*) FROM recording WHERE state = 'open'") == 0, "the agent")

    def end(self, *, complete: bool) -> Whole:
        """Ends the run, has it stored, and proves it; ``complete`` where nothing may be missing."""
        self.end_run()
        return self.end_proven(complete=complete)

    def end_proven(self, *, complete: bool, filed_by: str = "file_away") -> Whole:
        """The same for a run that is over."""
        assert self.agent.stop() == 0, self.agent.said
        self.note_spool()
        accounts = [self.clinic.desk.ask(filed_by, uuid) for uuid in self.recordings()]
        whole = assert_whole(self.clinic, accounts, self.produced, self.on_disk)
        self.assert_all_arrived(accounts)
        if complete:
            assert len(accounts) == 1, "the run became more than one recording"
            assert whole.is_complete, f"{whole.missing_seconds} s are missing"
        return whole

    def end_spoiled(self) -> Whole:
        """The same after the agent's disk was damaged: what was on it may be lost, a recording may stay without its
        end, and the run may go on under another name; but whatever is there is right, and whatever is not is reported.
        """
        self.end_run(newest_only=True)
        assert self.agent.stop() in (0, 4), self.agent.said
        self.note_spool(is_spoiled=True)
        for uuid in self.recordings():
            self.clinic.desk.ask("fall_silent", uuid)
        accounts = [self.clinic.desk.ask("file_away", uuid) for uuid in self.recordings()]
        return assert_whole(self.clinic, accounts, self.produced, self.on_disk)

    def assert_all_arrived(self, accounts: list[dict[str, object]]) -> None:
        """Whatever was on the agent's disk once is in the clinic."""
        arrived = {str(account["uuid"]): account for account in accounts}
        for uuid, hashes in self.on_disk.items():
            assert uuid in arrived, f"recording {uuid} never came"
            held = {seq for seq, _, _ in self.clinic.chunks(uuid)}
            assert set(hashes) <= held, f"chunks {sorted(set(hashes) - held)} never came"
