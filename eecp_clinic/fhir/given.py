"""What a search parameter of FHIR R4 was given: tokens, dates with a prefix, and words. PURE.

The rules are those of the chapter "Search" of FHIR R4 (hl7.org/fhir/R4/search.html).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.\d+)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)


class ParameterError(ValueError):
    """A value that a parameter cannot have; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Token:
    """``code``, ``system|code``, ``|code`` (no system) or ``system|``; None where nothing was said."""

    system: str | None
    code: str | None

    def matches(self, system: str, code: str) -> bool:
        return self.system in (None, system) and self.code in (None, code)


@dataclass(frozen=True, slots=True)
class Moment:
    """The span of time that a date of some precision names, from ``low`` to before ``high``, and the prefix."""

    prefix: str
    low: datetime
    high: datetime


def alternatives(text: str) -> list[str]:
    """The values between commas, any of which may hold; ``\\,`` is a comma that belongs to the value."""
    parts = re.findall(r"((?:\\.|[^,\\])*)(?:,|$)", text)
    return [re.sub(r"\\(.)", r"\1", part) for part in parts if part]


def read_token(text: str) -> Token:
    if "|" not in text:
        return Token(None, text)
    system, _, code = text.partition("|")
    return Token(system, code or None)


def read_moment(text: str, zone: tzinfo) -> Moment:
    """A date or moment; one without a zone is of the clinic's. Raises ParameterError."""
    prefix, rest = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    # A plus sign that was not escaped arrives as a space.
    match = _DATE.fullmatch(rest.replace(" ", "+"))
    if prefix not in PREFIXES or match is None:
        raise ParameterError(
            f"{text!r} is not a date such as 2026-11-23 or ge2026-11-23T15:00:00Z (prefixes: {', '.join(PREFIXES)})."
        )
    try:
        low, high = _span(match, zone)
    except (ValueError, OverflowError):
        raise ParameterError(f"{text!r} is not a day of the calendar.") from None
    return Moment(prefix, low, high)


def _span(match: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    part = {
        name: int(match[name]) for name in ("year", "month", "day", "hour", "minute", "second") if match[name]
    }
    where = zone
    if match["zone"]:
        fixed = datetime.fromisoformat(f"2000-01-01T00:00:00{match['zone']}").tzinfo
        where = fixed or zone
    low = datetime(tzinfo=where, **{"month": 1, "day": 1} | part)
    if "month" not in part:
        return low, low.replace(year=low.year + 1)
    if "day" not in part:
        return low, low.replace(year=low.year + low.month // 12, month=low.month % 12 + 1)
    if "hour" not in part:
        # By the calendar, not by 24 hours: a day of the clinic may have 23 or 25.
        return low, low + timedelta(days=1)
    return low, low + (timedelta(seconds=1) if "second" in part else timedelta(minutes=1))


def read_reference(text: str, kind: str, base: str) -> str:
    """The id in ``id``, ``Kind/id`` or an address of this server. Raises ParameterError for anything else."""
    own = text.removeprefix(base)
    name, slash, code = own.rpartition("/")
    if slash and name != kind:
        raise ParameterError(f"{text!r} does not point at a {kind} of this server.")
    return code
