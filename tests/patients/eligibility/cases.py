"""The base case of the vignettes, for all tests of eligibility."""

import tomllib
from pathlib import Path
from typing import Any

from patients.eligibility.assess import Decision, decide
from patients.eligibility.facts import Facts
from patients.eligibility.packaged import load_packaged

FILE = tomllib.loads((Path(__file__).parents[1] / "vignettes.toml").read_text("utf-8"))
VIGNETTES: list[dict[str, Any]] = FILE["vignette"]


def facts(without: tuple[str, ...] = (), **changes: Any) -> Facts:
    """The base facts, less some and with some changed; None makes a fact not known."""
    data = {**FILE["base"], **changes}
    return Facts.from_dict({name: value for name, value in data.items() if name not in without})


def decision(without: tuple[str, ...] = (), **changes: Any) -> Decision:
    return decide(facts(without, **changes), load_packaged())


def state_of(found: Decision, criterion_id: str) -> str:
    return next(finding.state for finding in found.findings if finding.criterion_id == criterion_id)
