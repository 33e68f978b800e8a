"""Panels that other rooms hang on a patient's page.

This room knows nothing of courses; a room above it registers, from its ``AppConfig.ready``, a function that
answers with a panel of its own for one patient, or with none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Panel:
    """A template, included with ``panel`` as its context; ``is_aside`` stands it below the person, in the side column."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    is_aside: bool = False


PanelSource = Callable[[Patient, frozenset[str], datetime], Panel | None]
_sources: list[PanelSource] = []


def register(source: PanelSource) -> PanelSource:
    """Have ``source(patient, roles, now)`` asked for a panel; once, however often it registers."""
    if source not in _sources:
        _sources.append(source)
    return source


def unregister(source: PanelSource) -> None:
    _sources.remove(source)


def panels_for(patient: Patient, roles: frozenset[str], now: datetime) -> list[Panel]:
    """The panels for a reader of these roles, in the order of registering."""
    return [panel for source in _sources if (panel := source(patient, roles, now))]
