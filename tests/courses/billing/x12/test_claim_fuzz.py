"""Five hundred claims with whatever people type: each is written so that the judge accepts it, or refused in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.billing.x12.characters import BASIC, plain
from courses.billing.x12.claim import Claim, Frequency
from courses.billing.x12.claim_837p import refusal_of, write
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import (
    Address,
    Adjustment,
    Dependent,
    LineAdjudication,
    Person,
    Practitioner,
    Sex,
    Subscriber,
)
from tests.courses.billing.x12.claims_given import (
    ENVELOPE,
    MEDICARE,
    OTHER_PAYER,
    a_batch,
    a_line,
    a_secondary_replacement,
)
from tests.courses.billing.x12.judge import complaints

CLAIMS = 500
WILD = st.text(max_size=70)
#: Letters of European names; the micro sign is none, though Unicode counts it among them.
LETTERS = st.characters(max_codepoint=0x17F, categories=["Lu", "Ll", "Zs"], exclude_characters="µ")
TYPED = st.text(st.one_of(LETTERS, st.sampled_from("'-.,/&")), min_size=3, max_size=30).filter(
    lambda text: len(plain(text)[0]) > 1
)
ODD = st.one_of(st.sampled_from(["St. John ~*:^", "ΑΒΓ", "😀", " ", "\x00a"]), WILD)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def rarely(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The usual nine times in ten, so that enough claims pass."""
    return st.integers(0, 9).flatmap(lambda dice: other if dice == 7 else usual)


def mostly(usual: str, other: st.SearchStrategy[str] = WILD) -> st.SearchStrategy[str]:
    return rarely(st.just(usual), other)


NAMES = rarely(TYPED, ODD)


addresses = st.builds(
    Address,
    street=NAMES,
    city=mostly("Sampleton", NAMES),
    state=mostly("IL"),
    postal_code=mostly("60000", st.sampled_from(["60000-0001", "6000", "abc", ""])),
    street_2=mostly("", NAMES),
)
people = st.builds(
    Person,
    family_name=NAMES,
    given_name=st.one_of(NAMES, st.just("")),
    middle_name=mostly("", NAMES),
    born=DAYS,
    sex=st.sampled_from(Sex),
    address=addresses,
)
lines = st.builds(
    a_line,
    st.integers(0, 34),
    charge=rarely(st.decimals(0, 99999, places=2), st.decimals()),
    modifiers=rarely(
        st.lists(st.sampled_from(["76", "GA", "59"]), max_size=3, unique=True),
        st.lists(st.sampled_from(["76", "X", ""]), max_size=6),
    ).map(tuple),
    units=rarely(st.integers(1, 3), st.integers(-1, 2000)),
    pointers=rarely(st.sampled_from([(1,), (2,), (1, 2), (2, 1)]), st.sampled_from([(3,), (), (1, 1), (0,)])),
)
practitioners = st.builds(
    Practitioner, family_name=NAMES, given_name=NAMES, npi=mostly("1234567893"), taxonomy=mostly("207RC0000X")
)
#: Somebody else's plan, of whom much may be unknown: a file goes without it.
subscribers = rarely(
    people,
    st.builds(Person, family_name=NAMES, given_name=NAMES, born=st.none(), sex=st.just(Sex.UNKNOWN)),
)
dependents = st.builds(
    Dependent, person=people, relationship=mostly("01", st.sampled_from(["18", "19", "G8", "XX"]))
)
#: What the claim is to an earlier one, mostly with the payer's number where one is needed.
corrections = rarely(
    st.just((Frequency.ORIGINAL, "")),
    st.tuples(st.sampled_from(Frequency), mostly("ICN 123", st.just(""))),
)
claims = st.builds(
    lambda correction, **fields: Claim(frequency=correction[0], original_reference=correction[1], **fields),
    corrections,
    code=mostly("claim"),
    subscriber=st.builds(
        Subscriber,
        person=subscribers,
        member_id=mostly("1EG4TE5MK73", NAMES),
        group_number=mostly("", NAMES),
    ),
    patient=st.one_of(st.none(), dependents),
    payer=st.just(MEDICARE),
    diagnoses=rarely(
        st.sampled_from([("I20.89", "I25.118"), ("I2089", "E11.9"), ("i20.9", "Z79.01")]),
        st.sampled_from([("I20.8x", "?"), (), ("I20.9", "I20.9")]),
    ),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    place_of_service=mostly("11"),
    accepts_assignment=st.booleans(),
    signature_on_file=st.just(True),
    authorization=mostly("", NAMES),
    note=mostly("", NAMES),
    rendering=st.one_of(st.none(), practitioners),
)


def test_five_hundred_claims_are_accepted_or_refused_with_a_reason() -> None:
    passed: list[Claim] = []
    refused: list[X12Refusal] = []

    # The same claims each time: how many of them pass is counted below, and chance decides nothing there.
    @settings(
        max_examples=CLAIMS,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(claims)
    def sort(claim: Claim) -> None:
        refusal = refusal_of(claim)
        if refusal is None:
            passed.append(claim)
        else:
            assert refusal.field
            assert refusal.sentence.endswith(".")
            refused.append(refusal)

    sort()
    assert len(passed) + len(refused) >= CLAIMS
    assert len(passed) > CLAIMS / 10
    assert len(refused) > CLAIMS / 10
    assert {claim.patient is None for claim in passed} == {True, False}
    bundle = [replace(claim, code=f"c{number}") for number, claim in enumerate(passed)]
    assert complaints(write(a_batch(*bundle), ENVELOPE)) == []


MONEY = st.decimals(0, 9999, places=2)
REASONS = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "PR", "OA", "PI"]),
        reason=st.sampled_from(["1", "2", "3", "23", "45", "B20"]),
        amount=st.decimals(-999, 9999, places=2),
        quantity=st.one_of(st.none(), st.decimals(0, 9, places=0)),
    ),
    max_size=8,
).map(tuple)
JUDGED = st.builds(
    LineAdjudication,
    payer_id=st.just(OTHER_PAYER.id),
    paid=MONEY,
    paid_on=DAYS,
    adjustments=REASONS,
    patient_owes=st.one_of(st.none(), MONEY),
)
SECOND = st.builds(
    replace,
    st.just(a_secondary_replacement()),
    other_payers=st.builds(
        replace,
        st.just(OTHER_PAYER),
        paid=MONEY,
        adjustments=REASONS,
        patient_owes=st.one_of(st.none(), MONEY),
    ).map(lambda other: (other,)),
    lines=st.lists(
        st.builds(lambda judged: a_line(adjudications=judged), st.lists(JUDGED, max_size=1).map(tuple)),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


def test_whatever_the_first_payer_answered_the_second_claim_is_accepted() -> None:
    found: list[Claim] = []

    @settings(max_examples=100, database=None, deadline=None, derandomize=True)
    @given(SECOND)
    def gather(claim: Claim) -> None:
        assert refusal_of(claim) is None
        found.append(claim)

    gather()
    bundle = [replace(claim, code=f"c{number}") for number, claim in enumerate(found)]
    assert complaints(write(a_batch(*bundle), ENVELOPE)) == []


@given(st.text(max_size=200))
def test_text_is_written_in_the_basic_set_or_what_is_lost_is_named(text: str) -> None:
    written, lost = plain(text)
    assert lost or set(written) <= BASIC
    assert "  " not in written
    assert plain(written) == (written, "") or lost


@given(st.decimals(0, 99_999_999, places=2))
def test_amounts_come_back_as_they_were(amount: Decimal) -> None:
    content = write(a_batch(replace(a_batch().claims[0], lines=(a_line(charge=amount),))), ENVELOPE)
    written = content.decode("ascii").split("SV1*HC:G0166*")[1].split("*")[0]
    assert Decimal(written) == amount
    assert "E" not in written
