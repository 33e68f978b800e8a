from datetime import timedelta
from pathlib import Path
import pytest
from courses.models import *
from courses.scheduling.plan import Slot
from courses.scheduling.services import mark_missed
from django.utils import timezone
from eecp_clinic.models import *
from eecp_clinic.roles import Role
from tests import factories
from tests.journeys.test_planning import *

OUT = Path("/tmp/planner/shots")


def test_shots(login, nurse, clinic, physician, devices):
    OUT.mkdir(exist_ok=True)
    factories.add_role(nurse, clinic, Role.ADMINISTRATOR)
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=d, opens=time(8), closes=time(17)) for d in range(5)
    )
    clinic.opening_exceptions.create(
        day=timezone.localdate() + timedelta(days=12),
        opens=time(9),
        closes=time(13),
        reason="Make-up Saturday",
    )
    courses = []
    for n, (name, hour) in enumerate([("Ann", 9), ("Ben", 10), ("Cora", 11), ("Dan", 13), ("Eve", 14)]):
        c = factories.make_course(
            factories.make_patient(clinic, given_name=name, phone="(555) 010-0000"), physician
        )
        courses.append(c)
        for d in range(1, 15):
            w = in_days(clinic, d, hour)
            if w.weekday() < 5 and w.day != 26:
                factories.make_appointment(c, devices[n % 2], w + timedelta(minutes=15 * (n % 3)))
    plan_course = factories.make_course(factories.make_patient(clinic, family_name="Newcomer"), physician)
    plan_course.patient.absences.create(
        first_day=timezone.localdate() + timedelta(days=10),
        last_day=timezone.localdate() + timedelta(days=12),
        reason="Daughter's wedding",
    )
    missed = factories.make_appointment(courses[0], devices[0], in_days(clinic, -3, 9))
    Appointment.objects.filter(pk=missed.pk).update(state="missed", reason="Ill: flu")
    ends = f"{in_days(clinic, 4, 0):%Y-%m-%dT%H:%M}"
    begins = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    pages = {
        "plan": f"/courses/{plan_course.code}/plan/?start_date={timezone.localdate() + timedelta(days=2)}&preferred_time=10:00&device=&finish_by=&week-on_1=14:00",
        "makeup": f"/appointments/{missed.code}/make-up/",
        "appointment": f"/appointments/{missed.code}/",
        "repair": f"/repair/?kind=device&device={devices[0].code}&begins={begins}&ends={ends}&reason=Valve&nurses=1",
        "hours": "/hours/",
        "moves": "/moves/",
        "today": "/today/",
    }
    page = login("nora")
    for theme in ("light", "dark"):
        page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
        for width in (1440, 768):
            page.set_viewport_size({"width": width, "height": 900})
            for name, url in pages.items():
                if (
                    theme == "dark"
                    and width == 768
                    or (name in ("moves", "today", "appointment") and theme == "dark")
                ):
                    continue
                page.goto(url)
                over = page.evaluate(
                    "document.documentElement.scrollWidth-document.documentElement.clientWidth"
                )
                if over:
                    print("OVERFLOW", name, width, over)
                page.screenshot(path=OUT / f"{name}-{width}-{theme}.png", full_page=True)
