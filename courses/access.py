"""Fetching and authorising in one: what is not of the clinic in hand is not there."""

from django.db.models import Prefetch
from django.utils.translation import gettext

from courses.models import Appointment, Course, Session, TreatmentOrder, WaitListEntry, WaitListOffer
from devices.models import GatingReport
from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic
from patients.models import Coverage


def payers_of(path: str) -> "Prefetch[str]":
    """The coverages with their payers that the patient's banner shows, along ``path`` ('patient__coverages')."""
    return Prefetch(path, Coverage.objects.select_related("payer"))


def get_order(clinic: Clinic, code: str) -> TreatmentOrder:
    """The clinic's order of that code, with what its page shows. Raises NotFound."""
    order = (
        TreatmentOrder.objects.filter(patient__clinic=clinic, code=code)
        .select_related("patient__clinic", "assessment__signature", "ordered_by", "signature", "course")
        .prefetch_related(payers_of("patient__coverages"))
        .first()
    )
    if order is None:
        raise NotFound(gettext("There is no such order at this clinic. Open it from the patient's page."))
    return order


def get_course(clinic: Clinic, code: str) -> Course:
    """The clinic's course of that code, with its order, patient and payers. Raises NotFound."""
    course = (
        Course.objects.of(clinic)
        .filter(code=code)
        .select_related(
            "clinic",
            "patient",
            "order__signature",
            "order__assessment__signature",
            "order__assessment__coverage",
        )
        .prefetch_related(payers_of("patient__coverages"))
        .first()
    )
    if course is None:
        raise NotFound(gettext("There is no such course at this clinic. Open it from the patient's page."))
    return course


def get_appointment(clinic: Clinic, code: str) -> Appointment:
    """The clinic's appointment of that code, with its session where one was opened. Raises NotFound."""
    appointment = (
        Appointment.objects.of(clinic)
        .filter(code=code)
        .select_related(
            "course__clinic", "course__order__signature", "course__patient", "patient", "device", "session"
        )
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if appointment is None:
        raise NotFound(gettext("There is no such appointment at this clinic. Open it from the day's board."))
    return appointment


def get_waiting(clinic: Clinic, code: str) -> WaitListEntry:
    """The clinic's place on the wait list of that code. Raises NotFound."""
    entry = (
        WaitListEntry.objects.of(clinic)
        .filter(code=code)
        .select_related("course__clinic", "course__order", "course__patient")
        .first()
    )
    if entry is None:
        raise NotFound(gettext("There is no such place on the wait list. Open the list again."))
    return entry


def get_offer(clinic: Clinic, code: str) -> WaitListOffer:
    """The clinic's offer of that code. Raises NotFound."""
    offer = (
        WaitListOffer.objects.filter(entry__course__clinic=clinic, code=code)
        .select_related("device", "entry__course__clinic", "entry__course__order", "entry__course__patient")
        .first()
    )
    if offer is None:
        raise NotFound(gettext("There is no such offer at this clinic. Open the wait list again."))
    return offer


def get_session(clinic: Clinic, code: str) -> Session:
    """The clinic's session of that code, with course, device, recording and signature. Raises NotFound."""
    session = (
        Session.objects.of(clinic)
        .filter(code=code)
        .select_related(
            "course__clinic",
            "course__order",
            "course__patient",
            "appointment",
            "device",
            "recording",
            "gating_report",
            "signature",
            "claim_line",
            "opened_by",
        )
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if session is None:
        raise NotFound(gettext("There is no such session at this clinic. Open it from the day's board."))
    return session


def get_report(session: Session, code: str) -> GatingReport:
    """A report of the recording of a session that was fetched for this clinic. Raises NotFound."""
    report = GatingReport.objects.filter(code=code, recording=session.recording_id).first()
    if report is None:
        raise NotFound(gettext("There is no such report of this session. Open it from the session's page."))
    return report
