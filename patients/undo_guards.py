"""Why a merge cannot be undone any more, as rooms above this one see it.

This room knows nothing of treatment; a room above registers, from its ``AppConfig.ready``, a function that answers with
a sentence where an undo would take apart what was signed since, or with None.
"""

from collections.abc import Callable

from patients.models import PatientMerge

UndoGuard = Callable[[PatientMerge], str | None]
_guards: list[UndoGuard] = []


def register(guard: UndoGuard) -> UndoGuard:
    """Have ``guard`` asked; once, however often it registers."""
    if guard not in _guards:
        _guards.append(guard)
    return guard


def obstacles(merge: PatientMerge) -> list[str]:
    return [sentence for guard in _guards if (sentence := guard(merge))]
