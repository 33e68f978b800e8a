"""The day's board: its rows, its cells, and what waits for somebody."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from courses.models import Appointment, Course, Session
from courses.scheduling.board import Board, board_of, row_starts
from courses.scheduling.needs import LIGHTS, Need, grouped, needs_of
from courses.scheduling.week import week_of
from devices.models import Device, MaintenanceWindow
from eecp_clinic.models import Clinic, Closure, OpeningHours, User
from tests import factories

MONDAY = date(2026, 11, 23)


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


def make_course(clinic: Clinic, physician: User, **fields: object) -> Course:
    return factories.make_course(factories.make_patient(clinic), physician, **fields)


def clock(clinic: Clinic, moments: list[datetime]) -> list[str]:
    return [f"{clinic.local(moment):%H:%M}" for moment in moments]


def test_free_rows_follow_the_clinics_rhythm(clinic: Clinic) -> None:
    starts = row_starts(clinic, MONDAY, [])
    assert clock(clinic, starts) == ["08:00", "09:15", "10:30", "11:45", "13:00", "14:15", "15:30"]


def test_rows_follow_what_is_booked(clinic: Clinic) -> None:
    nine = datetime.combine(MONDAY, time(9), clinic.zone)
    starts = row_starts(clinic, MONDAY, [nine.astimezone(UTC)])
    assert clock(clinic, starts)[:3] == ["09:00", "10:15", "11:30"]


def test_lunch_break_has_no_row(clinic: Clinic) -> None:
    OpeningHours.objects.filter(clinic=clinic).delete()
    for opens, closes in ((time(8), time(12)), (time(13), time(15))):
        OpeningHours.objects.create(clinic=clinic, weekday=0, opens=opens, closes=closes)
    assert clock(clinic, row_starts(clinic, MONDAY, [])) == ["08:00", "09:15", "10:30", "13:00"]


def test_closed_day_has_no_free_row_and_says_why(clinic: Clinic, device: Device, now: datetime) -> None:
    Closure.objects.create(clinic=clinic, day=MONDAY, reason="Clinic outing")
    board = board_of(clinic, MONDAY, now)
    assert (board.closed, board.rows) == ("Clinic outing", [])


def cells(board: Board, place: int = 0) -> list[str]:
    def word(cell: object) -> str:
        return next(
            (name for name in ("cards", "maintenance", "is_taken", "is_free") if getattr(cell, name)), "?"
        )

    return [word(row.cells[place]) for row in board.rows]


def test_cells_hold_cards_maintenance_and_free_hours(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    second = factories.make_device(clinic, "Device 2")
    factories.make_appointment(make_course(clinic, physician), device, now)
    MaintenanceWindow.objects.create(
        device=second, during=(now + timedelta(hours=5), None), reason="Maintenance"
    )
    factories.make_appointment(make_course(clinic, physician), second, now + timedelta(minutes=15))
    board = board_of(clinic, MONDAY, now)
    assert cells(board, 0)[:3] == ["cards", "is_taken", "is_free"]
    assert cells(board, 1)[:2] == ["is_taken", "cards"]
    assert cells(board, 1)[-1] == "maintenance"
    assert [row.is_now for row in board.rows][:2] == [True, False]


def test_missed_hour_can_be_given_to_another(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    factories.make_appointment(make_course(clinic, physician), device, now, state="missed")
    factories.make_appointment(make_course(clinic, physician), device, now)
    board = board_of(clinic, MONDAY, now)
    assert [card.state for card in board.rows[0].cells[0].cards] == ["missed", "booked"]


def test_device_out_of_use_is_shown_while_it_has_bookings(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    factories.make_appointment(make_course(clinic, physician), device, now)
    factories.make_device(clinic, "Device 9", is_active=False)
    Device.objects.filter(pk=device.pk).update(is_active=False)
    assert [column.name for column in board_of(clinic, MONDAY, now).columns] == ["Device 1"]


def test_signal_is_told_of_today_only(clinic: Clinic, device: Device, now: datetime) -> None:
    assert board_of(clinic, MONDAY, now).columns[0].signal is not None
    assert board_of(clinic, MONDAY + timedelta(days=1), now).columns[0].signal is None


def needs(clinic: Clinic, now: datetime) -> list[tuple[str, str]]:
    lines = [line for group in needs_of(clinic, now).groups for line in group.lines]
    return [(line.oldest.light, line.oldest.label) for line in lines]


def test_each_kind_of_need_is_listed_the_most_urgent_first(
    clinic: Clinic, device: Device, physician: User, nurse: User, now: datetime
) -> None:
    over = {"state": Course.State.DISCONTINUED, "end_reason": "other"}
    course = make_course(clinic, physician, **over)
    factories.make_appointment(course, device, now, state="held", reason="BP 188/96 mmHg")
    ended = factories.make_appointment(course, device, now - timedelta(days=3), state="done")
    factories.make_session(ended, nurse, Session.State.ENDED)
    factories.make_appointment(course, device, now - timedelta(days=4))
    make_course(clinic, physician, target_end_on=date(2026, 11, 30))
    factories.make_recording(device, now - timedelta(hours=2))
    assert needs(clinic, now) == [
        ("stop", "Hold"),
        ("look", "Not marked"),
        ("look", "Sign"),
        ("stop", "Feasibility"),
        ("idle", "Unmatched"),
    ]


def test_patient_stands_once_with_the_number_and_the_oldest_of_each_kind(
    clinic: Clinic, device: Device, physician: User, nurse: User, now: datetime
) -> None:
    over = {"state": Course.State.DISCONTINUED, "end_reason": "other"}
    newer, older = make_course(clinic, physician, **over), make_course(clinic, physician, **over)
    for course, days in ((newer, (2, 3)), (older, (1, 5, 4))):
        for ago in days:
            hour = factories.make_appointment(course, device, now - timedelta(days=ago), state="done")
            factories.make_session(hour, nurse, Session.State.ENDED)
    factories.make_appointment(newer, device, now - timedelta(days=9))
    first, second = needs_of(clinic, now).groups
    assert [(line.oldest.label, line.count) for line in first.lines] == [("Not marked", 1), ("Sign", 2)]
    (line,) = second.lines
    assert (line.oldest.label, line.count) == ("Sign", 3)
    assert line.oldest.text == "session 2 ended Wed 18-Nov-2026, not signed"


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(LIGHTS),
            st.sampled_from(["Sign", "Hold"]),
            st.none() | st.integers(0, 99),
        ),
        max_size=20,
    )
)
def test_grouping_loses_nothing_and_puts_the_urgent_and_then_the_old_first(
    found: list[tuple[str, str, str, int | None]],
) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    needs = [
        Need(
            subject=subject,
            light=light,
            label=f"{label} {light}",  # a kind has one light
            who=subject,
            since=None if ago is None else noon - timedelta(hours=ago),
            text="",
            action="",
            url="",
        )
        for subject, light, label, ago in found
    ]
    groups = grouped(needs, noon)
    lines = [line for group in groups for line in group.lines]
    assert sum(line.count for line in lines) == len(needs)
    assert [group.who for group in groups] == list(dict.fromkeys(group.who for group in groups))
    firsts = [group.lines[0].oldest for group in groups]
    order = [(LIGHTS.index(one.light), one.since or noon) for one in firsts]
    assert order == sorted(order)


def test_nothing_of_another_clinic_waits_here(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    make_course(clinic, physician)
    assert needs(clinic, now) == [("look", "To plan")]
    assert needs(factories.make_clinic(name="Elsewhere Example Clinic"), now) == []


def test_week_holds_each_hour_under_its_day(
    clinic: Clinic, device: Device, physician: User, now: datetime
) -> None:
    second = factories.make_device(clinic, "Device 2")
    course = make_course(clinic, physician)
    factories.make_appointment(course, device, now)
    factories.make_appointment(course, second, now + timedelta(days=2))
    week = week_of(clinic, MONDAY, None, now)
    nine = next(row for row in week.rows if row.hour == "09:00")
    assert [len(cards) for cards in nine.cells] == [1, 0, 1, 0, 0]
    assert week.days[3].closed == "Thanksgiving Day"
    assert week_of(clinic, MONDAY, second, now).count == 1


@pytest.mark.parametrize("count", [1, 6])
def test_board_takes_as_many_queries_for_many_appointments_as_for_one(
    clinic: Clinic,
    device: Device,
    physician: User,
    nurse: User,
    count: int,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(count):
        course = make_course(clinic, physician)
        hour = factories.make_appointment(course, device, now - timedelta(hours=place), state="done")
        recording = factories.make_recording(device, hour.starts_at)
        factories.make_report(recording)
        factories.make_session(hour, nurse, Session.State.ENDED, recording=recording)
        factories.make_appointment(course, device, now + timedelta(hours=place + 1))
    with django_assert_num_queries(20):
        board_of(clinic, MONDAY, now)
        needs_of(clinic, now)


def test_page_of_a_wrong_day_is_refused_with_a_sentence(nurse_client: Client) -> None:
    response = nurse_client.get(reverse("courses:today"), {"day": "2026-02-30"})
    assert response.status_code == 422
    assert "names no day" in response.content.decode()


def test_htmx_gets_the_board_alone(nurse_client: Client, device: Device) -> None:
    page = nurse_client.get(reverse("courses:today"), headers={"HX-Request": "true"}).content.decode()
    assert 'id="board"' in page
    assert "<html" not in page


def test_front_desk_sees_no_work_list(front_desk: User, device: Device) -> None:
    client = Client()
    client.force_login(front_desk)
    page = client.get(reverse("courses:today")).content.decode()
    assert "Needs somebody" not in page
    assert "Plan a course" not in page


@pytest.mark.parametrize("name", ["courses:today", "courses:day-list", "courses:week"])
def test_pages_name_the_patient_of_the_day(
    nurse_client: Client, clinic: Clinic, device: Device, physician: User, name: str
) -> None:
    factories.make_appointment(make_course(clinic, physician), device)
    page = nurse_client.get(reverse(name), {"day": "2026-11-23"}).content.decode()
    assert "SAMPLE Joan" in page
    assert "1 of 35" in page
    assert Appointment.objects.get().device.name in page
