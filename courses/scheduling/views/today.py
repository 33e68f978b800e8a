"""The day's board, its printed list, and the week."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from courses.models import Appointment
from courses.scheduling.board import Board, board_of
from courses.scheduling.feed import frame_of
from courses.scheduling.needs import needs_of
from courses.scheduling.week import Week, week_of
from devices.models import Device
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

SEES_THE_DAY = (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR)


@require_GET
@staff_view(*SEES_THE_DAY)
def today(request: StaffRequest) -> HttpResponse:
    """The board of ``?day=``, of today unless said; htmx asks for the part that changes."""
    now = timezone.now()
    context = board_context(request, asked_day(request, request.clinic.day_of(now)), now)
    part = bool(request.htmx) and not request.htmx.boosted
    template = "courses/scheduling/_board.html" if part else "courses/scheduling/today.html"
    return render(request, template, context)


@require_GET
@staff_view(*SEES_THE_DAY)
def day_list(request: StaffRequest) -> HttpResponse:
    """The day on paper."""
    now = timezone.now()
    day = asked_day(request, request.clinic.day_of(now))
    board = board_of(request.clinic, day, now, clinical=_is_clinical(request))
    context = {"board": board, "clinic": request.clinic, "printed_at": now}
    return render(request, "courses/scheduling/day_list.html", context)


@require_GET
@staff_view(Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK)
def week(request: StaffRequest) -> HttpResponse:
    """The week around ``?day=``, of one device or all."""
    clinic, now = request.clinic, timezone.now()
    day = asked_day(request, clinic.day_of(now))
    monday = day - timedelta(days=day.weekday())
    devices = list(Device.objects.of(clinic).in_use())
    chosen = next((device for device in devices if device.code == request.GET.get("device")), None)
    found = week_of(clinic, monday, chosen, now, clinical=_is_clinical(request))
    context = {
        "week": found,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "this_week": clinic.day_of(now),
        "devices": devices,
        "chosen": chosen,
        "count": _sessions(found.count),
        "may_plan": _is_clinical(request),
        "settings": _settings(clinic, found, [chosen] if chosen else devices),
    }
    return render(request, "courses/scheduling/week.html", context)


def _settings(clinic: Clinic, week: Week, devices: list[Device]) -> dict[str, Any]:
    """What static/js/week-calendar.js reads."""
    return {
        "date": week.monday.isoformat(),
        "feed": reverse("courses:week-hours"),
        "move": reverse("courses:appointment-move", args=["CODE"]),
        "resources": [{"id": device.code, "title": device.name} for device in devices],
        "words": {
            "days": [str(WEEKDAYS_ABBR[(day - 1) % 7]) for day in range(7)],  # from Sunday
            "reason": gettext("Moved in the week"),
            "trouble": gettext(
                "The server could not be asked, so nothing was moved. Look at the connection and try again; if "
                "you were logged out, load the page anew."
            ),
        },
        **frame_of(clinic, [day.day for day in week.days]),
    }


def board_context(request: StaffRequest, day: date, now: datetime) -> dict[str, Any]:
    """What the board and the part of it that htmx swaps are made from."""
    clinical = _is_clinical(request)
    board = board_of(request.clinic, day, now, clinical=clinical)
    return {
        "board": board,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "lead": _lead(board),
        "needs": needs_of(request.clinic, now) if clinical else None,
        "may_plan": clinical,
        "may_check_in": bool(request.roles & {*CLINICAL, Role.FRONT_DESK}),
    }


def asked_day(request: HttpRequest, default: date) -> date:
    """The day of the query string. Raises InvalidInput on what is no day."""
    text = request.GET.get("day", "")
    if not text:
        return default
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not date(2000, 1, 3) <= day <= date(2999, 12, 31):
        raise InvalidInput(gettext("The address names no day. Choose a day as in 2026-11-23."))
    return day


def _is_clinical(request: StaffRequest) -> bool:
    return bool(request.roles & set(CLINICAL))


def _lead(board: Board) -> str:
    """'14 sessions · 3 devices'."""
    count = sum(card.state != Appointment.State.MISSED for card in board.cards)
    devices = len(board.columns)
    words = ngettext("%(count)d device", "%(count)d devices", devices) % {"count": devices}
    return f"{_sessions(count)} · {words}"


def _sessions(count: int) -> str:
    return ngettext("%(count)d session", "%(count)d sessions", count) % {"count": count}
