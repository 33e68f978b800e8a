"""What a packet lacks, by name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from courses.billing.packet.completeness import missing_from
from courses.billing.packet.enclosed_evidence import Opinion, Paper, SheetUsed
from courses.billing.packet.evidence import Criterion, Decision, Evidence, Identity, Order
from courses.billing.packet.session_evidence import Gating, Recorded, SessionSheet, Signed, Vitals

ZONE = ZoneInfo("America/Chicago")
START = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)
SIGNED = Signed("Order", "P. Sample", "MD", "Orders", START - timedelta(days=1), "password", "ab" * 32, True)
MET = Criterion("met", "Angina is CCS III or IV.", "III", "NCD 20.20", "B", "2", "https://example.org")
RECORDED = Recorded("uuid", START, START, 0.0, "ab" * 32, "cd" * 32, START)
SHEET = SessionSheet(
    number=1,
    code="abc",
    device="Device 1",
    started_at=START,
    ended_at=START + timedelta(hours=1),
    minutes=Decimal("59.8"),
    ordered_minutes=60,
    stop_reason="Full time delivered",
    identity_checked=True,
    skin_after="Intact",
    symptoms="",
    comments="",
    opened_by="R. Sample, RN",
    vitals=tuple(Vitals(phase, (), "R. Sample, RN", START) for phase in ("before", "after")),
    readings=(),
    pauses=(),
    supervision=(),
    unsupervised=(),
    recording=RECORDED,
    without_recording_reason="",
    gating=Gating("rep", "1.0", "", "", START, "A", (), (), (), (), ""),
    signature=SIGNED,
)
OPINION = Opinion("C. Sample, MD", "Cardiology", date(2026, 9, 1), ("Anatomy",), "III", None, (), "P", START)
CONSENT = Paper("c", "Consent", "", None, 1, "ab" * 32, START, is_consent=True)
WHOLE = Evidence(
    code="p",
    made_for=START,
    identity=Identity("C", "A", "1", "SAMPLE", "Joan", date(1951, 3, 4), "F", "T-1", "Medicare", "1EG4", "c"),
    state="active",
    decision=Decision("Covered", "ncd", "2", "", START, "P", (MET,), (), SIGNED),
    sessions_ordered=35,
    order=Order("o", 35, 60, 1, 5, 260, ("I25.112",), "", START, "P", SIGNED),
    sessions=(SHEET,),
    unsigned=0,
    reviews=(),
    review_kinds=frozenset(),
    outcomes=None,
    measured_points=frozenset({"baseline"}),
    opinion=OPINION,
    papers=(CONSENT,),
)


def test_whole_packet_lacks_nothing() -> None:
    assert missing_from(WHOLE, ZONE) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"opinion": replace(OPINION, given_on=None)}, "specialist's opinion"),
        ({"opinion": replace(OPINION, reasons=())}, "specialist's opinion"),
        ({"opinion": None}, "specialist's opinion"),
        ({"papers": (replace(CONSENT, is_consent=False),)}, "No consent"),
        ({"sheets": (SheetUsed(4, "", 0, "", 0, "its sheet could not be made."),)}, "Session 4: its sheet"),
        ({"differing": ((5, "The record differs."),)}, "Session 5: The record differs."),
    ],
)
def test_packet_is_named_with_what_it_lacks(change: dict[str, Any], words: str) -> None:
    (sentence,) = missing_from(replace(WHOLE, **change), ZONE)
    assert words in sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decision": replace(WHOLE.decision, signature=None)}, "decision is not signed"),
        ({"decision": replace(WHOLE.decision, required=(replace(MET, state="unknown"),))}, "1 required"),
        ({"decision": replace(WHOLE.decision, required=())}, "No coverage criteria"),
        ({"order": replace(WHOLE.order, signature=None)}, "order is not signed"),
        (
            {"order": replace(WHOLE.order, signature=replace(SIGNED, signed_at=START + timedelta(days=1)))},
            "signed after session 1",
        ),
        ({"order": replace(WHOLE.order, diagnoses=())}, "no diagnosis"),
        ({"identity": replace(WHOLE.identity, member_id="")}, "member id"),
        ({"unsigned": 1}, "1 completed session is not signed"),
        ({"unsigned": 2}, "2 completed sessions are not signed"),
        ({"sessions": ()}, "No session is signed"),
        ({"sessions_ordered": 2}, "mid-course review"),
        ({"measured_points": frozenset()}, "before treatment"),
        ({"state": "completed"}, "course summary"),
        ({"state": "discontinued"}, "at the end"),
    ],
)
def test_packet_names_what_it_lacks(change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in missing_from(replace(WHOLE, **change), ZONE))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ended_at": None}, "start or stop is not known"),
        ({"minutes": None}, "minutes delivered are not known"),
        ({"vitals": SHEET.vitals[:1]}, "no vital signs after the hour"),
        ({"identity_checked": False}, "identity check"),
        ({"recording": None, "gating": None}, "no recording"),
        ({"recording": replace(RECORDED, verified_at=None)}, "not verified"),
        ({"gating": None}, "no gating report"),
        ({"unsupervised": ((START, START + timedelta(minutes=31)),)}, "from 09:00 to 09:31"),
        ({"signature": replace(SIGNED, intact=False)}, "no longer has the hash"),
    ],
)
def test_session_is_named_with_what_it_lacks(change: dict[str, Any], words: str) -> None:
    (sentence,) = missing_from(replace(WHOLE, sessions=(replace(SHEET, **change),)), ZONE)
    assert sentence.startswith("Session 1: ")
    assert words in sentence


def test_signature_log_stands_in_order_of_time() -> None:
    later = replace(SIGNED, what="Session 1", signed_at=START + timedelta(hours=2))
    log = replace(WHOLE, sessions=(replace(SHEET, signature=later),)).signatures
    assert [signature.what for signature in log] == ["Order", "Order", "Session 1"]
