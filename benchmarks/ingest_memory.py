"""How much memory a server holds, sampled while ``benchmarks.ingest`` loads it, and whether that grows."""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


def memory_mb(leader: int) -> float:
    """Resident memory of a process and its children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if leader in {int(fields["Pid"]), int(fields["PPid"])}:
                total += int(fields.get("VmRSS", "0 kB").split()[0])
    return total / 1024


@dataclass(slots=True)
class Memory:
    """Samples of the resident memory of a server's processes: seconds since the first, and MB."""

    leader: int
    samples: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def watched(self, every_s: float) -> Iterator[None]:
        """Sample until the block ends, at its end too."""
        over, began = threading.Event(), time.monotonic()

        def sample() -> None:
            while True:
                self.samples.append((time.monotonic() - began, memory_mb(self.leader)))
                if over.wait(every_s):
                    break
            self.samples.append((time.monotonic() - began, memory_mb(self.leader)))

        thread = threading.Thread(target=sample, name="memory", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def slope_mb_a_minute(self) -> float:
        """By least squares over the last two thirds: caches fill in the first."""
        settled = [sample for sample in self.samples if sample[0] >= self.samples[-1][0] / 3]
        if len(settled) < 3:
            return float("nan")
        minutes = np.array([at_s / 60 for at_s, _ in settled])
        return float(np.polyfit(minutes, [mb for _, mb in settled], 1)[0])

    def said(self) -> str:
        lowest, highest = min(mb for _, mb in self.samples), max(mb for _, mb in self.samples)
        return (
            f"memory of the server {self.samples[0][1]:.0f} MB at first, {self.samples[-1][1]:.0f} MB at last, "
            f"{lowest:.0f} to {highest:.0f} between; slope {self.slope_mb_a_minute():+.2f} MB a minute"
        )
