"""The decision in force, the coverage in force, and the authorization of a line. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, warn
from courses.billing.line import Coverage, LineFacts, PayerKind, ScrubRules
from courses.billing.rule import says
from patients.eligibility.wording import listed

NCD = "NCD 20.20, version 2"
ON_FILE = "The coverage on file"
CARD = "837P guide 005010X222A1 (2010BA, 2000C); NUCC manual, items 1a, 4, 7 and 11a"
POLICY = "The payer's policy named in the assessment"
HOME = "837P guide 005010X222A1 (2010BA, 2010CA: N3 and N4); NUCC manual, item 5"
CAUSE = "NUCC manual, items 10a to 10c; Claims Processing Manual, chapter 26, item 10; 42 CFR 411.20"
AUTHORIZATION = "The payer's profile and its authorizations on file"


@says(
    "assessment_missing",
    "assessment_incomplete",
    "assessment_of_another_payer",
    "assessment_expired",
    "not_covered",
)
def decision(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.coverage is None or facts.coverage is Coverage.INCOMPLETE:
        code = "assessment_missing" if facts.coverage is None else "assessment_incomplete"
        said = "There is no" if facts.coverage is None else "The record is incomplete for the"
        sentence = (
            f"{said} eligibility assessment in force on the day. Complete it; a notice is no substitute."
        )
        yield block(code, sentence, NCD, "coverage", Mover.PHYSICIAN)
    elif facts.payer_kind is PayerKind.OTHER and facts.coverage is not Coverage.COVERED:
        sentence = "The payer's policy is not met. Do not bill it; talk to the patient and the payer."
        yield block("not_covered", sentence, POLICY, "coverage", Mover.BILLING)
    elif facts.payer_kind is PayerKind.ORIGINAL_MEDICARE and facts.coverage is Coverage.DETERMINATION_NEEDED:
        sentence = (
            "The assessment waits for a plan, and Original Medicare pays first. Assess the patient again."
        )
        yield block("assessment_of_another_payer", sentence, NCD, "coverage", Mover.PHYSICIAN)
    yield from _expired(facts)


def _expired(facts: LineFacts) -> Iterator[LineFinding]:
    """No source says how long a decision holds; one that was made before the course before this one had ended was for
    that course, and a repeat must meet the criteria again."""
    made, ended = facts.assessed_on, facts.earlier_course_ended_on
    if made is not None and ended is not None and made <= ended:
        sentence = (
            f"The eligibility assessment is of {made:%d-%b-%Y}, before the course before ended on {ended:%d-%b-%Y}. "
            "It was for that course: assess the patient again."
        )
        yield warn("assessment_expired", sentence, NCD, "coverage", Mover.PHYSICIAN)


@says("coverage_not_in_force", "payer_not_known", "coverage_said_inactive")
def in_force(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    ended, said = facts.payer.coverage_ended_on, facts.payer.inactive_said_on
    if facts.payer_kind is None and ended is not None:
        sentence = f"The coverage on file ended on {ended:%d-%b-%Y}, before the session. Ask who pays now and enter it."
        yield block("coverage_not_in_force", sentence, ON_FILE, "payer_kind", Mover.FRONT_DESK)
    elif facts.payer_kind is None:
        sentence = "The payer is not known. Enter the coverage in force on the day."
        yield block("payer_not_known", sentence, ON_FILE, "payer_kind", Mover.FRONT_DESK)
    elif said is not None:
        sentence = (
            f"{facts.payer.name} said on {said:%d-%b-%Y} that the coverage is not in force. "
            "Correct the coverage, or ask again and record the answer."
        )
        yield block("coverage_said_inactive", sentence, ON_FILE, "payer_kind", Mover.FRONT_DESK)


@says("member_id_missing", "subscriber_not_named", "subscriber_incomplete")
def card(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """What no claim goes without: the member id, and the subscriber where that is not the patient."""
    of, name = facts.card, facts.payer.name
    if not of.has_member_id:
        sentence = f"The patient's member id at {name} is not known. Copy it from the plan's card."
        yield block("member_id_missing", sentence, CARD, "card", Mover.FRONT_DESK)
    if not of.is_named:
        sentence = (
            f"The plan of {name} is somebody else's, and it is not known whose. Enter the subscriber's name."
        )
        yield block("subscriber_not_named", sentence, CARD, "card", Mover.FRONT_DESK)
    if of.unknown:
        unknown = listed(of.unknown)
        way = (
            "The paper form asks for it"
            if of.on_paper
            else "A file goes without it, a form or a call to the plan does not"
        )
        sentence = f"Of the subscriber at {name} the {unknown} is not known. {way}: enter it."
        told = block if of.on_paper else warn
        yield told("subscriber_incomplete", sentence, CARD, "card", Mover.FRONT_DESK)


@says("patient_address_missing")
def lives(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """Every claim says where the patient lives: as the subscriber, or as the dependent of one."""
    if facts.unknown_address and facts.payer_kind is not None:
        sentence = f"Not known of the patient's address: {listed(facts.unknown_address)}. No claim goes without it: enter it."
        yield block("patient_address_missing", sentence, HOME, "unknown_address", Mover.FRONT_DESK)


@says("caused_by_accident", "cause_not_asked")
def cause(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """Liability, no-fault and workers' compensation pay before health insurance, in claims that are not written here."""
    if facts.from_accident:
        sentence = (
            "Work or an accident is on record as the cause: another insurance pays first, and a claim to it is not written here. "
            "Correct the patient's record, or bill it outside."
        )
        yield block("caused_by_accident", sentence, CAUSE, "from_accident", Mover.BILLING)
    elif facts.from_accident is None and facts.card.on_paper:
        sentence = (
            "Nobody asked whether work or an accident caused the condition: box 10 stays empty, and the form may come back. "
            "Ask, and enter it in the patient's record."
        )
        yield warn("cause_not_asked", sentence, CAUSE, "from_accident", Mover.FRONT_DESK)


@says("authorization_missing", "authorization_not_in_force", "authorization_used_up")
def authorization(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """Blocks where the profile says that one is needed; warns where one is on file and it is not known."""
    payer = facts.payer
    if payer.needs_authorization is False or not (payer.needs_authorization or payer.approvals):
        return
    found = _authorization_fault(facts)
    if found is not None:
        told = block if payer.needs_authorization else warn
        yield told(found[0], found[1], payer.profile_source or AUTHORIZATION, "payer", Mover.BILLING)


def _authorization_fault(facts: LineFacts) -> tuple[str, str] | None:
    payer = facts.payer
    if not payer.approvals:
        sentence = f"{payer.name} wants an authorization, and none is on file. Enter it, or ask for one."
        return "authorization_missing", sentence
    holding = [approval for approval in payer.approvals if approval.holds_on(facts.service_date)]
    if not holding:
        return "authorization_not_in_force", (
            f"No authorization of {payer.name} on file holds on {facts.service_date:%d-%b-%Y}. "
            "Ask for one that does."
        )
    if all(approval.session > approval.sessions for approval in holding):
        approval = max(holding, key=lambda one: one.sessions)
        return "authorization_used_up", (
            f"Authorization {approval.number} is for {approval.sessions} sessions, and this is session "
            f"{approval.session} under it. Ask {payer.name} for an extension."
        )
    return None
