"""What was typed into the search box: words of a name or MRN, a date of birth, a phone number.

Pure.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from patients.plain_text import digits, plain

_FORMS = ("%Y-%m-%d", "%d-%b-%Y", "%d-%B-%Y", "%m/%d/%Y", "%m-%d-%Y", "%d.%m.%Y", "%m%d%Y")
_PHONE = re.compile(r"\+?[0-9(][0-9\s().-]{5,}")
#: A date written with spaces, which would otherwise fall apart into words.
_SPACED = re.compile(r"\b(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})\b|\b([A-Za-z]{3,9}) (\d{1,2}),? (\d{4})\b")
#: Trigrams need three letters; fewer are looked for at the beginning of a word only.
INSIDE_FROM = 3


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What each patient found must have: every word, and the day of birth where one was given."""

    words: tuple[str, ...] = ()
    born: date | None = None
    phone: str = ""
    #: The words as one text, to measure likeness by.
    text: str = field(default="", compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.born or self.phone)


def read(typed: str) -> SearchWords:
    """Understand what was typed; a number that could be a phone is one unless it is a date."""
    joined = _SPACED.sub(_joined, typed)
    born: date | None = None
    rest = []
    for part in re.split(r"[\s,]+", joined.strip()):
        day = read_day(part)
        if day is not None and born is None:
            born = day
        elif part:
            rest.append(part)
    left = " ".join(rest)
    if _PHONE.fullmatch(left) and len(digits(left)) >= 7:
        # The country code is seldom typed at the desk and often by the patient.
        return SearchWords(phone=digits(left)[-10:], born=born)
    text = plain(left)
    return SearchWords(words=tuple(text.split()), born=born, text=text)


def _joined(match: re.Match[str]) -> str:
    day, month, year, month_first, day_second, year_last = match.groups()
    if day is None:
        day, month, year = day_second, month_first, year_last
    text = f"{int(day):02d}-{month}-{year}"
    return text if read_day(text) else match.group()


def read_day(word: str) -> date | None:
    """A word as a date, in any form in which a day is written in the US with a year of four digits."""
    for form in _FORMS:
        try:
            # Only the day is read; it has no zone.
            day = datetime.strptime(word, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        # An eight-digit MRN is a date of birth only where it could be one.
        if form != "%m%d%Y" or (len(word) == 8 and 1900 <= day.year <= 2100):
            return day
    return None
