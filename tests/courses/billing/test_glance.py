"""What a reviewer asks first, answered from the same evidence as the pages."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from courses.billing.packet.enclosed_evidence import AskedLine, ClaimSheet
from courses.billing.packet.evidence import Evidence, ReviewSheet
from courses.billing.packet.glance import at_a_glance
from courses.billing.packet.session_evidence import Amended, Supervision
from tests.courses.billing.test_completeness import SHEET, SIGNED, START, WHOLE, ZONE

SUPERVISED = replace(
    SHEET, supervision=(Supervision("P. Sample, MD", "1", "on site", START, START + timedelta(hours=1)),)
)
LATE = Amended("a", "Late entry", "", "", "", None, "Slept well.", "Forgotten", START, SIGNED)
LINE = AskedLine("l", 1, date(2026, 10, 5), "G0166", (), "11", 1, Decimal(150), "P. Sample, MD", counts=True)
CLAIM = ClaimSheet("k7", "Medicare", "Original", "", "Accepted", "", START, START, (LINE,), (), ())
REVIEW = ReviewSheet("Mid-course", 18, "Better.", "Continue", SIGNED)
OUTCOMES = SimpleNamespace(columns=(), rows=(), sentences=("CCS class: III to II.",))
TWO = replace(
    WHOLE,
    sessions=(SUPERVISED, replace(SUPERVISED, number=2, started_at=START + timedelta(days=1))),
    outcomes=OUTCOMES,
    reviews=(REVIEW,),
    claims=(CLAIM,),
)


def answers(evidence: Evidence) -> dict[str, str]:
    return {one.question: one.answer for one in at_a_glance(evidence, ZONE)}


def second(**change: Any) -> Evidence:
    return replace(TWO, sessions=(TWO.sessions[0], replace(TWO.sessions[1], **change)))


def test_whole_course_is_answered_in_lines() -> None:
    assert answers(TWO) == {
        "Covered?": "Covered: 1 of 1 required criteria met",
        "Ordered and signed before session 1?": "Yes: signed 04-Oct-2026, the first session here began 05-Oct-2026",
        "Consent on file?": "Yes",
        "Sessions": "2 of 35 ordered, 05-Oct-2026 to 06-Oct-2026; 119.6 min delivered",
        "Session records signed?": "All 2",
        "Directly supervised throughout?": "All 2",
        "Recorded, and the recording verified?": "All 2",
        "Gating grade, A the best": "A: 2",
        "Amended after signing": "None",
        "Reviewed by a physician": "Mid-course (after session 18)",
        "Outcome": "CCS class: III to II.",
        "Claimed": "1 of 2 sessions; claim K7 accepted",
    }


@pytest.mark.parametrize(
    ("changed", "question", "answer"),
    [
        (second(supervision=()), "Directly supervised throughout?", "1 of 2; not session 2"),
        (second(unsupervised=((START, START),)), "Directly supervised throughout?", "1 of 2; not session 2"),
        (second(recording=None), "Recorded, and the recording verified?", "1 of 2; not session 2"),
        (
            second(signature=replace(SIGNED, intact=False)),
            "Session records signed?",
            "1 of 2; not session 2",
        ),
        (second(gating=None), "Gating grade, A the best", "A: 1, no report: 1"),
        (second(amendments=(LATE,)), "Amended after signing", "Session 2"),
        (
            second(minutes=None),
            "Sessions",
            "2 of 35 ordered, 05-Oct-2026 to 06-Oct-2026; 59.8 min delivered (not known of 1)",
        ),
        (replace(TWO, papers=()), "Consent on file?", "No"),
        (replace(TWO, reviews=()), "Reviewed by a physician", "No"),
        (replace(TWO, claims=()), "Claimed", "No claim was made"),
        (replace(TWO, sessions=TWO.sessions[1:]), "Claimed", "0 of 1 sessions; claim K7 accepted"),
        (
            replace(TWO, order=replace(TWO.order, signature=None)),
            "Ordered and signed before session 1?",
            "No: the order is not signed",
        ),
        (
            replace(TWO, order=replace(TWO.order, signature=replace(SIGNED, signed_at=START + timedelta(1)))),
            "Ordered and signed before session 1?",
            "No: signed 06-Oct-2026, the first session here began 05-Oct-2026",
        ),
        (replace(TWO, outcomes=SimpleNamespace(sentences=())), "Outcome", "Not known"),
        (replace(TWO, sessions=()), "Directly supervised throughout?", "No session"),
    ],
)
def test_what_is_not_so_is_said_with_the_sessions(changed: Evidence, question: str, answer: str) -> None:
    assert answers(changed)[question] == answer


def test_every_answer_names_a_part_of_the_packet() -> None:
    assert {one.part for one in at_a_glance(TWO, ZONE)} <= {
        "decision",
        "order",
        "papers",
        "overview",
        "recordings",
        "reviews",
        "outcomes",
        "claims",
    }
