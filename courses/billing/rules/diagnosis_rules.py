"""Whether the order's diagnosis codes can carry the line: known on the day, billable, consistent, supporting. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import Coverage, LineFacts, PayerKind, ScrubRules
from courses.billing.payer_facts import DiagnosisFacts
from courses.billing.rule import says
from patients.eligibility.diagnosis_set import DiagnosisSet, Support
from patients.eligibility.wording import day_text, listed

BOOK = "ICD-10-CM, the release in force on the day"
EXCLUDES1 = "ICD-10-CM, Excludes1 at category I20"
LIST = "The code list of the policy in force, to be confirmed by the clinic"


@says(
    "diagnosis_missing",
    "code_book_missing",
    "diagnosis_not_valid",
    "diagnosis_not_billable",
    "diagnosis_not_judged",
    "diagnosis_excludes1",
    "diagnosis_needs_review",
    "diagnosis_not_supporting",
)
def diagnosis(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    found = facts.diagnoses
    if found is None or not found.codes:
        sentence = (
            "The order names no diagnosis. Without one no claim can be made: the physician must state it."
        )
        yield block("diagnosis_missing", sentence, BOOK, "diagnoses", Mover.PHYSICIAN)
        return
    yield from _valid(found)
    codes = rules.diagnosis_set
    if codes is None or facts.service_date < codes.effective_from:
        since = f"hold from {day_text(codes.effective_from)}" if codes else "are not known here"
        sentence = f"The lists of supporting codes {since}. Check {listed(found.codes)} by hand."
        yield warn("diagnosis_not_judged", sentence, LIST, "diagnoses", Mover.BILLING)
        return
    clashes = codes.clashes(found.codes)
    if clashes:
        pairs = listed(f"{a} beside {b}" for a, b in clashes)
        sentence = f"{pairs}: Excludes1, for one angina only the second code stands. Correct the codes."
        yield block("diagnosis_excludes1", sentence, EXCLUDES1, "diagnoses", Mover.PHYSICIAN)
    yield from _supporting(found, codes, facts)


def _valid(found: DiagnosisFacts) -> Iterator[LineFinding]:
    if not found.book:
        sentence = "No release of ICD-10-CM of that day is held here, so the codes were not looked up. Add the release."
        yield note("code_book_missing", sentence, BOOK, "diagnoses", Mover.ADMINISTRATOR)
    if found.unknown:
        sentence = (
            f"{listed(found.unknown)} is not in ICD-10-CM {found.book}: not valid on the day. Correct it."
        )
        yield block("diagnosis_not_valid", sentence, BOOK, "diagnoses", Mover.PHYSICIAN)
    if found.not_billable:
        sentence = (
            f"{listed(found.not_billable)} cannot be billed: longer codes stand beneath it. Choose one."
        )
        yield block("diagnosis_not_billable", sentence, BOOK, "diagnoses", Mover.PHYSICIAN)


def _supporting(found: DiagnosisFacts, codes: DiagnosisSet, facts: LineFacts) -> Iterator[LineFinding]:
    support = {codes.support(code) for code in found.codes}
    if Support.ACCEPT in support:
        return
    if Support.ACCEPT_WITH_WARNING in support:
        sentence = (
            f"{listed(found.codes)} names spasm or small-vessel angina. Have a reviewer judge the record."
        )
        yield warn("diagnosis_needs_review", sentence, LIST, "diagnoses", Mover.PHYSICIAN)
        return
    sentence = (
        f"{listed(found.codes)} does not support the claim: no code of stable angina. Look at the chart."
    )
    # Where no cover is expected the line goes to be denied, and the code says truly why; another payer has its own list.
    is_open = facts.coverage is Coverage.NOT_COVERED or facts.payer_kind is PayerKind.OTHER
    told = warn if is_open else block
    yield told("diagnosis_not_supporting", sentence, LIST, "diagnoses", Mover.PHYSICIAN)
