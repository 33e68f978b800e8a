"""What registries and trials published, beside the clinic's own figures. PURE: none is a threshold.

Each stands as it was published, with who was counted; where patients or definitions differ from ours, ``note`` says so.
The addresses of the sources are listed in docs/clinic-figures.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Benchmark:
    """``figure``: code of the figure it stands beside; ``value`` in that figure's unit; ``n`` patients counted."""

    figure: str
    value: float
    n: int | None
    who: str
    source: str
    note: str = ""


_IEPR_REPEAT = "Lawson and others, 2006"
BENCHMARKS = (
    Benchmark("completion", 86.5, 2311, "IEPR registry", _IEPR_REPEAT),
    Benchmark("class_gain", 83.4, 2311, "IEPR registry, those who completed", _IEPR_REPEAT),
    Benchmark(
        "class_gain",
        85.0,
        None,
        "meta-analysis of 18 studies",
        "PMC5058965",
        "95 % confidence interval 81 to 88 %",
    ),
    Benchmark(
        "class_gain_two",
        38.0,
        1427,
        "IEPR registry, 36 centres",
        "Clin Cardiol 2008;31:159",
        "of all patients, completed or not",
    ),
    Benchmark(
        "class_gain_not_completed", 21.7, 2311, "IEPR registry, those who did not complete", _IEPR_REPEAT
    ),
    Benchmark(
        "ds_at_end",
        37.0,
        1004,
        "IEPR registry",
        "Michaels and others, Clin Cardiol 2001;24:453",
        "the consoles of that time measured it",
    ),
    Benchmark(
        "hours",
        36.6,
        701,
        "IEPR registry, heart failure",
        "abstract on abbreviated and full courses",
        "standard deviation 4.8 h",
    ),
    Benchmark(
        "courses_with_event",
        54.9,
        71,
        "MUST-EECP, treated",
        "PMC3379533, table 7",
        "25.8 % of 66 who had a sham treatment; asked in a trial, so more is told",
    ),
)


def benchmarks_of(figure: str) -> tuple[Benchmark, ...]:
    return tuple(one for one in BENCHMARKS if one.figure == figure)
