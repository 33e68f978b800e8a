"""Fetching and authorising in one, for what billing adds to a course."""

from django.utils.translation import gettext

from courses.access import payers_of
from courses.models import ClaimLine, Packet, SessionSheet
from eecp_clinic.errors import NotFound
from eecp_clinic.models import Clinic


def get_line(clinic: Clinic, code: str) -> ClaimLine:
    """The clinic's claim line of that code with its session, recording and report. Raises NotFound."""
    line = (
        ClaimLine.objects.of(clinic)
        .filter(code=code)
        .select_related(
            "decided_by",
            "session__course__clinic",
            "session__course__order",
            "session__course__patient",
            "session__device",
            "session__recording",
            "session__gating_report",
            "session__signature",
        )
        .defer("session__gating_report__report", "session__recording__manifest")
        .prefetch_related(payers_of("session__course__patient__coverages"))
        .first()
    )
    if line is None:
        raise NotFound(
            gettext("There is no such claim line at this clinic. Open it from the list of claims.")
        )
    return line


def get_packet(clinic: Clinic, code: str) -> Packet:
    """The clinic's packet of that code with its course. Raises NotFound."""
    packet = (
        Packet.objects.of(clinic)
        .filter(code=code)
        .select_related("requested_by", "course__clinic", "course__order", "course__patient")
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if packet is None:
        raise NotFound(
            gettext("There is no such packet at this clinic. Open it from the page of the course.")
        )
    return packet


def get_sheet(clinic: Clinic, session: str, version: int) -> SessionSheet:
    """That version of the sheet of the clinic's session of that code. Raises NotFound."""
    sheet = (
        SessionSheet.objects.of(clinic)
        .filter(session__code=session, version=version)
        .select_related("session__course__clinic", "session__course__patient")
        .first()
    )
    if sheet is None:
        raise NotFound(
            gettext("There is no such sheet at this clinic. Open it from the page of the session.")
        )
    return sheet
