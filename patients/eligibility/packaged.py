"""The policies that come with the package: the one place of this folder that opens files."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from patients.eligibility.diagnosis_set import DiagnosisSet
from patients.eligibility.policies import (
    ReferenceTables,
    read_calcium_scales,
    read_diagnosis_sets,
    read_policy,
)
from patients.eligibility.policy import PolicyBook


@cache
def load_diagnosis_sets() -> Mapping[str, DiagnosisSet]:
    """The packaged lists of diagnosis codes, by id. Raises TomlError where the file is broken."""
    text = files("patients.eligibility").joinpath("diagnoses.toml").read_text("utf-8")
    return read_diagnosis_sets(text, "diagnoses.toml")


@cache
def load_packaged() -> PolicyBook:
    """All packaged policies. Raises TomlError where a file is broken."""
    folder = files("patients.eligibility")
    tables = ReferenceTables(
        load_diagnosis_sets(),
        read_calcium_scales(folder.joinpath("calcium.toml").read_text("utf-8"), "calcium.toml"),
    )
    found = sorted(folder.joinpath("policies").iterdir(), key=lambda entry: entry.name)
    return PolicyBook(
        tuple(
            read_policy(entry.read_text("utf-8"), entry.name, tables)
            for entry in found
            if entry.name.endswith(".toml")
        )
    )
