"""How each run of the whole suite went: a line for each at the end, and in a file, where one is named, as soon as it is over."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

RUN = "run"  # the property of a report that says to which run it belongs


class Tally:
    """A pytest plugin; ``times`` runs are asked for."""

    def __init__(self, file: Path | None, times: int) -> None:
        self._file = file
        self._times = times
        self._cases = 0  # in one run
        self._outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self._cases = len(session.items) // self._times

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._cases = len(ids) // self._times

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        number = int(str(dict(report.user_properties)[RUN]))
        outcomes = self._outcomes[number]
        if report.failed:
            self._write(f"run {number}: FAILED {report.nodeid} ({report.when})")
        if report.when == "call" or report.outcome != "passed":
            outcomes[report.outcome] += 1
            if outcomes.total() == self._cases:
                self._write(self._sentence(number))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for number in sorted(self._outcomes):
            terminalreporter.write_line(self._sentence(number))

    def _sentence(self, number: int) -> str:
        outcomes = ", ".join(f"{count} {word}" for word, count in sorted(self._outcomes[number].items()))
        return f"run {number}: {outcomes} of {self._cases} cases"

    def _write(self, sentence: str) -> None:
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(f"{datetime.now(UTC):%d-%b-%Y %H:%M:%S} {sentence}\n")
