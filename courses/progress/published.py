"""What has been published about courses of EECP, for comparison beside a patient's own figures. PURE.

Each is a sentence with its source. None is a threshold, and none says what this patient should have reached.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One figure: what was seen in how many patients, and where it stands."""

    code: str
    sentence: str
    source: str


DS_AT_END = Published(
    "ds_at_end",
    "In the registry 37 % ended at 1.5 or more (1,004 patients, area ratio).",
    "Michaels and others, Clin Cardiol 2001;24:453",
)
CLASS_GAIN = Published(
    "class_gain",
    "In the registry 83 % of those who completed gained at least one CCS class, of those who did not complete 22 % (2,311 patients); 85 % in a meta-analysis of 18 studies.",
    "IEPR reports as listed in docs/progress.md",
)
COMPLETION = Published(
    "completion",
    "86 % of courses in the registry were completed (2,311 patients).",
    "IEPR as listed in docs/progress.md",
)
PRESSURE = Published(
    "pressure",
    "260 mmHg in a study of arterial compliance; a model finds little gain beyond 200 mmHg.",
    "docs/gating.md",
)
ALL = (DS_AT_END, CLASS_GAIN, COMPLETION, PRESSURE)
