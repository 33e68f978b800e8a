"""How each run of the whole suite went: a line at the end, and in a file at once where one is named."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

RUN = "run"  # the property of a report that says to which run it belongs


class Tally:
    """A pytest plugin."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._seconds: Counter[int] = Counter()
        self._expected: Counter[int] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        number = int(str(dict(report.user_properties)[RUN]))
        self._seconds[number] += report.duration
        if report.when == "call" or report.outcome != "passed":
            self._outcomes[number][report.outcome] += 1
        if report.failed:
            self._write(f"run {number}: FAILED {report.nodeid} ({report.when})")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for number in sorted(self._outcomes):
            sentence = self._sentence(number)
            terminalreporter.write_line(sentence)
            self._write(sentence)

    def _sentence(self, number: int) -> str:
        outcomes = ", ".join(f"{count} {word}" for word, count in sorted(self._outcomes[number].items()))
        return f"run {number}: {outcomes}, {self._seconds[number]:.0f} s in all cases together"

    def _write(self, sentence: str) -> None:
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(f"{datetime.now(UTC):%d-%b-%Y %H:%M:%S} {sentence}\n")
