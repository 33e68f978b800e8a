"""The policies and tables in use: those that come with the package, and those of the clinic's own folder.

The one place of this folder that opens files. The clinic's folder may hold

- ``policies/*.toml``: more policies, or newer versions of those in the package;
- ``diagnoses.toml``: more lists of codes, each with an id of its own;
- ``calcium.toml``: its categories of the calcium score, in place of the packaged ones.

A file with a mistake is refused with its name, line and key; nothing of it is used.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from patients.eligibility.calcium import CalciumScale
from patients.eligibility.diagnosis_set import DiagnosisSet
from patients.eligibility.policies import (
    ReferenceTables,
    read_calcium_scales,
    read_diagnosis_sets,
    read_policy,
)
from patients.eligibility.policy import Policy, PolicyBook
from patients.toml_table import TomlError

_PACKAGE = files("patients.eligibility")


@cache
def load_diagnosis_sets(folder: Path | None = None) -> Mapping[str, DiagnosisSet]:
    """The lists of diagnosis codes by id. Raises TomlError where a file is broken or an id stands twice."""
    sets = read_diagnosis_sets(_text(_PACKAGE.joinpath("diagnoses.toml")), "diagnoses.toml")
    own = folder / "diagnoses.toml" if folder else None
    if own is not None and own.is_file():
        added = read_diagnosis_sets(_text(own), str(own))
        twice = sorted(set(sets) & set(added))
        if twice:
            raise TomlError(
                f"{own}: the id {twice[0]!r} is one of the package's. Give the list an id of its own."
            )
        sets |= added
    return sets


@cache
def load_calcium_scales(folder: Path | None = None) -> Mapping[str, CalciumScale]:
    """The calcium scales by id; the clinic's file goes before the packaged one. Raises TomlError."""
    packaged = read_calcium_scales(_text(_PACKAGE.joinpath("calcium.toml")), "calcium.toml")
    own = folder / "calcium.toml" if folder else None
    if own is None or not own.is_file():
        return packaged
    scales = read_calcium_scales(_text(own), str(own))
    if set(scales) != set(packaged):
        raise TomlError(f"{own}: id must be {next(iter(packaged))!r}, by which the policies name the table.")
    return scales


@cache
def load_book(folder: Path | None = None) -> PolicyBook:
    """All policies: the packaged ones, and those of the clinic's ``folder``.

    Raises TomlError where a file is broken, and where it cannot be told which of two versions holds on a day.
    """
    tables = ReferenceTables(load_diagnosis_sets(folder), load_calcium_scales(folder))
    policies = _policies(_PACKAGE.joinpath("policies"), tables)
    own = folder / "policies" if folder else None
    if own is not None and own.is_dir():
        policies += _policies(own, tables, shown=str(own) + "/")
    try:
        return PolicyBook(policies)
    except ValueError as error:
        where = f"{own}: " if own is not None else ""
        raise TomlError(f"{where}{error}") from error


def load_packaged() -> PolicyBook:
    """The packaged policies alone. Raises TomlError where a file is broken."""
    return load_book(None)


def _policies(folder: Traversable, tables: ReferenceTables, shown: str = "") -> tuple[Policy, ...]:
    found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return tuple(
        read_policy(_text(entry), f"{shown}{entry.name}", tables)
        for entry in found
        if entry.name.endswith(".toml")
    )


def _text(file: Traversable) -> str:
    """The text of a file. Raises TomlError where it is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TomlError(f"{file}: the file is not UTF-8 text: {error}.") from error
