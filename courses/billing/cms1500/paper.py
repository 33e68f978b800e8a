"""Claims on paper: pages of a CMS-1500 (02/12), six lines each, by the number of each box. PURE.

Every page is a claim of its own with its own total, because payers read each form alone. Lines under another
supervisor begin a new page: boxes 17 and 31 name one. A name too long for its box is cut and the page says so; a
number too long is refused, because half a number is a wrong one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from courses.billing.cms1500.boxes import BOXES, SERVICE_LINES
from courses.billing.x12.characters import plain
from courses.billing.x12.claim import Claim, ServiceLine
from courses.billing.x12.parties import BillingProvider

ON_FILE = "SIGNATURE ON FILE"
LINES_A_PAGE = len(SERVICE_LINES)


class PaperRefusal(ValueError):
    """What cannot be printed; ``box`` is its number on the form, ``sentence`` what to do."""

    def __init__(self, box: str, sentence: str) -> None:
        super().__init__(f"Box {box}: {sentence}")
        self.box = box
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperClaim:
    """What the form asks beside the claim. ``signed_by`` and ``signed_on`` are box 31; ``patient_signed_on`` None:
    the day on which the patient's signature came on file is not known, and box 12 has no date. ``from_accident`` is
    box 10: whether work or an accident caused the condition; None: nobody asked, and the box stays empty.
    """

    claim: Claim
    billing: BillingProvider
    signed_by: str
    signed_on: date
    patient_phone: str = ""
    patient_signed_on: date | None = None
    from_accident: bool | None = None


@dataclass(frozen=True, slots=True)
class BoxNote:
    """A box whose text had to be cut, or that stays empty for want of an answer."""

    box: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Page:
    """One form: text by key of its box, in the order of the form."""

    texts: dict[str, str]
    notes: tuple[BoxNote, ...]
    total: Decimal
    lines: tuple[ServiceLine, ...]

    def by_number(self) -> list[tuple[str, str]]:
        """'3', '03 04 1951 F': what each numbered box says; a cross is told by what it stands at."""
        said: dict[str, list[str]] = {}
        for key, text in self.texts.items():
            number, _, part = key.partition(" ")
            on_line = (
                part.rpartition("line ")[2] if " line " in f" {part}" and number.startswith("24") else ""
            )
            shown = part if text == "X" and part else text.strip()
            said.setdefault(f"{number}, line {on_line}" if on_line else number, []).append(shown)
        return [(number, " ".join(texts)) for number, texts in said.items()]


class Sheet:
    """A page while it is being filled."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._notes: list[BoxNote] = []

    def words(self, key: str, text: str) -> None:
        """A name or address: cut to its box, and noted."""
        written = self._plain(key, text)
        width = BOXES[key].width
        if len(written) > width:
            self._notes.append(
                BoxNote(
                    key, f"“{written}” has {len(written)} characters and the box {width}: the end is cut."
                )
            )
        self._put(key, written[:width].rstrip())

    def exact(self, key: str, text: str) -> None:
        """A number or code, which is never cut. Raises PaperRefusal."""
        written = self._plain(key, text)
        if len(written) > BOXES[key].width:
            raise PaperRefusal(
                key, f"“{written}” has {len(written)} characters and the box {BOXES[key].width}. Correct it."
            )
        self._put(key, written)

    def leave_empty(self, box: str, sentence: str) -> None:
        self._notes.append(BoxNote(box, sentence))

    def need(self, key: str, text: str, what: str) -> None:
        """A number or code that must be there. Raises PaperRefusal."""
        if not text.strip():
            raise PaperRefusal(key, f"{what} is not known. Enter it first.")
        self.exact(key, text)

    def cross(self, key: str) -> None:
        self._put(key, "X")

    def day(self, key: str, day: date, *, short: bool = False) -> None:
        """A date in its three parts; ``short``: two digits of the year."""
        self._put(f"{key} month", f"{day.month:02}")
        self._put(f"{key} day", f"{day.day:02}")
        self._put(f"{key} year", f"{day.year % 100:02}" if short else f"{day.year:04}")

    def day_on_line(self, key: str, day: date, line: int) -> None:
        for part, text in (("month", day.month), ("day", day.day), ("year", day.year % 100)):
            self._put(f"{key} {part} line {line}", f"{text:02}")

    def money(self, key: str, amount: Decimal) -> None:
        """Dollars and cents without a point, right-aligned: the form has a line between them. Raises PaperRefusal."""
        written = f"{int(amount * 100):d}".zfill(3)
        width = BOXES[key].width
        if amount < 0 or len(written) > width:
            raise PaperRefusal(key, "The amount does not fit into its box. Look for a misplaced point.")
        self._put(key, written.rjust(width))

    def page(self, lines: Sequence[ServiceLine], total: Decimal) -> Page:
        ordered = {key: self._texts[key] for key in BOXES if self._texts.get(key, "").strip()}
        return Page(ordered, tuple(self._notes), total, tuple(lines))

    def _plain(self, key: str, text: str) -> str:
        written, lost = plain(text)
        if lost:
            raise PaperRefusal(
                key, f"The form cannot carry {' '.join(lost)}. Write it as it stands on the insurance card."
            )
        return written

    def _put(self, key: str, text: str) -> None:
        if key not in BOXES:
            raise KeyError(key)
        self._texts[key] = text
