"""Reads the packaged rules of estimates once. The only part of them that opens a file."""

from functools import cache
from importlib.resources import files

from courses.billing.books.estimate import EstimateRules
from patients.toml_table import TomlTable

NAME = "estimate_rules.toml"


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
