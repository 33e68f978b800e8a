"""Other services from a file of another system: matched to the days of courses, looked at, then noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.facts import service_day
from courses.billing.service_csv import NotTaken, ServiceFileError, ServiceRow, read_services
from courses.billing.services.other_services import note_other_service
from courses.models import Course, OtherService, Session
from eecp_clinic.errors import ClinicError
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role
from patients.services.records import refusal


@dataclass(frozen=True, slots=True)
class Matched:
    """A row and the course that had a session on its day."""

    row: ServiceRow
    course: Course

    @property
    def billed_by(self) -> str:
        return str(OtherService.BilledBy(self.row.billed_by).label)


def match_services(clinic: Clinic, content: bytes) -> tuple[list[Matched], list[NotTaken]]:
    """What would be noted, and each row that would not and why; nothing is kept. Raises InvalidInput."""
    try:
        rows, left = read_services(content)
    except ServiceFileError as error:
        raise refusal({"file": [str(error)]}) from error
    courses, noted = _courses_by_day(clinic, rows), _noted(clinic, rows)
    matched: list[Matched] = []
    not_taken = list(left)
    for row in rows:
        course = courses.get((row.mrn, row.day))
        if course is None:
            sentence = gettext("Nobody with this MRN had a session on that day.")
        elif (course.pk, row.day, row.code) in noted:
            sentence = gettext("It is noted already.")
        elif row.code == "G0166":
            sentence = gettext("G0166 is the session itself, which has its own line.")
        else:
            noted.add((course.pk, row.day, row.code))
            matched.append(Matched(row, course))
            continue
        not_taken.append(NotTaken(row.row, sentence))
    return matched, sorted(not_taken, key=lambda one: one.row)


def _courses_by_day(clinic: Clinic, rows: Sequence[ServiceRow]) -> dict[tuple[str, date], Course]:
    completed = (
        Session.objects.of(clinic)
        .completed()
        .filter(course__patient__mrn__in={row.mrn for row in rows})
        .select_related("course__clinic", "course__patient")
    )
    return {(one.course.patient.mrn, service_day(one)): one.course for one in completed}


def _noted(clinic: Clinic, rows: Sequence[ServiceRow]) -> set[tuple[int, date, str]]:
    standing = OtherService.objects.of(clinic).standing()
    found = standing.filter(service_date__in={row.day for row in rows})
    return set(found.values_list("course_id", "service_date", "hcpcs"))


@transaction.atomic
def import_other_services(
    *, clinic: Clinic, content: bytes, actor: User, now: datetime
) -> list[OtherService]:
    """Note every row that matches; the lines of those days are checked again. Raises NotAllowed, InvalidInput."""
    require_role(actor, clinic, Role.BILLING)
    matched, _left = match_services(clinic, content)
    if not matched:
        raise refusal({"file": [gettext("No row of the file can be taken.")]})
    made = []
    for one in matched:
        values = {
            "service_date": one.row.day,
            "hcpcs": one.row.code,
            "billed_by": one.row.billed_by,
            "origin": OtherService.Origin.IMPORTED,
        }
        try:
            made.append(note_other_service(course=one.course, values=values, actor=actor, now=now))
        except ClinicError as error:
            sentence = gettext("Row %(row)s: %(why)s Nothing was imported.")
            raise refusal({"file": [sentence % {"row": one.row.row, "why": error.message}]}) from error
    return made
