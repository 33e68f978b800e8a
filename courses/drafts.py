"""What of the courses a draft may be of, and who may open it."""

from courses.access import get_course, get_session
from eecp_clinic.drafts import subjects
from eecp_clinic.errors import NotAllowed
from eecp_clinic.roles import CLINICAL, StaffRequest, refusal


def register() -> None:
    subjects.register("session", _open_session)
    subjects.register("course", _open_course)


def _open_session(request: StaffRequest, code: str) -> None:
    """Only those who chart have anything to write there."""
    if not request.roles & set(CLINICAL):
        raise NotAllowed(refusal(CLINICAL), code="role")
    get_session(request.clinic, code)


def _open_course(request: StaffRequest, code: str) -> None:
    get_course(request.clinic, code)
