"""What was written beside a session after it was signed, and what its line has to know of it. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import LineFacts, ScrubRules
from courses.billing.rule import says

AMENDMENTS = "CMS Program Integrity Manual, ch. 3 §3.3.2.5"
CLINIC = "The clinic's own rule: a physician countersigns each session"
#: Values of a session on which its line stands, by the first word of their path.
BILLED = frozenset({"started_at", "ended_at", "stop_reason", "without_recording_reason", "pauses"})


@says("amended_value", "amended")
def amendments(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """An amendment never changes the line by itself: the line says what was signed, and a person looks at both."""
    for amended in facts.amendments:
        day = f"{amended.made_on:%d-%b-%Y}"
        if amended.field.split("/")[0] in BILLED:
            yield warn(
                "amended_value",
                f"Corrected on {day}, after signing: {amended.what}. The line still stands on what was signed: "
                "look at both before it goes.",
                AMENDMENTS,
                "amendments",
                Mover.BILLING,
            )
        else:
            sentence = f"Amended on {day}, after signing: {amended.what}. It is on the session's sheet."
            yield note("amended", sentence, AMENDMENTS, "amendments")


@says("not_countersigned", "amended_after_countersigning")
def countersignature(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if not facts.countersignature_needed:
        return
    if facts.countersigned_with is None:
        yield block(
            "not_countersigned",
            "The clinic wants a physician's countersignature, and it is not there. Countersign it from the reviews.",
            CLINIC,
            "countersigned_with",
            Mover.PHYSICIAN,
        )
    elif facts.countersigned_with < len(facts.amendments):
        said, read = len(facts.amendments), facts.countersigned_with
        yield warn(
            "amended_after_countersigning",
            f"The session was amended after it was countersigned: of {said} amendments {read} had been made by then. "
            "Have a physician read the rest.",
            CLINIC,
            "countersigned_with",
            Mover.PHYSICIAN,
        )
