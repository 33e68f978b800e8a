"""Reading policy files: text in, a Policy out, or a refusal with file, line and key.

How a file is written stands in docs/eligibility.md.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from patients.eligibility.calcium import CalciumCategory, CalciumScale
from patients.eligibility.codes import PayerKind
from patients.eligibility.diagnosis_set import DiagnosisSet
from patients.eligibility.policy import Citation, Criterion, NotMetMeans, Policy, Standing, Weight
from patients.eligibility.rules.outcome import Rule
from patients.eligibility.rules.registry import RULES
from patients.toml_table import TomlTable

_Code = TypeVar("_Code", bound=StrEnum)
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class ReferenceTables:
    """The tables that a policy names instead of repeating: code lists and calcium scales, by their id."""

    diagnosis_sets: Mapping[str, DiagnosisSet]
    calcium_scales: Mapping[str, CalciumScale]

    def of_type(self, kind: Any) -> Mapping[str, Any] | None:
        if kind is DiagnosisSet:
            return self.diagnosis_sets
        return self.calcium_scales if kind is CalciumScale else None


@dataclass(frozen=True, slots=True)
class _Source:
    document: str
    url: str


def read_policy(text: str, file: str, tables: ReferenceTables) -> Policy:
    """A policy from the text of its file. Raises TomlError."""
    root = TomlTable.parse(text, file)
    head = _Head(
        id=_identifier(root),
        version=root.take("version", str),
        effective_from=root.take_or_none("effective_from", date),
        effective_until=root.take_or_none("effective_until", date),
    )
    if head.effective_from and head.effective_until and head.effective_from >= head.effective_until:
        raise root.refusal("effective_until", "must be later than effective_from")
    title = root.take("title", str)
    snapshot = root.take_or_none("snapshot", str) or ""
    payer_kinds = frozenset(_code(root, "payer_kinds", PayerKind, kind) for kind in root.texts("payer_kinds"))
    sources = _sources(root)
    criteria = tuple(_criterion(table, head, sources, tables) for table in root.tables("criterion"))
    root.finish()
    _refuse_twins(root, [criterion.id for criterion in criteria])
    return Policy(
        head.id,
        head.version,
        title,
        payer_kinds,
        head.effective_from,
        head.effective_until,
        snapshot,
        criteria,
    )


@dataclass(frozen=True, slots=True)
class _Head:
    id: str
    version: str
    effective_from: date | None
    effective_until: date | None


def _identifier(table: TomlTable) -> str:
    text = table.take("id", str)
    if not _ID.fullmatch(text):
        raise table.refusal("id", f"must be small letters, digits, dots and hyphens, not {text!r}")
    return text


def _code(table: TomlTable, key: str, codes: type[_Code], value: str) -> _Code:
    try:
        return codes(value)
    except ValueError:
        raise table.refusal(key, f"must be one of {', '.join(codes)}, not {value!r}") from None


def _sources(root: TomlTable) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    for table in root.tables("source"):
        source = _Source(table.take("document", str), table.take("url", str))
        if not source.url.startswith(("https://", "http://")):
            raise table.refusal("url", "must begin with https:// or http://")
        sources[_identifier(table)] = source
        table.finish()
    return sources


def _criterion(
    table: TomlTable, head: _Head, sources: Mapping[str, _Source], tables: ReferenceTables
) -> Criterion:
    source_id = table.take("source", str)
    if source_id not in sources:
        raise table.refusal(
            "source", f"must be the id of a [[source]] ({', '.join(sources)}), not {source_id!r}"
        )
    criterion = Criterion(
        id=_identifier(table),
        sentence=table.take("sentence", str),
        way_out=table.take("way_out", str),
        citation=Citation(
            document=sources[source_id].document,
            section=table.take("section", str),
            url=sources[source_id].url,
            version=head.version,
            effective_from=head.effective_from,
            effective_until=head.effective_until,
            standing=_code(table, "standing", Standing, table.take("standing", str)),
        ),
        weight=_code(table, "weight", Weight, table.take("weight", str)),
        not_met_means=_code(table, "not_met_means", NotMetMeans, table.take("not_met_means", str)),
        rule=_rule(table, tables),
    )
    table.finish()
    return criterion


def _rule(table: TomlTable, tables: ReferenceTables) -> Rule:
    name = table.take("rule", str)
    if name not in RULES:
        raise table.refusal("rule", f"must be one of {', '.join(RULES)}, not {name!r}")
    given = table.raw("params") or {}
    if not isinstance(given, dict):
        raise table.refusal("params", f"must be a table, not {given!r}")
    kinds = get_type_hints(RULES[name])
    params = dataclasses.fields(RULES[name])  # type: ignore[arg-type]
    names = [param.name for param in params]
    for key in given:
        if key not in names:
            raise table.refusal("params", f"of {name} may hold {', '.join(names) or 'nothing'}, not {key!r}")
    for param in params:
        if param.default is dataclasses.MISSING and param.name not in given:
            raise table.refusal("params", f"of {name} must hold {param.name}")
    values = {key: _param(table, key, value, kinds[key], tables) for key, value in given.items()}
    try:
        return RULES[name](**values)
    except ValueError as error:
        raise table.refusal("params", f"of {name} cannot be used: {error}") from None


def _param(table: TomlTable, key: str, value: Any, kind: Any, tables: ReferenceTables) -> Any:
    named = tables.of_type(kind)
    if named is not None:
        if not isinstance(value, str) or value not in named:
            raise table.refusal("params", f"{key} must be one of {', '.join(named)}, not {value!r}")
        return named[value]
    if get_origin(kind) is tuple:
        item_kind = get_args(kind)[0]
        if isinstance(value, list) and all(type(item) is item_kind for item in value):
            return tuple(value)
    elif type(value) is kind:
        return value
    raise table.refusal("params", f"{key} has the wrong kind of value: {value!r}")


def _refuse_twins(root: TomlTable, ids: list[str]) -> None:
    for name in ids:
        if ids.count(name) > 1:
            raise root.refusal(None, f"two criteria have the id {name!r}")


def read_diagnosis_sets(text: str, file: str) -> dict[str, DiagnosisSet]:
    """Code lists by id from the text of their file. Raises TomlError."""
    root = TomlTable.parse(text, file)
    sets: dict[str, DiagnosisSet] = {}
    for table in root.tables("diagnosis_set"):
        name = _identifier(table)
        table.take("source_note", str)
        table.texts("urls")
        try:
            sets[name] = DiagnosisSet(
                effective_from=table.take("effective_from", date),
                accept=frozenset(table.texts("accept")),
                accept_with_warning=frozenset(table.texts("accept_with_warning")),
                reject_as_sole_support=table.texts("reject_as_sole_support"),
                not_billable=frozenset(table.texts("not_billable")),
                exclusive_left=table.texts("exclusive_left"),
                exclusive_right=table.texts("exclusive_right"),
            )
        except ValueError as error:
            raise _located(table, error) from None
        table.finish()
    root.finish()
    return sets


def read_calcium_scales(text: str, file: str) -> dict[str, CalciumScale]:
    """Calcium scales by id from the text of their file. Raises TomlError."""
    root = TomlTable.parse(text, file)
    name = _identifier(root)
    root.take("source_note", str)
    root.texts("urls")
    categories = []
    for table in root.tables("category"):
        words = CalciumCategory(
            table.take("from_agatston", int), table.take("code", str), table.take("words", str)
        )
        categories.append(words)
        table.finish()
    low, high = root.take("percentile_age_low_years", int), root.take("percentile_age_high_years", int)
    root.finish()
    try:
        return {name: CalciumScale(tuple(categories), low, high)}
    except ValueError as error:
        raise _located(root, error) from None


def _located(table: TomlTable, error: ValueError) -> ValueError:
    return error if str(error).startswith(table.file) else table.refusal(None, str(error))
