"""A course that ends before its time."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from courses.models import Appointment, Course, Session
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

#: Hours that are given back; what began, happened or was missed stays as it is.
TO_FREE = (Appointment.State.BOOKED, Appointment.State.ARRIVED, Appointment.State.HELD)


@transaction.atomic
def stop_course(*, course: Course, reason: str, actor: User, now: datetime) -> Course:
    """Discontinue ``course`` for a coded ``reason`` and free its booked hours.

    Raises NotAllowed (physicians only), InvalidInput (no such reason), Conflict (it is over, or a session of it is
    open).
    """
    require_role(actor, course.clinic, Role.PHYSICIAN)
    if reason not in Course.EndReason:
        raise InvalidInput(gettext("Choose the reason why the course ends."))
    locked = Course.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=course.pk)
    if locked.state in {Course.State.COMPLETED, Course.State.DISCONTINUED}:
        raise Conflict(gettext("This course has ended before. Nothing was changed."), code="course_over")
    if Session.objects.running().filter(course=locked).exists():
        raise Conflict(
            gettext("A session of this course is running. End that session, then stop the course."),
            code="session_running",
        )
    freed = Appointment.objects.filter(
        course=locked, state__in=TO_FREE, ends_at__gt=now, session__isnull=True
    )
    codes = list(freed.values_list("code", flat=True))
    label = str(Course.EndReason(reason).label)
    freed.update(
        state=Appointment.State.CANCELLED,
        reason=gettext("Course stopped: %(reason)s") % {"reason": label},
        version=F("version") + 1,
    )
    locked.state = Course.State.DISCONTINUED
    locked.end_reason = reason
    locked.ended_on = locked.clinic.day_of(now)
    locked.full_clean()
    locked.save(update_fields=["state", "end_reason", "ended_on"])
    audit.record(
        "course.stopped",
        subject=f"course:{locked.code}",
        actor=actor,
        clinic=locked.clinic,
        at=now,
        reason=reason,
        appointments=codes,
    )
    return locked
