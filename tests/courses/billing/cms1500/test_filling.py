"""What stands in which box, page by page, and what is refused or cut."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.cms1500.boxes import BOXES
from courses.billing.cms1500.filling import pages
from courses.billing.cms1500.paper import Page, PaperRefusal
from courses.billing.grouping import group_days
from courses.billing.x12.claim import Claim
from courses.billing.x12.parties import Rank
from tests.courses.billing.cms1500.paper_given import on_paper
from tests.courses.billing.x12.claims_given import (
    BILLING,
    COLLEAGUE,
    MONDAY,
    OTHER_PAYER,
    PATIENT,
    PHYSICIAN,
    STREET,
    SUBSCRIBER,
    a_claim,
    a_grouped_claim_of_a_dependent,
    a_line,
    a_secondary_replacement,
)


def only_page(claim: Claim | None = None, **fields: Any) -> Page:
    (page,) = pages(on_paper(claim, **fields))
    return page


def whose_plan(**fields: Any) -> Claim:
    """A claim under a spouse's plan, of whom something is different."""
    claim = a_grouped_claim_of_a_dependent()
    return replace(
        claim, subscriber=replace(claim.subscriber, person=replace(claim.subscriber.person, **fields))
    )


def test_thirty_five_sessions_fill_six_pages() -> None:
    found = pages(on_paper(a_claim(35)))
    assert [len(page.lines) for page in found] == [6, 6, 6, 6, 6, 5]
    assert [page.texts["28"].strip() for page in found] == ["90000"] * 5 + ["75000"]


def test_every_page_names_patient_payer_and_clinic() -> None:
    for page in pages(on_paper(a_claim(35))):
        assert (page.texts["1a"], page.texts["2"], page.texts["33a"]) == (
            "1EG4TE5MK73",
            "SAMPLE, JOAN",
            "1245319599",
        )
        assert page.texts["26"] == "CLAIM23456"


def test_lines_stand_in_their_boxes() -> None:
    texts = only_page(a_claim(lines=(a_line(0, modifiers=("76", "GA"), pointers=(2, 1)),))).texts
    said = {
        key: text.strip() for key, text in texts.items() if key.startswith("24") and key.endswith("line 1")
    }
    assert said == {
        "24A from month line 1": "11",
        "24A from day line 1": "30",
        "24A from year line 1": "26",
        "24A to month line 1": "11",
        "24A to day line 1": "30",
        "24A to year line 1": "26",
        "24B line 1": "11",
        "24D line 1": "G0166",
        "24D modifier 1 line 1": "76",
        "24D modifier 2 line 1": "GA",
        "24E line 1": "BA",
        "24F line 1": "15000",
        "24G line 1": "1",
        "24J line 1": "1234567893",
    }


def test_amounts_are_right_aligned_without_a_point() -> None:
    assert only_page(a_claim(lines=(a_line(charge=Decimal("5.07")),))).texts["24F line 1"] == "     507"


def test_medicare_first_says_none_in_box_11_and_leaves_the_insured_empty() -> None:
    page = only_page()
    assert page.texts["11"] == "NONE"
    assert not {"4", "7 street", "9", "11c", "13"} & set(page.texts)
    assert page.texts["1 Medicare"] == "X"


def test_medicare_second_names_who_pays_first() -> None:
    texts = pages(on_paper(a_secondary_replacement()))[0].texts
    assert (texts["4"], texts["11"], texts["11c"], texts["6 Spouse"]) == (
        "SAMPLE, JON",
        "AB123",
        "EXAMPLE MUTUAL",
        "X",
    )
    assert (texts["7 street"], texts["7 ZIP"], texts["11a year"], texts["11a M"]) == (
        "3 EXAMPLE STREET",
        "60000",
        "1949",
        "X",
    )
    assert texts["29"].strip() == "10000"
    assert (texts["22 code"], texts["22 reference"], texts["23"]) == ("7", "ICN 123", "PA-1")


def test_medicare_second_after_the_patients_own_plan_says_same() -> None:
    own = replace(OTHER_PAYER, subscriber=PATIENT, relationship="18")
    texts = pages(on_paper(replace(a_secondary_replacement(), other_payers=(own,))))[0].texts
    assert (texts["4"], texts["6 Self"], texts["7 street"]) == ("SAME", "X", "SAME")
    assert not {"7 city", "11a month"} & set(texts)


def test_other_payers_get_the_insured_and_their_group() -> None:
    texts = only_page(a_grouped_claim_of_a_dependent()).texts
    assert (texts["1 Group"], texts["4"], texts["6 Spouse"], texts["11d No"]) == (
        "X",
        "SAMPLE, JON",
        "X",
        "X",
    )
    assert (texts["2"], texts["5 street"], texts["3 F"]) == ("SAMPLE, JOAN", "2 EXAMPLE STREET", "X")
    assert (texts["7 street"], texts["11"], texts["11a day"], texts["11a M"]) == (
        "3 EXAMPLE STREET",
        "GRP7",
        "07",
        "X",
    )
    assert (texts["24A to day line 1"], texts["24G line 1"]) == ("04", "5")


def test_second_insurance_beside_a_commercial_one_stands_in_box_9() -> None:
    claim = replace(
        a_grouped_claim_of_a_dependent(), other_payers=(replace(OTHER_PAYER, rank=Rank.SECONDARY, paid=None),)
    )
    texts = only_page(claim).texts
    assert (texts["9"], texts["9a"], texts["9d"], texts["11d Yes"]) == (
        "SAMPLE, JON",
        "AB123",
        "EXAMPLE MUTUAL",
        "X",
    )


def test_another_supervisor_begins_another_page() -> None:
    lines = (
        a_line(0, supervising=PHYSICIAN),
        a_line(1, supervising=COLLEAGUE),
        a_line(2, supervising=PHYSICIAN),
    )
    first, second = pages(on_paper(a_claim(lines=lines)))
    assert (first.texts["17 qualifier"], first.texts["17"], len(first.lines)) == ("DQ", "PAUL SAMPLE", 2)
    assert (second.texts["17b"], len(second.lines)) == ("1999999984", 1)


def test_name_too_long_is_cut_and_the_page_says_so() -> None:
    person = replace(PATIENT, family_name="Sample-Exemplary", given_name="Joan Marguerite")
    page = only_page(a_claim(subscriber=replace(SUBSCRIBER, person=person)))
    assert page.texts["2"] == "SAMPLE-EXEMPLARY, JOAN MARGU"
    assert [(note.box, "the end is cut" in note.sentence) for note in page.notes] == [("2", True)]


def test_cause_that_nobody_asked_for_stays_empty_and_is_noted() -> None:
    page = only_page(from_accident=None)
    assert not any(key.startswith("10") for key in page.texts)
    assert [note.box for note in page.notes] == ["10"]


def test_preview_says_each_box_once_by_its_number() -> None:
    said = dict(only_page(a_claim(2)).by_number())
    assert said["3"] == "03 04 1951 F"
    assert said["1"] == "Medicare"
    assert said["24A, line 2"] == "12 01 26 12 01 26"
    assert said["24D, line 1"] == "G0166"
    assert said["27"] == "Yes"


@pytest.mark.parametrize(
    ("claim", "fields", "box", "said"),
    [
        (a_claim(subscriber=replace(SUBSCRIBER, member_id="")), {}, "1a", "member id is not known"),
        (a_claim(subscriber=replace(SUBSCRIBER, member_id="1" * 30)), {}, "1a", "the box 29"),
        (a_claim(subscriber=replace(SUBSCRIBER, rank=Rank.SECONDARY)), {}, "11", "Add that coverage"),
        (whose_plan(address=None), {}, "7", "subscriber's address is not known"),
        (whose_plan(born=None), {}, "11a", "subscriber's date of birth is not known"),
        (a_claim(place_of_service=""), {}, "24B line 1", "place of service is not known"),
        (a_claim(lines=()), {}, "24", "no line"),
        (a_claim(lines=(a_line(modifiers=("76",) * 5),)), {}, "24D", "4 modifiers"),
        (a_claim(lines=(a_line(pointers=(3,)),)), {}, "24E", "pointers"),
        (a_claim(lines=(a_line(charge=Decimal(10_000_000)),)), {}, "24F line 1", "does not fit"),
        (a_claim(diagnoses=()), {}, "21", "1 to 12"),
        (a_claim(), {"from_accident": True}, "10", "another insurance pays first"),
        (a_claim(signature_on_file=False), {}, "12", "Get that first"),
        (a_claim(), {"signed_by": " "}, "31", "Nobody is named"),
        (a_claim(), {"billing": replace(BILLING, tax_id="")}, "25", "tax id is not known"),
        (
            a_claim(subscriber=replace(SUBSCRIBER, person=replace(PATIENT, given_name="李"))),
            {},
            "2",
            "insurance card",
        ),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_box(
    claim: Claim, fields: dict[str, Any], box: str, said: str
) -> None:
    with pytest.raises(PaperRefusal) as refused:
        pages(on_paper(claim, **fields))
    assert refused.value.box.startswith(box)
    assert said in refused.value.sentence or box == "24E"


@given(st.text(max_size=60), st.text(max_size=60), st.decimals(-10, 10_000_000, places=2), st.integers(0, 40))
def test_page_is_filled_within_its_boxes_or_refused(
    name: str, street: str, charge: Decimal, sessions: int
) -> None:
    person = replace(PATIENT, family_name=name, address=replace(STREET, street=street))
    claim = a_claim(
        subscriber=replace(SUBSCRIBER, person=person),
        lines=tuple(a_line(n, charge=charge) for n in range(sessions)),
    )
    try:
        found = pages(on_paper(claim))
    except PaperRefusal as refusal:
        assert refusal.sentence.endswith(".")
        return
    assert all(len(text) <= BOXES[key].width for page in found for key, text in page.texts.items())


def test_consecutive_days_of_a_month_share_a_line() -> None:
    """Seven weeks from Monday 30-Nov-2026: the first Monday is alone in its month."""
    grouped = group_days(a_claim(35).lines)
    assert [line.units for line in grouped] == [1, 4, 5, 5, 5, 4, 1, 5, 5]
    assert sum(line.charge for line in grouped) == 35 * 150
    assert (grouped[1].first_date, grouped[1].last_date) == (date(2026, 12, 1), date(2026, 12, 4))


@pytest.mark.parametrize(
    "other",
    [
        {"modifiers": ("76",)},
        {"charge": Decimal(140)},
        {"place_of_service": "49"},
        {"pointers": (2,)},
        {"supervising": COLLEAGUE},
        {"rendering": COLLEAGUE},
        {"units": 2},
        {"first_date": MONDAY + timedelta(days=3)},
        {"first_date": MONDAY},
    ],
)
def test_days_that_differ_in_anything_do_not_share_a_line(other: dict[str, Any]) -> None:
    first = a_line(1)
    second = (
        replace(a_line(2), **other)
        if other.get("first_date") != MONDAY
        else a_line(2, first_date=first.first_date)
    )
    assert len(group_days([first, second])) == 2


@given(st.lists(st.integers(0, 60), max_size=35))
def test_grouping_keeps_every_day_and_every_cent(days: list[int]) -> None:
    lines = [a_line(code=f"l{n}", first_date=MONDAY + timedelta(days=day)) for n, day in enumerate(days)]
    grouped = group_days(lines)
    covered = sorted(
        line.first_date + timedelta(days=step)
        for line in grouped
        for step in range(((line.last_date or line.first_date) - line.first_date).days + 1)
    )
    assert covered == sorted(line.first_date for line in lines)
    assert sum(line.charge for line in grouped) == sum(line.charge for line in lines)
    assert all((line.last_date or line.first_date).month == line.first_date.month for line in grouped)


def test_preview_page_shows_boxes_and_what_was_cut() -> None:
    person = replace(PATIENT, family_name="Sample-Exemplary", given_name="Joan Marguerite")
    found = pages(on_paper(a_claim(8, subscriber=replace(SUBSCRIBER, person=person))))
    html = render_to_string("courses/billing/_cms1500.html", {"pages": found})
    assert "Form 2 of 2" in html
    assert '<dt>24D, line 1</dt><dd class="mono">G0166</dd>' in html
    assert "the end is cut" in html
