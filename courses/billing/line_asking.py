"""How a signed session would be asked for, with what the scrubber says of it as asked: from the record as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext

from courses.billing.asking import SESSION_CODE
from courses.billing.facts import facts_of, rules_of, service_day, sessions_with_facts
from courses.billing.findings import LineFinding, Severity
from courses.billing.modifiers import modifiers_of
from courses.billing.payer_facts import Asked
from courses.billing.scrubber import scrub
from courses.billing.surroundings import Surroundings
from courses.models import ClaimLine, Session
from eecp_clinic.models import User
from patients.banner import primary_coverage
from patients.models import Coverage, Payer, PriorAuthorization


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """One line as a claim would ask for it."""

    line: ClaimLine
    session: Session
    coverage: Coverage
    authorization: PriorAuthorization | None
    day: date
    modifiers: tuple[str, ...]
    charge: Decimal
    place_of_service: str
    supervisor: User | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that stands in no claim, and why; ``code`` is that of the finding."""

    line: ClaimLine
    code: str
    sentence: str


def lines_asked(
    lines: Sequence[ClaimLine], now: datetime, *, with_gz: bool = False
) -> tuple[list[AskedLine], list[LeftOut]]:
    """Each line as it would be asked for, or why not; in the order of their days, in a fixed number of queries."""
    by_session = {line.session_id: line for line in lines}
    sessions = sessions_with_facts(by_session)
    around = Surroundings(sessions)
    asked, left = [], []
    for session in sorted(sessions, key=lambda found: (found.started_at or now, found.pk)):
        found = _asked(by_session[session.pk], session, around, now, with_gz=with_gz)
        if isinstance(found, LeftOut):
            left.append(found)
        else:
            asked.append(found)
    return asked, left


def _asked(
    line: ClaimLine, session: Session, around: Surroundings, now: datetime, *, with_gz: bool
) -> AskedLine | LeftOut:
    day = service_day(session)
    if (stands := around.record.live_claim(session)) is not None:
        sentence = gettext("It stands in claim %(code)s already.") % {"code": stands}
        return LeftOut(line, "in_claim", sentence)
    coverage = primary_coverage(session.course.patient, day)
    if coverage is None:
        return LeftOut(line, "payer_not_known", gettext("No coverage on file was in force on the day."))
    if coverage.payer.kind == Payer.Kind.SELF_PAY:
        return LeftOut(line, "patient_pays", gettext("The patient pays by agreement: no claim is made."))
    rules = rules_of(
        session.course.clinic,
        day,
        settled=around.settled_billing(session, now),
        planned_sessions=session.course.order.sessions,
        audio_video_accepted=around.accepts_audio_video(session),
    )
    facts = facts_of(session, around, now)
    modifiers = modifiers_of(facts, rules, with_gz=with_gz)
    fee = around.record.fee(session.course.clinic_id, day, modifiers)
    if fee is None:
        sentence = gettext(
            "What the clinic charges for one session in %(year)s is not known. Import its fee schedule."
        )
        return LeftOut(line, "charge_missing", sentence % {"year": day.year})
    alike = around.record.alike(session, day, SESSION_CODE, modifiers)
    as_asked = Asked(units=1, charge=fee, fee=fee, practitioner_npi=facts.billing_npi, alike=alike)
    findings = scrub(replace(facts, modifiers=modifiers, asked=as_asked), rules)
    if (said := _blocking(findings)) is not None:
        return LeftOut(line, said.code, said.sentence)
    return AskedLine(
        line=line,
        session=session,
        coverage=coverage,
        authorization=around.record.authorization(session, coverage, day, around.of_patient(session)),
        day=day,
        modifiers=modifiers,
        charge=fee,
        place_of_service=session.course.clinic.place_of_service,
        supervisor=around.practitioner(session, facts.billing_npi),
    )


def _blocking(findings: Sequence[LineFinding]) -> LineFinding | None:
    return next((finding for finding in findings if finding.severity is Severity.BLOCK), None)
