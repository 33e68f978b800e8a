"""How verdicts and pathways are called on screen, and in which of the states' colours."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.eligibility.conclusion import Pathway
from patients.eligibility.diagnosis_set import Support
from patients.eligibility.rules.outcome import State


@dataclass(frozen=True, slots=True)
class Shown:
    """A word with its light: go, look, stop or idle."""

    label: str | Promise
    light: str


STATES = {
    State.MET: Shown(_("Met"), "go"),
    State.NOT_MET: Shown(_("Not met"), "stop"),
    State.UNKNOWN: Shown(_("Not known"), "look"),
    State.NEEDS_HUMAN: Shown(_("A person decides"), "look"),
}
PATHWAYS = {
    Pathway.COVERED: Shown(_("Covered"), "go"),
    Pathway.NOT_COVERED: Shown(_("Not covered"), "stop"),
    Pathway.INCOMPLETE: Shown(_("Record incomplete"), "look"),
    Pathway.REVIEW: Shown(_("Physician decides"), "look"),
    Pathway.MA_DETERMINATION: Shown(_("Ask the plan first"), "look"),
    Pathway.PAYER_MET: Shown(_("Payer's policy met"), "go"),
    Pathway.PAYER_NOT_MET: Shown(_("Payer's policy not met"), "stop"),
    Pathway.PAYER_UNKNOWN: Shown(_("Payer's policy: facts missing"), "look"),
    Pathway.PAYER_REVIEW: Shown(_("Payer's policy: a person decides"), "look"),
    Pathway.SELF_PAY: Shown(_("Patient pays"), "go"),
}
#: What a diagnosis code can do for a claim by NCD 20.20, as our list of codes says.
SUPPORT = {
    Support.ACCEPT: Shown(_("Supports the claim"), "go"),
    Support.ACCEPT_WITH_WARNING: Shown(_("A reviewer decides"), "look"),
    Support.REJECT_AS_SOLE_SUPPORT: Shown(_("Not alone"), "stop"),
    Support.NOT_BILLABLE: Shown(_("Not billable"), "stop"),
    Support.UNLISTED: Shown(_("Says nothing of angina"), "idle"),
}
#: What each pathway means for the people of the clinic.
NEXT_STEPS = {
    Pathway.COVERED: _("Write and sign the order. Sessions are claimed from Medicare."),
    Pathway.NOT_COVERED: _(
        "Medicare does not cover this. Treatment needs a notice to the patient first; the physician decides whether "
        "to offer it."
    ),
    Pathway.INCOMPLETE: _("Complete or correct the record before session 1, then assess again."),
    Pathway.REVIEW: _("A physician looks at the open point and decides whether to go on."),
    Pathway.MA_DETERMINATION: _("Ask the Medicare Advantage plan for a determination before session 1."),
    Pathway.PAYER_MET: _("The payer's published criteria are met. Check whether it wants prior approval."),
    Pathway.PAYER_NOT_MET: _(
        "The payer's published criteria are not met. Talk with the payer before session 1."
    ),
    Pathway.PAYER_UNKNOWN: _("Find what is missing, or ask the payer for its policy, then assess again."),
    Pathway.PAYER_REVIEW: _("Look up what no fact here can show, and note it in the record."),
    Pathway.SELF_PAY: _("The patient pays. Give a written estimate before session 1."),
}


def state_shown(code: str) -> Shown:
    """A state as shown; a code of another version reads as it is."""
    return STATES[State(code)] if code in set(State) else Shown(code.replace("_", " ").capitalize(), "idle")


def pathway_shown(code: str) -> Shown:
    return (
        PATHWAYS[Pathway(code)]
        if code in set(Pathway)
        else Shown(code.replace("_", " ").capitalize(), "idle")
    )


def next_step(code: str) -> str | Promise:
    return NEXT_STEPS[Pathway(code)] if code in set(Pathway) else ""
