"""Fetching and authorising in one: logs and the practitioners of one clinic."""

from datetime import date

from django.utils.translation import gettext

from courses.models import SupervisionLog
from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic, User


def get_practitioner(clinic: Clinic, username: str) -> User:
    """Somebody who works at this clinic, or has supervised at it. Raises NotFound."""
    found = (
        User.objects.filter(username=username, memberships__clinic=clinic).first()
        or User.objects.filter(username=username, supervision_periods__clinic=clinic).first()
    )
    if found is None:
        raise NotFound(gettext("There is nobody of that name at this clinic. Open it from the board."))
    return found


def get_log(clinic: Clinic, username: str, day: date, version: int) -> SupervisionLog:
    """One signed version. Raises NotFound."""
    found = (
        SupervisionLog.objects.filter(
            clinic=clinic, practitioner__username=username, day=day, version=version
        )
        .select_related("clinic", "practitioner", "signature")
        .first()
    )
    if found is None:
        raise NotFound(gettext("There is no such signed log at this clinic. Open it from the board."))
    return found
