"""What of the patients a draft may be of: a patient's record.

A patient who is not registered yet has no draft: nothing would tie it to one person, and it might come back for another.
"""

from eecp_clinic.drafts import subjects
from eecp_clinic.roles import StaffRequest
from patients.access import get_patient


def register() -> None:
    subjects.register("patient", _open_patient)
    subjects.register(
        "new", lambda request, code: None
    )  # one's own, of nothing that exists: nothing to guard


def _open_patient(request: StaffRequest, code: str) -> None:
    get_patient(request.clinic, code)
