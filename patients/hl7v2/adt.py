"""HL7 version 2 ADT messages into the values of a patient's record. PURE.

Lenient in what is read: any version from 2.3 to 2.8, with or without a frame, with any line ends. Fields are those
of the PID segment (HL7 2.8.2, chapter 3): 3 identifiers, 5 name, 7 birth, 8 sex, 11 address, 13 phone and e-mail.
"""

import re
from dataclasses import dataclass, field
from datetime import date

import hl7

from patients.fhir.codes import state_code

#: Registering an outpatient, and updating who is known. Everything else is named and left alone.
REGISTER, UPDATE = "A04", "A08"
#: What HL7 writes for "take away what you have".
DELETE = '""'
_SEX = {"F": "F", "M": "M", "O": "X", "A": "X", "U": "U", "N": "U"}
_FRAME = re.compile(r"[\x0b\x1c]")
_HEADER = re.compile(r"MSH([^\w\s])([^\w\s]{3,5})(\1|$)")
_ESCAPE = re.compile(r"\\([FSTRE])\\")
_START = re.compile(r"^(?=MSH[^A-Za-z0-9])", re.MULTILINE)

Value = str | date


@dataclass(frozen=True, slots=True)
class AdtMessage:
    """One message. ``values`` holds what the message says; an empty text says that the record shall forget it.

    ``skip`` is a sentence where nothing may be done with it; ``notes`` say which values could not be taken.
    """

    control_id: str
    event: str
    mrn: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_test: bool = False
    skip: str = ""


def decode(data: bytes) -> str:
    """The text of a file; UTF-8, else the Latin-1 that older senders use."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_messages(text: str) -> list[AdtMessage]:
    """Every message of a file, in its order. Raises ValueError, in a sentence, where there is none."""
    lines = _FRAME.sub("\n", text).replace("\r\n", "\n").replace("\r", "\n")
    parts = [part.strip() for part in _START.split(lines) if part.startswith("MSH")]
    if not parts:
        raise ValueError("This is not an HL7 version 2 file: no line begins with MSH.")
    return [read_message("\r".join(line for line in part.split("\n") if line.strip())) for part in parts]


class _Segment:
    """A segment as lists of texts: repetitions of components of subcomponents."""

    def __init__(self, message: hl7.Message, name: str) -> None:
        try:
            self._segment = message.segment(name)
        except KeyError:
            self._segment = None
        marks = str(message.segment("MSH")[2])
        self._component, self._repetition = marks[0], marks[1]
        self._sub = marks[3] if len(marks) > 3 else "&"
        self._escaped = {
            "F": str(message.segment("MSH")[1]),
            "S": self._component,
            "T": self._sub,
            "R": self._repetition,
            "E": marks[2],
        }

    @property
    def is_there(self) -> bool:
        return self._segment is not None

    def text(self, number: int) -> str:
        """The whole field as it stands, without escapes; empty where there is none."""
        if self._segment is None or len(self._segment) <= number:
            return ""
        return str(self._segment[number]).strip()

    def repetitions(self, number: int) -> list[list[str]]:
        """The components of each repetition; of subcomponents all, with a space between."""
        return [
            [self._plain(component) for component in one.split(self._component)]
            for one in self.text(number).split(self._repetition)
            if one.strip()
        ]

    def first(self, number: int) -> list[str]:
        return next(iter(self.repetitions(number)), [])

    def _plain(self, component: str) -> str:
        parts = [self._unescape(part) for part in component.split(self._sub)]
        return " ".join(part for part in parts if part)

    def head(self, number: int, repetition: int, component: int) -> str:
        """The first subcomponent alone: of a family name the name, without a partner's."""
        rows = self.text(number).split(self._repetition)
        parts = rows[repetition].split(self._component) if repetition < len(rows) else []
        raw = parts[component] if component < len(parts) else ""
        return self._unescape(raw.split(self._sub)[0])

    def _unescape(self, text: str) -> str:
        """The marks of the message where they were escaped; what is highlighted or formatted stays as it is."""
        return _ESCAPE.sub(lambda found: self._escaped[found[1]], text).strip()


def read_message(text: str) -> AdtMessage:
    """One message, its lines parted by carriage returns."""
    if _HEADER.match(text) is None:
        return AdtMessage("", "", skip="Its header (MSH) does not say by which marks it is parted.")
    try:
        message = hl7.parse(text)
        header = _Segment(message, "MSH")
    # The library asserts where it does not refuse.
    except (hl7.HL7Exception, AssertionError, ValueError, KeyError, IndexError) as error:
        return AdtMessage("", "", skip=f"It cannot be read as HL7 version 2 ({type(error).__name__}).")
    kind = [*header.first(9), "", ""]
    control_id, event = header.text(10), kind[1]
    person = _Segment(message, "PID")
    if kind[0] != "ADT" or event not in (REGISTER, UPDATE):
        name = " ".join(part for part in kind[:2] if part) or "without a type"
        return AdtMessage(control_id, event, skip=f"A message {name}: only ADT A04 and A08 are taken.")
    if not person.is_there:
        return AdtMessage(control_id, event, skip="There is no PID segment.")
    mrn = _record_number(person)
    if not mrn:
        return AdtMessage(control_id, event, skip="PID-3 holds no medical record number (type MR).")
    values, notes = _values(person)
    is_test = header.text(11)[:1] in ("T", "D")
    return AdtMessage(control_id, event, mrn, values, tuple(notes), is_test)


def _record_number(person: _Segment) -> str:
    """The identifier of type MR; where none has a type, the only one."""
    numbers = person.repetitions(3)
    typed = [number for number in numbers if len(number) > 4 and number[4] == "MR"]
    # Older senders leave the authority out and so write the type one place too early.
    early = [number for number in numbers if len(number) == 4 and number[3] == "MR"]
    if typed or early:
        return (typed or early)[0][0]
    alone = numbers[0] if len(numbers) == 1 else [""]
    has_type = len(alone) > 4 and alone[4]
    return "" if has_type else alone[0]


def _values(person: _Segment) -> tuple[dict[str, Value], list[str]]:
    found: dict[str, Value] = {"family_name": person.head(5, 0, 0)}
    notes: list[str] = []
    found["given_name"] = " ".join(part for part in person.first(5)[1:3] if part)
    born = person.text(7)
    if birth := _day(born):
        found["birth_date"] = birth
    elif born:
        notes.append("PID-7 is not a day of birth")
    sex = person.head(8, 0, 0)
    if sex in _SEX:
        found["sex"] = _SEX[sex]
    elif sex:
        notes.append("PID-8 is not a sex of HL7's table 0001")
    found |= _address(person, notes)
    found |= _ways_to_reach(person)
    return {name: value for name, value in found.items() if value or name in _forgotten(person)}, notes


def _forgotten(person: _Segment) -> frozenset[str]:
    """Fields that the message takes away with two quotation marks."""
    gone: set[str] = set()
    if person.text(11) == DELETE:
        gone |= {"address", "city", "state", "postal_code"}
    if person.text(13) == DELETE:
        gone |= {"phone", "email"}
    return frozenset(gone)


def _day(text: str) -> date | None:
    digits = re.match(r"(\d{4})(\d{2})(\d{2})", text)
    if digits is None:
        return None
    try:
        return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        return None


def _address(person: _Segment, notes: list[str]) -> dict[str, Value]:
    if person.text(11) == DELETE:
        return {"address": "", "city": "", "state": "", "postal_code": ""}
    places = [[*place, *[""] * (7 - len(place))] for place in person.repetitions(11)]
    place = next((one for one in places if one[6] == "H"), places[0] if places else [""] * 7)
    state = state_code(place[3])
    if place[3] and not state:
        notes.append("PID-11 names no state of the US")
    return {
        "address": ", ".join(part for part in place[:2] if part),
        "city": place[2],
        "state": state,
        "postal_code": place[4],
    }


def _ways_to_reach(person: _Segment) -> dict[str, Value]:
    if person.text(13) == DELETE:
        return {"phone": "", "email": ""}
    found: dict[str, Value] = {}
    for way in person.repetitions(13):
        given = [*way, *[""] * (12 - len(way))]
        if given[1] == "NET" or given[2] == "Internet":
            found.setdefault("email", given[3])
        elif number := _number(given):
            found.setdefault("phone", number)
    return found


def _number(given: list[str]) -> str:
    """Area code and number where they are told apart, else the number as it was written."""
    if given[5] and given[6]:
        return f"{given[5]}-{given[6][:3]}-{given[6][3:]}" if len(given[6]) == 7 else f"{given[5]}-{given[6]}"
    return given[0] or given[11]
