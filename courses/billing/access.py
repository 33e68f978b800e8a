"""Fetching and authorising in one, for what billing adds to a course."""

from django.utils.translation import gettext

from courses.access import payers_of
from courses.models import (
    Acknowledgement,
    Claim,
    ClaimFile,
    ClaimLine,
    Deposit,
    Packet,
    RecordsRequest,
    Remittance,
    SessionSheet,
)
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
        .select_related("claim", "records_request")
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


def get_claim(clinic: Clinic, code: str) -> Claim:
    """The clinic's claim of that code with its course and payer. Raises NotFound."""
    claim = (
        Claim.objects.of(clinic)
        .filter(code=code)
        .select_related(
            "authorization",
            "coverage",
            "course__clinic",
            "course__order",
            "course__patient",
            "original",
            "payer",
        )
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if claim is None:
        raise NotFound(gettext("There is no such claim at this clinic. Open it from the list of claims."))
    return claim


def get_claim_file(clinic: Clinic, code: str) -> ClaimFile:
    """The clinic's 837P file of that code. Raises NotFound."""
    found = (
        ClaimFile.objects.of(clinic).filter(code=code).select_related("clinic", "made_by", "sent_by").first()
    )
    if found is None:
        raise NotFound(gettext("There is no such file at this clinic. Open it from the list of files."))
    return found


def get_acknowledgement(clinic: Clinic, code: str) -> Acknowledgement:
    """The clinic's acknowledgement of that code. Raises NotFound."""
    found = (
        Acknowledgement.objects.of(clinic).filter(code=code).select_related("claim_file", "read_by").first()
    )
    if found is None:
        raise NotFound(gettext("There is no such answer at this clinic. Open it from the list of answers."))
    return found


def get_remittance(clinic: Clinic, code: str) -> Remittance:
    """The clinic's payment of that code. Raises NotFound."""
    found = (
        Remittance.objects.of(clinic)
        .filter(code=code)
        .select_related("clinic", "payer", "posted_by", "read_by")
        .first()
    )
    if found is None:
        raise NotFound(gettext("There is no such payment at this clinic. Open it from the list of answers."))
    return found


def get_deposit(clinic: Clinic, code: str) -> Deposit:
    """The clinic's deposit of that code. Raises NotFound."""
    found = Deposit.objects.of(clinic).filter(code=code).select_related("clinic").first()
    if found is None:
        raise NotFound(gettext("There is no such deposit at this clinic. Open it from the list of deposits."))
    return found


def get_records_request(clinic: Clinic, code: str) -> RecordsRequest:
    """The clinic's request of that code with its course and claim. Raises NotFound."""
    found = (
        RecordsRequest.objects.of(clinic)
        .filter(code=code)
        .select_related("claim", "recorded_by", "answered_by")
        .select_related("course__clinic", "course__order__assessment__coverage", "course__patient")
        .prefetch_related(payers_of("course__patient__coverages"))
        .first()
    )
    if found is None:
        raise NotFound(gettext("There is no such request at this clinic. Open it from the list of requests."))
    return found
