"""What any payer asks of the line: place, who rendered it, nothing else beside it that day, in time. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import LineFacts, PayerKind, ScrubRules
from courses.billing.rule import says
from courses.billing.timely_filing import MEDICARE_MONTHS, filing_limit
from eecp_clinic.identifiers import check_npi

PLACE = "National Government Services, places of service for PC/TC 5 codes"
MANUAL = "Medicare Claims Processing Manual, ch. 32 §130 (as summarised by AAPC)"
TO_BE_CONFIRMED = "General billing knowledge, to be confirmed by the clinic"
NPI = "45 CFR 162.406 (National Provider Identifier)"
FILING = "Timely filing, Medicare fee-for-service: 12 months from the from-date"

ALLOWED_PLACES = ("11", "49")
DENIED_PLACES = ("19", "22")
#: Not to be reported on the day of G0166 unless separate and distinct; 99202 to 99215 are office visits.
CONFLICTING_CODES = frozenset({"92971", "93040", "93041", *(str(code) for code in range(99202, 99216))})
#: Pulse oximetry and plethysmography: part of the session by what is known, without a source that says so.
PERHAPS_CONFLICTING_CODES = frozenset({"94760", "94761", "93922", "93923"})


@says("place_not_known", "place_denied", "place_unusual")
def place(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    place = facts.place_of_service
    if place is None:
        sentence = "The place of service is not known. Enter 11 (office) or 49 (independent clinic)."
        yield block("place_not_known", sentence, PLACE, "place_of_service", Mover.BILLING)
    elif place in DENIED_PLACES:
        sentence = (
            f"Place of service {place} is an outpatient hospital: a professional claim is denied there."
        )
        yield block("place_denied", sentence, PLACE, "place_of_service", Mover.BILLING)
    elif place not in ALLOWED_PLACES:
        sentence = f"Place of service {place} is neither 11 nor 49. Check it with the contractor."
        yield warn("place_unusual", sentence, PLACE, "place_of_service", Mover.BILLING)


@says("billing_npi_wrong")
def practitioner(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """The number under which the line goes; that it is the supervisor's is a rule of the record."""
    if facts.billing_npi is None:
        return
    try:
        check_npi(facts.billing_npi)
    except ValueError as error:
        yield block(
            "billing_npi_wrong",
            f"The billing practitioner's NPI: {error}",
            NPI,
            "billing_npi",
            Mover.ADMINISTRATOR,
        )


def _conflicts(facts: LineFacts) -> tuple[tuple[str, frozenset[str]], ...]:
    """Codes that do not go beside G0166, by the source that says so; the payer's own list is in its profile."""
    own = facts.payer.same_day_conflicts
    payers = frozenset(
        code for code in facts.other_codes_that_day if any(_names(entry, code) for entry in own)
    )
    known = CONFLICTING_CODES | PERHAPS_CONFLICTING_CODES
    return (
        (MANUAL, CONFLICTING_CODES),
        (TO_BE_CONFIRMED, PERHAPS_CONFLICTING_CODES),
        (facts.payer.profile_source or "The payer's profile", payers - known),
    )


def _names(entry: str, code: str) -> bool:
    """Whether an entry such as 99202 or 99202-99215 names the code."""
    first, _, last = entry.partition("-")
    return first.strip() <= code <= (last or first).strip()


@says("same_day_codes", "same_day_separate")
def same_day(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    for source, conflicts in _conflicts(facts):
        met = [code for code in facts.other_codes_that_day if code in conflicts]
        separate = [code for code in met if code in facts.separate_codes_that_day]
        codes = [code for code in met if code not in separate]
        if codes:
            yield warn(
                "same_day_codes",
                f"{', '.join(codes)} on the same day is not paid beside G0166 unless separate and distinct. "
                "Check what is documented for it.",
                source,
                "other_codes_that_day",
                Mover.BILLING,
            )
        if separate:
            sentence = (
                f"{', '.join(separate)} on the same day is noted as separate and distinct, with the reason."
            )
            yield note("same_day_separate", sentence, source, "separate_codes_that_day")


@says("filed_too_late", "filing_limit_near", "filing_limit")
def filing(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    is_medicare = facts.payer_kind is PayerKind.ORIGINAL_MEDICARE
    months = MEDICARE_MONTHS if is_medicare else facts.payer.filing_months
    if months is None:
        return  # another payer's limit is in its contract; readiness asks for it
    source = FILING if is_medicare else facts.payer.profile_source or "The payer's profile"
    limit = filing_limit(facts.service_date, on=facts.as_of, holidays=rules.holidays, months=months)
    last = f"{limit.last_day:%a %d-%b-%Y}"
    if limit.days_left < 0:
        sentence = (
            f"The line had to be filed by {last}. It will be denied, without appeal; look for an exception."
            if is_medicare
            else f"The line had to be filed by {last}. Ask {facts.payer.name} whether it makes an exception."
        )
        yield block("filed_too_late", sentence, source, "as_of", Mover.BILLING)
        return
    days = rules.warn_days_before_filing_limit
    if limit.days_left > days:
        sentence = f"The line must be filed by {last}: {limit.days_left} days are left."
        yield note("filing_limit", sentence, source, "as_of")
        return
    # In the same words until the last day: who has looked at it is not asked anew each morning.
    left = "today is the last day" if limit.days_left == 0 else f"the last {days} days have begun"
    yield warn(
        "filing_limit_near", f"The line must be filed by {last}: {left}.", source, "as_of", Mover.BILLING
    )
