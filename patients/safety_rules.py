"""Reading the safety rules: text in, rules out, or a refusal with file, line and key."""

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from patients.safety import SafetyFacts, SafetyRule, Test, Tier
from patients.toml_table import TomlTable


@dataclass(frozen=True, slots=True)
class SafetyRules:
    """The rules of one file and its version."""

    version: str
    rules: tuple[SafetyRule, ...]


def read_rules(text: str, file: str) -> SafetyRules:
    """The rules from the text of their file. Raises TomlError with file, line and key."""
    root = TomlTable.parse(text, file)
    version = root.take("version", str)
    sources = {}
    for table in root.tables("source"):
        sources[table.take("id", str)] = table.take("document", str) + " " + table.take("url", str)
        table.finish()
    rules = tuple(_rule(table, sources) for table in root.tables("rule"))
    root.finish()
    codes = [rule.code for rule in rules]
    if len(codes) != len(set(codes)):
        raise root.refusal(None, "two rules have the same id")
    return SafetyRules(version, rules)


def _rule(table: TomlTable, sources: dict[str, str]) -> SafetyRule:
    names = [spec.name for spec in fields(SafetyFacts)]
    rule = SafetyRule(
        code=table.take("id", str),
        tier=Tier(_one_of(table, "tier", list(Tier))),
        fact=_one_of(table, "fact", names),
        test=Test(_one_of(table, "test", list(Test))),
        threshold=table.number_or_none("threshold"),
        unit=table.take_or_none("unit", str) or "",
        sentence=table.take("sentence", str),
        way_out=table.take("way_out", str),
        other_view=table.take_or_none("other_view", str) or "",
        sources=tuple(_source(table, name, sources) for name in table.texts("sources")),
        standing=_one_of(table, "standing", ["read", "derived", "to_be_confirmed"]),
        never_if=_one_of(table, "never_if", names) if "never_if" in table.data else "",
    )
    table.finish()
    if rule.test is not Test.PRESENT and rule.threshold is None and rule.standing != "to_be_confirmed":
        raise table.refusal(None, "a rule without a threshold must be to_be_confirmed")
    return rule


def _one_of(table: TomlTable, key: str, allowed: list[str]) -> str:
    value = table.take(key, str)
    if value not in allowed:
        raise table.refusal(key, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _source(table: TomlTable, name: str, sources: dict[str, str]) -> str:
    if name not in sources:
        raise table.refusal("sources", f"must name ids of [[source]] ({', '.join(sources)}), not {name!r}")
    return sources[name]


@cache
def load_packaged_rules() -> tuple[SafetyRule, ...]:
    """The rules that come with the package. Raises TomlError where the file is broken."""
    return read_rules(files("patients").joinpath("safety.toml").read_text("utf-8"), "safety.toml").rules
