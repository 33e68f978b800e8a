"""Everything that somebody set aside in a month: who, as what, when, what was said against it, and why.

Gathered from where each is kept, in one query a kind; nothing is written here. A role that was not kept with the
decision is not known, and not guessed from what the person is today.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import ClaimLine, ClaimOverride, Hold, HoldOverride, Move, OtherService, Session
from eecp_clinic.models import AuditEvent, Clinic
from eecp_clinic.roles import Role
from patients.models import Patient, SafetyOverride


@dataclass(frozen=True, slots=True)
class SetAside:
    """One entry. ``role`` empty: not kept. ``patient`` is the name as lists show it."""

    at: datetime
    kind: Any
    who: str
    role: Any
    patient: str
    what: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class PersonCount:
    who: str
    count: int


def set_aside(clinic: Clinic, start: datetime, end: datetime) -> list[SetAside]:
    """The entries from ``start`` until before ``end``, in their order."""
    sources = (
        _claim_findings,
        _holds,
        _released,
        _safety,
        _fewer_nurses,
        _ended_early,
        _without_recording,
        _separate,
        _corrected_though_billed,
    )
    found = [entry for source in sources for entry in source(clinic, start, end)]
    return sorted(found, key=lambda entry: (entry.at, entry.url))


def by_person(entries: Sequence[SetAside]) -> list[PersonCount]:
    counts = Counter(entry.who for entry in entries)
    return [
        PersonCount(who, count) for who, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _role(code: str) -> Any:
    return Role(code).label if code in Role.values else code


def _claim_findings(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = ClaimOverride.objects.filter(
        line__session__course__clinic=clinic, decided_at__gte=start, decided_at__lt=end
    ).select_related("decided_by", "line__session__course__patient")
    for row in rows:
        kind = _("Claim finding taken up again") if row.withdraws_id else _("Claim finding")
        yield SetAside(
            row.decided_at,
            kind,
            row.decided_by.signing_name,
            _role(row.role),
            row.line.session.course.patient.board_name,
            gettext("Session %(number)s: %(said)s")
            % {"number": row.line.session.number or "?", "said": row.sentence},
            row.reason,
            reverse("courses:claim-line", args=[row.line.code]),
        )


def _holds(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = HoldOverride.objects.filter(
        session__course__clinic=clinic, decided_at__gte=start, decided_at__lt=end
    ).select_related("decided_by", "session__course__patient")
    for row in rows:
        what = " ".join(str(finding["fact"]) for finding in row.findings)
        # Only a physician may (``treatment/services/running.py``).
        who, role = row.decided_by.signing_name, Role.PHYSICIAN.label
        url = reverse("courses:session", args=[row.session.code])
        patient = row.session.course.patient.board_name
        yield SetAside(row.decided_at, _("Treated on a hold"), who, role, patient, what, row.reason, url)


def _released(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = Hold.objects.filter(
        session__course__clinic=clinic, released_at__gte=start, released_at__lt=end
    ).select_related("seen_by", "session__course__patient")
    for row in rows:
        who = row.seen_by.signing_name if row.seen_by else ""
        url = reverse("courses:session", args=[row.session.code])
        patient = row.session.course.patient.board_name
        if row.released_at is not None:
            yield SetAside(
                row.released_at,
                _("Hold released"),
                who,
                Role.PHYSICIAN.label,
                patient,
                row.reason,
                row.answer,
                url,
            )


def _safety(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = SafetyOverride.objects.filter(
        signature__clinic=clinic, signature__signed_at__gte=start, signature__signed_at__lt=end
    ).select_related("signature", "screening__patient")
    for row in rows:
        signature, patient = row.signature, row.screening.patient
        who = f"{signature.name}, {signature.credentials}" if signature.credentials else signature.name
        yield SetAside(
            signature.signed_at,
            _("Contraindication or precaution"),
            who,
            _role(signature.role),
            patient.board_name,
            _fact(row),
            row.reason,
            reverse("patients:safety", args=[patient.code]),
        )


def _fact(row: SafetyOverride) -> str:
    """What the screening had found under the rule."""
    facts = (found["fact"] for found in row.screening.findings if found["code"] == row.rule)
    return str(next(facts, row.rule))


def _fewer_nurses(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    events = AuditEvent.objects.filter(
        clinic=clinic, action="appointment.moved", data__fewer_nurses=True, at__gte=start, at__lt=end
    ).select_related("actor")
    moves = {event.data["move"]: event for event in events}
    rows = Move.objects.filter(code__in=moves).select_related("appointment__patient")
    for row in rows:
        event = moves[row.code]
        yield SetAside(
            event.at,
            _("Fewer nurses than the rule"),
            event.actor.signing_name if event.actor else "",
            _role(event.data.get("role", "")),
            row.appointment.patient.board_name,
            gettext("More devices run in that hour than its nurses watch by the clinic's rule."),
            row.reason,
            reverse("courses:appointment", args=[row.appointment.code]),
        )


def _ended_early(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = ClaimLine.objects.filter(
        session__course__clinic=clinic, decided_at__gte=start, decided_at__lt=end
    ).select_related("decided_by", "session__course__patient")
    for row in rows:
        what = gettext("The session ended early: %(decision)s") % {
            "decision": row.get_partial_decision_display()
        }
        if row.decided_by is not None and row.decided_at is not None:
            yield SetAside(
                row.decided_at,
                _("Session that ended early"),
                row.decided_by.signing_name,
                _role(row.decided_role),
                row.session.course.patient.board_name,
                what,
                row.decision_reason,
                reverse("courses:claim-line", args=[row.code]),
            )


def _without_recording(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = (
        Session.objects.of(clinic)
        .filter(signature__signed_at__gte=start, signature__signed_at__lt=end)
        .exclude(without_recording_reason="")
        .select_related("signature", "course__patient")
    )
    for row in rows:
        signature = row.signature
        if signature is not None:
            who = f"{signature.name}, {signature.credentials}" if signature.credentials else signature.name
            yield SetAside(
                signature.signed_at,
                _("Signed without recording or report"),
                who,
                _role(signature.role),
                row.course.patient.board_name,
                gettext("Session %(number)s has no recording, or none that was analysed.")
                % {"number": row.number},
                row.without_recording_reason,
                reverse("courses:session", args=[row.code]),
            )


def _separate(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = (
        OtherService.objects.of(clinic)
        .standing()
        .filter(recorded_at__gte=start, recorded_at__lt=end)
        .exclude(separate_because="")
        .select_related("recorded_by", "course__patient")
    )
    for row in rows:
        yield SetAside(
            row.recorded_at,
            _("Other service called separate"),
            row.recorded_by.signing_name,
            _role(row.recorded_role),
            row.course.patient.board_name,
            gettext("%(code)s on the day of a session is not paid beside it unless separate and distinct.")
            % {"code": row.hcpcs},
            row.separate_because,
            reverse("courses:other-services", args=[row.course.code]),
        )


def _corrected_though_billed(clinic: Clinic, start: datetime, end: datetime) -> Iterator[SetAside]:
    rows = AuditEvent.objects.filter(
        clinic=clinic,
        action__in=("coverage.edited", "authorization.edited"),
        data__has_key="billed",
        at__gte=start,
        at__lt=end,
    ).select_related("actor")
    events = list(rows)
    patients = Patient.objects.in_bulk([event.data["patient"] for event in events], field_name="code")
    for event in events:
        patient = patients[event.data["patient"]]
        what = gettext("Claim %(codes)s had gone out with it.") % {"codes": ", ".join(event.data["billed"])}
        yield SetAside(
            event.at,
            _("Corrected after it was billed"),
            event.actor.signing_name if event.actor else "",
            _role(event.data.get("role", "")),
            patient.board_name,
            what,
            event.data["because"],
            patient.get_absolute_url(),
        )
