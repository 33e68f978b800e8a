"""The modifiers of a line, from facts. PURE.

76 (or what the payer's profile says) is the second session of a day; GA an expected denial with an ABN that counts; GZ
one without, and only where a person says that the claim is to go all the same. GX and GY are never set: they are for
what Medicare never covers, and EECP is a benefit.
"""

from courses.billing.line import LineFacts, PayerKind, ScrubRules
from courses.billing.rules.notice_rules import CLAIMING, abn_that_counts, expects_denial
from courses.billing.rules.repeat_rules import REPEAT_MODIFIER

ABN_ON_FILE, NO_ABN = "GA", "GZ"


def modifiers_of(facts: LineFacts, rules: ScrubRules, *, with_gz: bool = False) -> tuple[str, ...]:
    """In the order in which they are written. ``with_gz``: claim what is to be denied, and no ABN counts."""
    found = []
    if facts.number_on_day == 2:
        found.append(facts.payer.repeat_modifier or REPEAT_MODIFIER)
    if facts.payer_kind is PayerKind.ORIGINAL_MEDICARE and expects_denial(facts, rules):
        counting = abn_that_counts(facts, rules)
        if counting is not None and counting.option in CLAIMING:
            found.append(ABN_ON_FILE)
        elif counting is None and with_gz:
            found.append(NO_ABN)
    return tuple(found)
