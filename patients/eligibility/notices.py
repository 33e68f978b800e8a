"""Which notice the patient or the plan is owed before the session, and which modifier goes with it.

Sources: CMS-R-131 and its modifiers by the Medicare contractors' pages; Medicare Advantage by plan manuals and
42 CFR 422.566 to 422.572. Which notice fits which ECP case is our conclusion from them, not a quotation.
"""

from dataclasses import dataclass
from enum import StrEnum

_MODIFIERS = "https://cgsmedicare.com/jc/claims/sub/abns.html"
_GZ = "https://www.palmettogba.com/palmetto/jja.nsf/DID/AXBMW46087"
_ABN_FORM = (
    "https://www.bmdllc.com/resources/blog/cms-requires-providers-to-use-an-updated-advance-beneficiary-notice"
    "-abn-form-by-may-12-2026/"
)
_OPTIONS = "https://medicarepaymentandreimbursement.com/2011/11/medicare-abn-guide-how-to-complete.html"
_ADVANTAGE = (
    "https://www.securityhealth.org/providers/provider-manual/medicare-advantage/"
    "claims-processing-policies-and-procedures/medicare-advantage-coverage-determination"
)
_DAYS = "https://signaledi.com/pa-resources/cms-0057/medicare-advantage/"


class NoticeKind(StrEnum):
    NONE = "none"
    ABN = "abn"
    ABN_OPTION_2 = "abn_option_2"
    PLAN_DETERMINATION = "plan_determination"


@dataclass(frozen=True, slots=True)
class Notice:
    """What to give or to ask for, in a sentence; ``modifiers`` for the claim line, ``urls`` of the sources."""

    kind: NoticeKind
    modifiers: tuple[str, ...]
    sentence: str
    urls: tuple[str, ...] = ()


NONE_COVERED = Notice(NoticeKind.NONE, (), "No notice: an ABN is not given for a session that is covered.")
NONE_INCOMPLETE = Notice(
    NoticeKind.NONE,
    (),
    "No notice yet: complete or correct the record before session 1; an ABN does not replace a missing document.",
)
NONE_REVIEW = Notice(NoticeKind.NONE, (), "No notice yet: a physician decides the open point first.")
ABN = Notice(
    NoticeKind.ABN,
    ("GA",),
    "Before the session give an ABN (CMS-R-131) with the reason in plain words. Option 1: treat and claim with GA "
    "(without an ABN it would be GZ, and the patient owes nothing). Option 2: treat, the patient pays, no claim.",
    (_MODIFIERS, _GZ, _ABN_FORM, _OPTIONS),
)
ABN_EXTRA_SESSIONS = Notice(
    NoticeKind.ABN,
    ("GA",),
    "If the physician goes on, give an ABN (CMS-R-131) before these sessions that says which sessions and why; "
    "GA on those lines only.",
    (_MODIFIERS, _ABN_FORM, _OPTIONS),
)
PLAN_DETERMINATION = Notice(
    NoticeKind.PLAN_DETERMINATION,
    (),
    "Never an ABN, and never GA. Ask the plan for a determination before the session (from 01-Jan-2026: 7 calendar "
    "days, 72 hours when expedited). Only the plan's denial notice, or a clear exclusion in its Evidence of "
    "Coverage, lets the patient be charged.",
    (_ADVANTAGE, _DAYS),
)
PAYER = Notice(
    NoticeKind.NONE,
    (),
    "An ABN is a Medicare form. Check the payer's current policy and its own rules on approval and notice.",
)
SELF_PAY = Notice(NoticeKind.NONE, (), "The patient pays; no claim is made. Give a written estimate.")
SELF_PAY_BLOCKED = Notice(
    NoticeKind.ABN_OPTION_2,
    (),
    "Do not take payment yet. Original Medicare: an ABN with option 2 chosen. Medicare Advantage: the plan's denial "
    "notice, never an ABN. Not entitled to Medicare: record that.",
    (_OPTIONS, _ADVANTAGE),
)
