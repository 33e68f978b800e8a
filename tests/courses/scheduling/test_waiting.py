"""The wait list: whom a free hour fits, who comes first, and what an accepted offer does."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Appointment, Course, WaitListEntry, WaitListOffer
from courses.scheduling.services import cancel
from courses.scheduling.services.waiting import answer_offer, join_wait_list, leave_wait_list, offer_hour
from courses.scheduling.wait_fit import FreeHour, Standing, WaitWish, rank, why_not
from courses.scheduling.waiting import fits_of
from devices.models import Device
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import Clinic, User
from tests import factories

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TUESDAY_TEN = datetime(2026, 11, 24, 10, tzinfo=CHICAGO)
FREE = FreeHour(TUESDAY_TEN, TUESDAY_TEN, TUESDAY_TEN + HOUR, "one")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (WaitWish(), ""),
        (WaitWish(weekdays=(1,), from_time=time(10), until_time=time(11), device_id="one"), ""),
        (WaitWish(device_id="two"), "another device"),
        (WaitWish(weekdays=(0, 2)), "Tuesday"),
        (WaitWish(from_time=time(10, 15)), "not before 10:15"),
        (WaitWish(until_time=time(10, 45)), "away by 10:45"),
        (WaitWish(notice=timedelta(hours=48)), "48 h of notice"),
    ],
)
def test_free_hour_fits_or_says_what_is_in_the_way(wish: WaitWish, said: str) -> None:
    found = why_not(wish, FREE, NOW)
    assert (said in found) if said else found == ""


standings = st.builds(
    Standing,
    urgency=st.integers(1, 3),
    slack_days=st.none() | st.integers(-20, 40),
    waits_since=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001
)


@given(st.lists(standings, max_size=8))
def test_the_urgent_come_before_all_and_known_slack_before_unknown(rows: list[Standing]) -> None:
    ordered = sorted(rows, key=rank)
    for one, other in pairwise(ordered):
        assert one.urgency <= other.urgency
        if one.urgency == other.urgency and one.slack_days is None:
            assert other.slack_days is None


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def course_of(clinic: Clinic, physician: User, **fields: object) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician, **fields)


def waits(course: Course, nurse: User, **values: object) -> WaitListEntry:
    return join_wait_list(course=course, values=values, actor=nurse, now=NOW)


def test_urgency_goes_first_and_those_whom_it_does_not_fit_stand_below_with_why(
    clinic: Clinic, physician: User, nurse: User, device: Device
) -> None:
    calm, urgent, never = (course_of(clinic, physician) for _ in range(3))
    waits(calm, nurse)
    waits(urgent, nurse, urgency=1)
    waits(never, nurse, urgency=1, weekdays=[4])
    fits = fits_of(clinic, device, TUESDAY_TEN, NOW)
    assert [fit.entry.course for fit in fits] == [urgent, calm, never]
    assert fits[2].why_not == "Does not come on a Tuesday."


def test_accepted_offer_books_what_is_not_booked_and_closes_the_place(
    clinic: Clinic, physician: User, nurse: User, device: Device
) -> None:
    entry = waits(course_of(clinic, physician), nurse)
    offer = offer_hour(entry=entry, device=device, starts_at=TUESDAY_TEN, actor=nurse, now=NOW)
    answered = answer_offer(offer=offer, accepted=True, actor=nurse, now=NOW + HOUR)
    assert answered.appointment is not None
    assert answered.appointment.starts_at == TUESDAY_TEN
    entry.refresh_from_db()
    assert entry.closed_at == NOW + HOUR


def test_fully_booked_course_gives_up_its_last_hour(
    clinic: Clinic, physician: User, nurse: User, device: Device
) -> None:
    order = factories.make_order(factories.make_patient(clinic), physician, sessions=2)
    course = factories.make_course(order.patient, physician, order=order)
    for days in (7, 14):
        factories.make_appointment(course, device, NOW + days * DAY)
    entry = waits(course, nurse)
    fit = fits_of(clinic, device, TUESDAY_TEN, NOW)[0]
    assert fit.gives_up is not None
    assert fit.gives_up.starts_at == NOW + 14 * DAY
    offer = offer_hour(entry=entry, device=device, starts_at=TUESDAY_TEN, actor=nurse, now=NOW)
    answer_offer(offer=offer, accepted=True, actor=nurse, now=NOW)
    hours = Appointment.objects.filter(course=course).order_by("starts_at")
    assert [row.starts_at for row in hours] == [TUESDAY_TEN, NOW + 7 * DAY]


def test_expired_answered_and_lost_offers_change_nothing(
    clinic: Clinic, physician: User, nurse: User, device: Device
) -> None:
    entry = waits(course_of(clinic, physician), nurse)
    offer = offer_hour(entry=entry, device=device, starts_at=TUESDAY_TEN, actor=nurse, now=NOW)
    with pytest.raises(Conflict, match="expired"):
        answer_offer(offer=offer, accepted=True, actor=nurse, now=NOW + 3 * HOUR)
    factories.make_appointment(course_of(clinic, physician), device, TUESDAY_TEN)
    with pytest.raises(Conflict, match="taken"):
        answer_offer(offer=offer, accepted=True, actor=nurse, now=NOW)
    assert WaitListOffer.objects.get().state == "open"
    answer_offer(offer=offer, accepted=False, actor=nurse, now=NOW)
    with pytest.raises(Conflict, match="answered before"):
        answer_offer(offer=offer, accepted=False, actor=nurse, now=NOW)
    with pytest.raises(Conflict, match="offered to this patient before"):
        offer_hour(entry=entry, device=device, starts_at=TUESDAY_TEN, actor=nurse, now=NOW)
    with pytest.raises(Conflict, match="has begun"):
        offer_hour(entry=entry, device=device, starts_at=NOW, actor=nurse, now=NOW)


def test_joining_again_changes_the_wish_and_leaving_ends_it(
    clinic: Clinic, physician: User, nurse: User, biller: User
) -> None:
    course = course_of(clinic, physician)
    first = waits(course, nurse)
    second = waits(course, nurse, urgency=1)
    assert first.pk == second.pk
    with pytest.raises(InvalidInput, match="later than"):
        waits(course, nurse, from_time=time(12), until_time=time(9))
    with pytest.raises(NotAllowed):
        leave_wait_list(entry=second, actor=biller, now=NOW)
    leave_wait_list(entry=second, actor=nurse, now=NOW)
    assert not WaitListEntry.objects.waiting().exists()
    course.state = Course.State.COMPLETED
    course.save()
    with pytest.raises(Conflict, match="Completed"):
        waits(course, nurse)


def test_freed_hour_leads_to_those_who_wait(
    clinic: Clinic, physician: User, nurse: User, device: Device
) -> None:
    taken = factories.make_appointment(course_of(clinic, physician), device, TUESDAY_TEN)
    waits(course_of(clinic, physician), nurse)
    assert "taken" in fits_of(clinic, device, TUESDAY_TEN, NOW)[0].why_not
    cancel(appointment=taken, reason="Ill", actor=nurse, now=NOW)
    assert fits_of(clinic, device, TUESDAY_TEN, NOW)[0].why_not == ""
