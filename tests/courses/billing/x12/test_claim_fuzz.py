"""Five hundred claims with whatever people type: each is written so that the judge accepts it, or refused in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.billing.x12.characters import BASIC, plain
from courses.billing.x12.claim import Claim, Frequency
from courses.billing.x12.claim_837p import refusal_of, write
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import Address, Person, Practitioner, Sex, Subscriber
from tests.courses.billing.x12.claims_given import ENVELOPE, MEDICARE, a_batch, a_line
from tests.courses.billing.x12.judge import complaints

CLAIMS = 500
WILD = st.text(max_size=70)
LETTERS = st.characters(max_codepoint=0x17F, categories=["Lu", "Ll", "Zs"])
TYPED = st.text(st.one_of(LETTERS, st.sampled_from("'-.,/&")), min_size=3, max_size=30).filter(
    lambda text: len(plain(text)[0]) > 1
)
ODD = st.one_of(st.sampled_from(["St. John ~*:^", "ΑΒΓ", "😀", " ", "\x00a"]), WILD)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def mostly(usual: str, other: st.SearchStrategy[str] = WILD) -> st.SearchStrategy[str]:
    """The usual value nineteen times in twenty, so that enough claims pass."""
    return st.integers(0, 19).flatmap(lambda dice: other if dice == 7 else st.just(usual))


NAMES = st.integers(0, 19).flatmap(lambda dice: ODD if dice == 7 else TYPED)


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
    charge=st.integers(0, 9).flatmap(
        lambda dice: st.decimals() if dice == 7 else st.decimals(0, 99999, places=2)
    ),
    modifiers=st.lists(mostly("76", st.sampled_from(["GA", "X", "59"])), max_size=3).map(tuple),
    units=st.integers(0, 3).map(lambda units: units or 1),
    pointers=st.sampled_from([(1,), (1,), (1,), (2,), (1, 2), (2, 1), (3,), ()]),
)
practitioners = st.builds(
    Practitioner, family_name=NAMES, given_name=NAMES, npi=mostly("1234567893"), taxonomy=mostly("207RC0000X")
)
claims = st.builds(
    Claim,
    code=mostly("claim"),
    subscriber=st.builds(Subscriber, person=people, member_id=mostly("1EG4TE5MK73", NAMES)),
    payer=st.just(MEDICARE),
    diagnoses=st.sampled_from(
        [("I20.89", "I25.118"), ("I2089", "E11.9"), ("i20.9", "Z79.01"), ("I20.8x", "?")]
    ),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    place_of_service=mostly("11"),
    accepts_assignment=st.booleans(),
    signature_on_file=st.just(True),
    frequency=st.sampled_from([*[Frequency.ORIGINAL] * 5, Frequency.VOID]),
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
    bundle = [replace(claim, code=f"c{number}") for number, claim in enumerate(passed)]
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
