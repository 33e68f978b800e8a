from pathlib import Path

from patients.eligibility.conclusion import Pathway
from patients.eligibility.facts import FACTS
from patients.eligibility.rules.registry import RULES

TEXT = (Path(__file__).parents[3] / "docs" / "eligibility.md").read_text("utf-8")


def test_every_fact_is_described_with_its_allowed_values() -> None:
    for name, spec in FACTS.items():
        assert f"| `{name}` | {spec.label} | {spec.kind.describe()} |" in TEXT


def test_every_rule_and_pathway_is_described() -> None:
    assert all(f"`{name}`" in TEXT for name in (*RULES, *Pathway))
