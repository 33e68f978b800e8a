"""The line as its live claim asks for it: modifiers the payer refuses, a second asking, units, charge, who. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, warn
from courses.billing.line import LineFacts, ScrubRules
from courses.billing.payer_facts import Asked
from courses.billing.rule import says
from eecp_clinic.dollars import usd

FEES = "The clinic's fee schedule"
PER_SESSION = "G0166 is reported per treatment session: one line, one unit"
INCIDENT_TO = "42 CFR 410.26; G0166 is an incident-to code (PC/TC 5)"


@says("modifier_refused")
def refused_modifiers(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    payer = facts.payer
    refused = [modifier for modifier in facts.modifiers or () if modifier in payer.refused_modifiers]
    if refused:
        sentence = f"{payer.name} refuses modifier {', '.join(refused)}. Take it off the line."
        source = payer.profile_source or "The payer's profile"
        yield block("modifier_refused", sentence, source, "modifiers", Mover.BILLING)


@says("duplicate_line", "claim_names_another", "units_not_one", "charge_not_above_zero", "charge_differs")
def asked(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.asked is None:
        return
    if facts.asked.alike:
        sentence = (
            f"Claim {', '.join(facts.asked.alike)} asks for the same day, code and modifiers. "
            "Void one of the two, or correct the modifier of a second session."
        )
        yield block("duplicate_line", sentence, PER_SESSION, "asked", Mover.BILLING)
    practitioner = facts.asked.practitioner_npi
    if practitioner is not None and facts.billing_npi is not None and practitioner != facts.billing_npi:
        sentence = "The claim names another practitioner than the one who supervised. Make the claim again."
        yield block("claim_names_another", sentence, INCIDENT_TO, "asked", Mover.BILLING)
    yield from _amount(facts.asked)


def _amount(asked: Asked) -> Iterator[LineFinding]:
    if asked.units != 1:
        sentence = f"The claim asks for {asked.units} units of one session. Make the claim again with 1."
        yield block("units_not_one", sentence, PER_SESSION, "asked", Mover.BILLING)
    if asked.charge <= 0:
        sentence = "The claim asks for no amount. Make it again with the clinic's charge."
        yield block("charge_not_above_zero", sentence, FEES, "asked", Mover.BILLING)
    elif asked.fee is not None and asked.charge != asked.fee:
        sentence = f"The claim asks for {usd(asked.charge)}; the clinic charges {usd(asked.fee)}. Look which is right."
        yield warn("charge_differs", sentence, FEES, "asked", Mover.BILLING)
