"""What the clinic's figures are counted from: sums by month and device that the database makes, in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Cast, Floor, TruncMonth

from courses.models import Appointment, Course, OutcomeMeasure, Session, TreatmentEvent
from courses.progress.augmentation import TARGET
from courses.progress.clinic_figures import CourseFact, HourFact, SessionFact
from courses.progress.strip import CAME, OVER
from eecp_clinic.models import Clinic

_TARGET = TARGET[0]
EXPECTED = (*CAME, Appointment.State.MISSED, Appointment.State.HELD)
#: How wide a bar of the distribution is.
DS_STEP = 0.2


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months of one clinic, from ``first`` until before ``after``; ``device`` narrows it to one of its own."""

    clinic: Clinic
    first: date
    after: date
    device: str = ""

    @property
    def months(self) -> tuple[date, ...]:
        found, month = [], self.first
        while month < self.after:
            found.append(month)
            month = (month.replace(day=28) + _FIVE_DAYS).replace(day=1)
        return tuple(found)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        midnight = time(tzinfo=self.clinic.zone)
        return datetime.combine(self.first, midnight), datetime.combine(self.after, midnight)


_FIVE_DAYS = date(2000, 1, 6) - date(2000, 1, 1)


def courses_in(period: Period) -> QuerySet[Course]:
    """The courses that ended in the period, with what their facts are made of."""
    of_course = Session.objects.completed().filter(course=OuterRef("pk")).order_by()
    minutes = of_course.values("course").annotate(
        total=Sum("minutes_delivered"), known=Count("minutes_delivered")
    )
    assessed = of_course.filter(gating_report__ds_area__isnull=False).order_by("-number")
    outcomes = OutcomeMeasure.objects.filter(course=OuterRef("pk")).order_by()
    baseline, end = OutcomeMeasure.Point.BASELINE, OutcomeMeasure.Point.END
    return Course.objects.of(period.clinic).filter(
        state__in=OVER, ended_on__gte=period.first, ended_on__lt=period.after
    ).annotate(
        month=TruncMonth("ended_on", output_field=DateField()),
        baseline_ccs=Subquery(outcomes.filter(point=baseline).values("ccs_class")[:1]),
        end_ccs=Subquery(outcomes.filter(point=end).values("ccs_class")[:1]),
        last_area=Subquery(assessed.values("gating_report__ds_area")[:1]),
        had_event=Exists(
            TreatmentEvent.objects.filter(session__course=OuterRef("pk"), struck_at=None)
        ),
        minutes=Subquery(
            minutes.annotate(count=Count("pk")).filter(known=F("count")).values("total")[:1],
            output_field=FloatField(),
        ),
        reached=Case(When(last_area__gte=_TARGET, then=True), When(last_area__lt=_TARGET, then=False)),
    )  # fmt: skip


_COURSE = ("month", "state", "baseline_ccs", "end_ccs", "reached", "had_event")


def course_facts(period: Period) -> list[CourseFact]:
    """Courses that are alike, counted together."""
    timed = Case(When(minutes__isnull=False, then=True), default=False)
    rows = courses_in(period).annotate(timed=timed).order_by().values(*_COURSE, "timed")
    return [course_fact(row) for row in rows.annotate(courses=Count("pk"), together=Sum("minutes"))]


def course_fact(row: dict[str, Any]) -> CourseFact:
    return CourseFact(
        month=row["month"],
        courses=row["courses"],
        completed=row["state"] == Course.State.COMPLETED,
        baseline_ccs=row["baseline_ccs"],
        end_ccs=row["end_ccs"],
        reached=row["reached"],
        had_event=row["had_event"],
        minutes=row["together"],
    )


def sessions_in(period: Period) -> QuerySet[Session]:
    """The completed sessions that began in the period."""
    begins, ends = period.bounds
    found = Session.objects.of(period.clinic).completed().filter(started_at__gte=begins, started_at__lt=ends)
    return found.filter(device__code=period.device) if period.device else found


_TIMED, _ASSESSED = Q(minutes_delivered__isnull=False), Q(gating_report__effective_minutes__isnull=False)
_ORDERED = "course__order__session_minutes"
_SUMS = {
    "sessions": Count("pk"),
    "timed": Count("pk", filter=_TIMED),
    "delivered_min": Sum("minutes_delivered", default=0.0, output_field=FloatField()),
    "ordered_min": Sum(_ORDERED, filter=_TIMED, default=0),
    "assessed": Count("pk", filter=_ASSESSED),
    "effective_min": Sum("gating_report__effective_minutes", default=0.0),
    "assessed_min": Sum(_ORDERED, filter=_ASSESSED, default=0),
    "rated": Count("pk", filter=Q(gating_report__ds_peak__isnull=False)),
    "at_target": Count("pk", filter=Q(gating_report__ds_peak__gte=_TARGET)),
}


def session_facts(period: Period) -> list[SessionFact]:
    """By month and by the device's code, with the adverse events that were charted and not struck."""
    rows = (
        sessions_in(period).order_by().annotate(month=_month(period, "started_at"), group=F("device__code"))
    )
    events = _events(period)
    facts = []
    for row in rows.values("month", "group").annotate(**_SUMS):
        told, severe = events.get((row["month"], row["group"]), (0, 0))
        facts.append(SessionFact(**row, events=told, severe=severe))
    return facts


def _events(period: Period) -> dict[tuple[date, str], tuple[int, int]]:
    """By month and device: how many were charted, and how many of them severe."""
    begins, ends = period.bounds
    told = TreatmentEvent.objects.filter(
        struck_at=None,
        session__in=sessions_in(period).order_by(),
        session__started_at__gte=begins,
        session__started_at__lt=ends,
    )
    rows = told.order_by().annotate(month=_month(period, "session__started_at"))
    counted = rows.values("month", "session__device__code").annotate(
        events=Count("pk"), severe=Count("pk", filter=Q(severity=TreatmentEvent.Severity.SEVERE))
    )
    return {(row["month"], row["session__device__code"]): (row["events"], row["severe"]) for row in counted}


def nurse_facts(period: Period) -> tuple[list[SessionFact], dict[str, str]]:
    """The signed sessions by who signed them, and how these people are called."""
    signed = sessions_in(period).order_by().filter(signature__isnull=False)
    names = ("signature__signer", "signature__signer__last_name", "signature__signer__first_name")
    facts, called = [], {}
    for row in signed.values(*names).annotate(**_SUMS):
        pk, family, given = (row.pop(name) for name in names)
        called[str(pk)] = f"{family.upper()} {given}"
        facts.append(SessionFact(month=period.first, group=str(pk), **row))
    return facts, dict(sorted(called.items(), key=lambda item: item[1]))


def hours_in(period: Period) -> QuerySet[Appointment]:
    """The booked hours of the period in which the patient came, was held back, or was missed."""
    begins, ends = period.bounds
    found = Appointment.objects.of(period.clinic).filter(
        starts_at__gte=begins, starts_at__lt=ends, state__in=EXPECTED
    )
    return found.filter(device__code=period.device) if period.device else found


def hour_facts(period: Period) -> list[HourFact]:
    rows = hours_in(period).order_by().annotate(month=_month(period, "starts_at"), group=F("device__code"))
    missed = Count("pk", filter=Q(state=Appointment.State.MISSED))
    return [
        HourFact(**row) for row in rows.values("month", "group").annotate(hours=Count("pk"), missed=missed)
    ]


def ds_distribution(period: Period) -> dict[int, int]:
    """Sessions by their D/S peak in steps of DS_STEP; the key counts the steps."""
    rated = sessions_in(period).order_by().filter(gating_report__ds_peak__isnull=False)
    step = Floor(Cast(F("gating_report__ds_peak"), FloatField()) / DS_STEP)
    found: defaultdict[int, int] = defaultdict(int)
    for row in rated.annotate(step=step).values("step").annotate(count=Count("pk")):
        found[int(row["step"])] += row["count"]
    return dict(found)


def _month(period: Period, field: str) -> TruncMonth:
    return TruncMonth(field, tzinfo=period.clinic.zone, output_field=DateField())


def device_names(clinic: Clinic) -> dict[str, str]:
    """What each device of the clinic is called, by its code."""
    return dict(clinic.devices.order_by("name").values_list("code", "name"))
