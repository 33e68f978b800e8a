"""Reads the packaged rules of estimates once. The only part of them that opens a file."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

from courses.billing.books.estimate import EstimateRules
from courses.models import BillingRules
from patients.toml_table import TomlTable

NAME = "estimate_rules.toml"


def estimate_rules_of(settled: BillingRules) -> EstimateRules:
    """The figures that the clinic confirmed with their source; until then those of the program, to be confirmed."""
    packaged = estimate_rules()
    if not settled.estimate_source:
        return packaged
    return replace(
        packaged,
        version=f"{settled.effective_on:%Y-%m-%d}",
        confirmed=True,
        source=settled.estimate_source,
        dispute_usd=_settled(settled.estimate_dispute_usd),
        dispute_days=_settled(settled.estimate_dispute_days),
        longest_months=_settled(settled.estimate_longest_months),
    )


def _settled(figure: int | None) -> int:
    if figure is None:
        raise ValueError("Figures of estimates with a source are whole: the database holds that.")
    return figure


@cache
def estimate_rules() -> EstimateRules:
    """The figures that come with this version of the program."""
    text = files("courses.billing.books").joinpath(NAME).read_text(encoding="utf-8")
    root = TomlTable.parse(text, NAME)
    rules = EstimateRules(
        version=root.take("version", str),
        confirmed=root.take("confirmed", bool),
        source=root.take("source", str),
        dispute_usd=root.take("dispute_usd", int),
        dispute_days=root.take("dispute_days", int),
        longest_months=root.take("longest_months", int),
        information=root.take("information", str),
        telephone=root.take("telephone", str),
    )
    root.finish()
    return rules
