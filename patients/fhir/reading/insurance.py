"""Coverages: FHIR Coverage resources, and what claims name as the payer where there are none. PURE.

A claim shows that somebody paid on a day; it does not show since when the insurance is in force, so the first day
stays unknown there.
"""

from dataclasses import dataclass
from datetime import date

from patients.fhir.codes import (
    PAYER_KINDS,
    RELATIONSHIPS,
    SOURCE_OF_PAYMENT,
    SUBSCRIBER_RELATIONSHIP,
)
from patients.fhir.reading.bundle import Bundle, Entry
from patients.fhir.reading.elements import Json, codings, day, references, words
from patients.fhir.reading.found import FoundCoverage, Plain, Source, Value

#: Words by which senders say that nobody pays.
NOBODY = frozenset({"no_insurance", "no insurance", "uninsured"})


@dataclass(slots=True)
class _Seen:
    """A payer as claims name it: on how many, and the first and the last day."""

    claims: int = 0
    first: date | None = None
    last: date | None = None
    last_claim: str = ""

    def add(self, entry: Entry, on: date | None) -> None:
        self.claims += 1
        if on is not None:
            self.first = min(self.first or on, on)
            if self.last is None or on >= self.last:
                self.last, self.last_claim = on, entry.name
        self.last_claim = self.last_claim or entry.name


def read_coverages(bundle: Bundle) -> tuple[tuple[FoundCoverage, ...], tuple[Source, ...]]:
    """Each insurance once, the newest first, and remarks on those that were not taken."""
    found: list[FoundCoverage] = []
    remarks: list[Source] = []
    for entry in bundle.of("Coverage"):
        if entry.resource.get("status") == "active":
            found.append(_coverage(bundle, entry))
        else:
            remarks.append(Source(entry.name, f"Coverage marked {entry.resource.get('status')}: not taken."))
    named = {one.payer_name.casefold() for one in found}
    claimed, more = _from_claims(bundle)
    return (*found, *(one for one in claimed if one.payer_name.casefold() not in named)), (*remarks, *more)


def _coverage(bundle: Bundle, entry: Entry) -> FoundCoverage:
    resource = entry.resource
    period = resource.get("period", {})
    starts, ends = day(period.get("start")), day(period.get("end"))
    values: list[tuple[str, Plain | None]] = [
        ("member_id", resource.get("subscriberId") or _member_number(resource)),
        ("relationship", _relationship(resource)),
        ("starts_on", starts.isoformat() if starts else None),
        ("ends_on", ends.isoformat() if ends else None),
        ("priority", resource["order"] if resource.get("order") in (1, 2, 3) else None),
    ]
    source = Source(entry.name, "Coverage", starts)
    return FoundCoverage(
        _payer(bundle, resource),
        _kind(resource),
        tuple(Value(name, value, (source,)) for name, value in values if value),
        (source,),
    )


def _relationship(resource: Json) -> str:
    """What the patient is to the subscriber, only where the file says it by FHIR's own code."""
    given = codings(resource.get("relationship"))
    return next(
        (RELATIONSHIPS.get(code, "") for system, code in given if system == SUBSCRIBER_RELATIONSHIP), ""
    )


def _member_number(resource: Json) -> str:
    given = resource.get("identifier", [])
    return next((str(one["value"]) for one in given if one.get("value")), "") if len(given) == 1 else ""


def _payer(bundle: Bundle, resource: Json) -> str:
    for payor in resource.get("payor", []):
        if payor.get("display"):
            return str(payor["display"])
        for reference in references({"payor": payor}, "payor"):
            target = bundle.resolve(resource, reference) or {}
            if target.get("name") and target.get("resourceType") == "Organization":
                return str(target["name"])
    return words(resource.get("type"))


def _kind(resource: Json) -> str:
    """The kind of payer, only where the source of payment says it."""
    for system, code in codings(resource.get("type")):
        if system.replace("www.", "") == SOURCE_OF_PAYMENT:
            return next((kind for start, kind in PAYER_KINDS if code.startswith(start)), "")
    return ""


def _from_claims(bundle: Bundle) -> tuple[list[FoundCoverage], list[Source]]:
    seen: dict[str, _Seen] = {}
    for entry in bundle.of("ExplanationOfBenefit"):
        resource = entry.resource
        for insurance in resource.get("insurance", []):
            for reference in references(insurance, "coverage"):
                coverage = bundle.resolve(resource, reference) or {}
                name = _payer(bundle, coverage) or insurance["coverage"].get("display", "")
                if name:
                    on = day(resource.get("billablePeriod", {}).get("start")) or day(resource.get("created"))
                    seen.setdefault(name, _Seen()).add(entry, on)
    found: list[FoundCoverage] = []
    remarks: list[Source] = []
    for name, one in sorted(seen.items(), key=lambda item: item[1].last or date.min, reverse=True):
        says = f"Payer “{name}” on {one.claims} {'claim' if one.claims == 1 else 'claims'}{_span(one)}"
        # The days stand in the words: a date behind them would read as that of the coverage.
        source = Source(one.last_claim, says)
        if name.casefold() in NOBODY:
            remarks.append(source)
        else:
            found.append(FoundCoverage(name, "", (), (source,)))
    return found, remarks


def _span(seen: _Seen) -> str:
    if seen.first is None or seen.last is None:
        return ""
    return f", {seen.first:%d-%b-%Y} to {seen.last:%d-%b-%Y}"
