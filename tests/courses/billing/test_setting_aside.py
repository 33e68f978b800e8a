"""A warning is set aside with the reason, for the words in which it was read, and taken up again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from courses.billing.books.overrides import set_aside as ledger
from courses.billing.gathering import gather
from courses.billing.line_warnings import LineWarning, waiting, warnings_of
from courses.billing.packet.completeness import missing_from
from courses.billing.services import refresh_line, set_aside, take_up_again
from courses.models import ClaimLine, ClaimOverride, Packet
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from tests.courses.billing.at_once import until_waiting
from tests.courses.billing.billing_given import make_claim, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=7)
CODE = "place_unusual"
WHY = "The contractor takes 12, see its letter of 02-Nov-2026."


@pytest.fixture(autouse=True)
def _unusual_place(given: Given) -> None:
    """Every line of the clinic is warned of its place, in the same words."""
    in_place(given, "12")


def in_place(given: Given, place: str) -> None:
    Clinic.objects.filter(pk=given.clinic.pk).update(place_of_service=place)


def warning(line: ClaimLine) -> LineWarning:
    """The one warning of a line, as it stands in the database."""
    [found] = warnings_of(ClaimLine.objects.get(pk=line.pk))
    return found


def sentence(line: ClaimLine) -> str:
    return str(warning(line).finding["sentence"])


def aside(line: ClaimLine, actor: User, **said: Any) -> list[ClaimOverride]:
    words = said.pop("sentence", None) or sentence(line)
    values: dict[str, Any] = {"finding": CODE, "reason": WHY, "now": LATER}
    return set_aside(line=line, sentence=words, actor=actor, **values | said)


def test_warning_set_aside_no_longer_waits_and_is_kept_with_who_as_what_when_and_why(
    given: Given, biller: User
) -> None:
    line = make_line(given)
    assert [finding["code"] for finding in waiting(line)] == [CODE]
    [entry] = aside(line, biller, reason=f"  {WHY} ")
    assert waiting(ClaimLine.objects.get()) == []
    assert warning(line).aside == entry
    assert (entry.decided_by, entry.role, entry.decided_at, entry.reason) == (biller, "billing", LATER, WHY)
    event = AuditEvent.objects.get(action="claimline.set_aside")
    assert (event.actor, event.subject, event.data["finding"]) == (biller, f"claimline:{line.code}", CODE)


def test_entry_stands_in_the_list_of_its_month_with_the_way_to_the_line(given: Given, biller: User) -> None:
    line = make_line(given)
    aside(line, biller)
    found = ledger(given.clinic, LATER, LATER + timedelta(days=1))
    assert [(one.who, one.what, one.why) for one in found] == [
        (biller.signing_name, f"Session 1: {sentence(line)}", WHY)
    ]
    assert line.code in found[0].url


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_without_a_reason_nothing_is_set_aside(given: Given, biller: User, reason: str) -> None:
    line = make_line(given)
    with pytest.raises(InvalidInput, match="Write the reason") as refused:
        aside(line, biller, reason=reason)
    assert set(refused.value.data["fields"]) == {"reason"}
    assert not ClaimOverride.objects.exists()


def test_physician_sets_aside_as_a_physician(given: Given) -> None:
    [entry] = aside(make_line(given), given.physician)
    assert entry.role == "physician"


@pytest.mark.parametrize("who", ["nurse", "front_desk", "administrator", "outsider"])
def test_nobody_else_sets_a_warning_aside(given: Given, request: pytest.FixtureRequest, who: str) -> None:
    line = make_line(given)
    with pytest.raises(NotAllowed):
        aside(line, request.getfixturevalue(who))
    assert not ClaimOverride.objects.exists()


def test_what_keeps_a_line_back_is_not_set_aside_and_the_field_is_named(given: Given, biller: User) -> None:
    in_place(given, "22")
    line = make_line(given)
    [blocked] = [finding for finding in line.findings if finding["code"] == "place_denied"]
    with pytest.raises(Conflict, match="Mend this field: place of service"):
        aside(line, biller, finding="place_denied", sentence=blocked["sentence"])
    assert not ClaimOverride.objects.exists()


def test_note_is_not_set_aside(given: Given, biller: User) -> None:
    line = make_line(given, number=2)
    told = next(finding for finding in line.findings if finding["severity"] == "note")
    with pytest.raises(Conflict, match="asks nobody to look"):
        aside(line, biller, finding=told["code"], sentence=told["sentence"])


def test_words_that_changed_since_they_were_read_are_refused_and_the_new_ones_stay(
    given: Given, biller: User
) -> None:
    line = make_line(given)
    read = sentence(line)
    in_place(given, "13")
    with pytest.raises(Conflict, match="now says: “Place of service 13 is neither"):
        aside(line, biller, sentence=read)
    assert sentence(line).startswith("Place of service 13")
    assert not ClaimOverride.objects.exists()


def test_finding_that_is_gone_is_not_set_aside(given: Given, biller: User) -> None:
    line = make_line(given)
    read = sentence(line)
    in_place(given, "11")
    with pytest.raises(Conflict, match="no longer says this"):
        aside(line, biller, sentence=read)


def test_warning_waits_again_once_it_says_something_else(given: Given, biller: User) -> None:
    line = make_line(given)
    [entry] = aside(line, biller)
    in_place(given, "13")
    refresh_line(session=line.session, now=LATER)
    found = warning(line)
    assert (found.aside, found.before) == (None, entry)


def test_warning_stays_aside_while_it_says_the_same(given: Given, biller: User) -> None:
    line = make_line(given)
    aside(line, biller)
    refresh_line(session=line.session, now=LATER + timedelta(days=30))
    assert not warning(line).waits


def test_second_finding_in_the_same_words_waits_by_itself(given: Given, biller: User) -> None:
    line = make_line(given)
    aside(line, biller)
    twice = ClaimLine.objects.get()
    twice.findings = [finding for finding in twice.findings if finding["code"] == CODE] * 2
    assert [one.waits for one in warnings_of(twice)] == [False, True]


def test_second_entry_for_the_same_words_is_refused_and_names_the_first(given: Given, biller: User) -> None:
    line = make_line(given)
    aside(line, biller)
    with pytest.raises(Conflict, match="Bill Biller-Example, CPC set this aside on"):
        aside(line, given.physician)
    assert ClaimOverride.objects.count() == 1


def test_warning_taken_up_again_waits_and_may_be_set_aside_anew(given: Given, biller: User) -> None:
    line = make_line(given)
    [first] = aside(line, biller)
    back = take_up_again(
        override=first, reason=" The letter was withdrawn. ", actor=given.physician, now=LATER
    )
    assert (back.withdraws, back.finding, back.sentence) == (first, CODE, first.sentence)
    assert (back.reason, back.decided_by, back.role) == (
        "The letter was withdrawn.",
        given.physician,
        "physician",
    )
    found = warning(line)
    assert (found.waits, found.taken_up, found.before) == (True, back, None)
    [second] = aside(line, biller)
    assert warning(line).aside == second
    assert [str(one.kind) for one in ledger(given.clinic, LATER, LATER + timedelta(days=1))] == [
        "Claim finding",
        "Claim finding taken up again",
        "Claim finding",
    ]


def test_taking_up_twice_without_a_reason_or_by_others_is_refused(
    given: Given, biller: User, administrator: User
) -> None:
    [entry] = aside(make_line(given), biller)
    with pytest.raises(InvalidInput, match="Write the reason"):
        take_up_again(override=entry, reason=" ", actor=biller, now=LATER)
    with pytest.raises(NotAllowed):
        take_up_again(override=entry, reason="Look again", actor=administrator, now=LATER)
    back = take_up_again(override=entry, reason="Look again", actor=biller, now=LATER)
    with pytest.raises(Conflict, match="took this up again on"):
        take_up_again(override=entry, reason="Look again", actor=biller, now=LATER)
    with pytest.raises(Conflict, match="Set the warning aside instead"):
        take_up_again(override=back, reason="Look again", actor=biller, now=LATER)
    assert ClaimOverride.objects.count() == 2


def test_database_takes_one_taking_up_an_entry(given: Given, biller: User) -> None:
    [entry] = aside(make_line(given), biller)
    back = take_up_again(override=entry, reason="Look again", actor=biller, now=LATER)
    back.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        back.save(force_insert=True)


def test_lines_of_the_course_that_say_the_same_are_set_aside_with_it(given: Given, biller: User) -> None:
    lines = [make_line(given, n) for n in range(3)]
    aside(lines[2], biller, reason="Read first")
    entries = aside(lines[1], biller, alike=True)
    assert [entry.line_id for entry in entries] == [lines[1].pk, lines[0].pk]
    reasons = [found.reason if (found := warning(line).aside) else "" for line in lines]
    assert reasons == [WHY, WHY, "Read first"]
    assert AuditEvent.objects.filter(action="claimline.set_aside").count() == 3


def test_lines_that_say_something_else_wait_on(given: Given, biller: User) -> None:
    lines = [make_line(given, n) for n in range(2)]
    aside(lines[0], biller)
    assert warning(lines[1]).waits


def test_billed_line_takes_an_entry_and_its_claim_stays_as_it_was_asked(given: Given, biller: User) -> None:
    line = make_line(given)
    claim = make_claim(given, biller, line, state="sent", sent_at=FIRST_HOUR)
    aside(line, biller)
    assert not warning(line).waits
    claim.refresh_from_db()
    assert (claim.state, claim.memberships.count()) == ("sent", 1)


def test_packet_lacks_the_same_whatever_was_set_aside(given: Given, biller: User) -> None:
    line = make_line(given)
    packet = Packet.objects.create(course=given.course, requested_by=biller, requested_at=LATER)
    before = missing_from(gather(packet), given.clinic.zone)
    aside(line, biller)
    assert missing_from(gather(packet), given.clinic.zone) == before


def codes_of(pool: ThreadPoolExecutor, decide: Callable[[User], object], *actors: User) -> list[str]:
    """What becomes of one decision that each takes at once: nobody's entry is written until all are under way."""

    def one(actor: User) -> str:
        try:
            decide(actor)
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()
        return "kept"

    with transaction.atomic():
        # An entry names who made it, and so waits for the row of that person.
        list(User.objects.select_for_update().filter(pk__in=[actor.pk for actor in actors]))
        started = [pool.submit(one, actor) for actor in actors]
        until_waiting(len(actors))
    return sorted(future.result(10) for future in started)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_entry_and_the_second_hears_of_the_first(
    given: Given, biller: User, pool: ThreadPoolExecutor
) -> None:
    line = make_line(given)
    said = sentence(line)
    found = codes_of(pool, lambda actor: aside(line, actor, sentence=said), biller, given.physician)
    assert found == ["kept", "set_aside"]
    assert ClaimOverride.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_one_warning_up_once(given: Given, biller: User, pool: ThreadPoolExecutor) -> None:
    [entry] = aside(make_line(given), biller)

    def take(actor: User) -> object:
        return take_up_again(override=entry, reason="Look again", actor=actor, now=LATER)

    assert codes_of(pool, take, biller, given.physician) == ["kept", "taken_up"]
    assert ClaimOverride.objects.count() == 2
