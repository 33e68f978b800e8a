"""The rules in use: those of the package, and those of the folder that the setting ``CLINIC_RULES`` names.

All of it is read when the program starts (``check``), so that a broken file stops the start and not a nurse.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from patients.eligibility.calcium import CalciumScale
from patients.eligibility.diagnosis_set import DiagnosisSet
from patients.eligibility.packaged import load_book, load_calcium_scales, load_diagnosis_sets
from patients.eligibility.policy import PolicyBook
from patients.notice_rules import NoticeRules, read_notice_rules
from patients.prices import Prices, read_prices
from patients.safety_rules import SafetyRules, read_rules
from patients.toml_table import TomlError


def policy_book() -> PolicyBook:
    return load_book(settings.CLINIC_RULES)


def diagnosis_sets() -> Mapping[str, DiagnosisSet]:
    return load_diagnosis_sets(settings.CLINIC_RULES)


def calcium_scale() -> CalciumScale:
    return next(iter(load_calcium_scales(settings.CLINIC_RULES).values()))


def safety_rules() -> SafetyRules:
    return _safety_rules(settings.CLINIC_RULES)


def notice_rules() -> NoticeRules:
    return _notice_rules(settings.CLINIC_RULES)


def prices() -> Prices:
    return _prices(settings.CLINIC_RULES)


def check() -> None:
    """Read everything once. Raises ImproperlyConfigured with file, line and key."""
    folder = settings.CLINIC_RULES
    if folder is not None and not folder.is_dir():
        raise ImproperlyConfigured(
            f"CLINIC_RULES is {folder}, and there is no such folder. Make it or unset it."
        )
    try:
        policy_book()
        safety_rules()
        notice_rules()
        prices()
    except (TomlError, OSError) as error:
        raise ImproperlyConfigured(f"A rule file of the clinic cannot be used. {error}") from error


@cache
def _safety_rules(folder: Path | None) -> SafetyRules:
    return read_rules(*_own_or_packaged(folder, "safety.toml"))


@cache
def _notice_rules(folder: Path | None) -> NoticeRules:
    return read_notice_rules(*_own_or_packaged(folder, "notices.toml"))


@cache
def _prices(folder: Path | None) -> Prices:
    return read_prices(*_own_or_packaged(folder, "prices.toml"))


def _own_or_packaged(folder: Path | None, name: str) -> tuple[str, str]:
    """The text of the clinic's file, where it has one, and what to call it."""
    if folder is not None and (folder / name).is_file():
        return (folder / name).read_text("utf-8"), str(folder / name)
    return files("patients").joinpath(name).read_text("utf-8"), name
