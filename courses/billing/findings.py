"""What the scrubber says about a claim line. PURE."""

from dataclasses import dataclass
from enum import StrEnum

from courses.intervals import Interval

#: The code of a line for which no claim is made.
PATIENT_PAYS = "patient_pays"


class Severity(StrEnum):
    """A block keeps the line back, a warning asks somebody to look, a note tells what will be done."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class Mover(StrEnum):
    """Whose move it is."""

    NURSE = "nurse"
    PHYSICIAN = "physician"
    BILLING = "billing"
    FRONT_DESK = "front_desk"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class LineFinding:
    """One reason, with the ``field`` that mends it and whose move it is."""

    code: str
    severity: Severity
    sentence: str
    source: str
    field: str
    mover: Mover
    uncovered: tuple[Interval, ...] = ()


def block(code: str, sentence: str, source: str, field: str, mover: Mover) -> LineFinding:
    return LineFinding(code, Severity.BLOCK, sentence, source, field, mover)


def warn(code: str, sentence: str, source: str, field: str, mover: Mover) -> LineFinding:
    return LineFinding(code, Severity.WARN, sentence, source, field, mover)


def note(code: str, sentence: str, source: str, field: str, mover: Mover = Mover.NOBODY) -> LineFinding:
    return LineFinding(code, Severity.NOTE, sentence, source, field, mover)
