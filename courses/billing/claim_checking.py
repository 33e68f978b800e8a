"""What keeps a claim from being sent: the payer's profile, what cannot be written, and each of its lines."""

from datetime import datetime

from courses.billing import asking, readiness
from courses.billing.cms1500 import filling
from courses.billing.cms1500.paper import PaperClaim, PaperRefusal
from courses.billing.facts import sessions_with_facts
from courses.billing.findings import Severity
from courses.billing.later_checking import OF_THE_FIRST_PAYER, of_later_payer
from courses.billing.services.lines import findings_of
from courses.billing.setup_gathering import setup_facts
from courses.billing.surroundings import Surroundings
from courses.billing.x12.claim_837p import refusal_of
from courses.models import Claim, PayerProfile
from eecp_clinic.errors import ClinicError


def why_not_ready(claim: Claim, now: datetime) -> list[str]:
    """Every reason as a sentence, each once; empty: it may be sent as it is."""
    found = asking.with_all(Claim.objects.filter(pk=claim.pk)).get()
    reasons = [
        *_of_setup(found, now),
        *_of_form(found, now),
        *_of_lines(found, now),
        *of_later_payer(found, now),
    ]
    return list(dict.fromkeys(reasons))


def _of_setup(claim: Claim, now: datetime) -> list[str]:
    clinic = claim.course.clinic
    people = {m.supervisor for m in claim.memberships.all() if m.supervisor is not None}
    facts = setup_facts(
        clinic,
        claim.payer,
        practitioners=sorted(people, key=lambda user: user.pk),
        day=clinic.day_of(now),
        charge=next((m.charge for m in claim.memberships.all()), None),
    )
    return [f.sentence for f in readiness.missing_setup(facts) if f.severity is Severity.BLOCK]


def _of_form(claim: Claim, now: datetime) -> list[str]:
    """Why it cannot be written, on file or on paper; nothing where the setup is missing, which says so itself."""
    profile = PayerProfile.objects.filter(payer=claim.payer).first()
    if profile is None or not hasattr(claim.course.clinic, "billing_provider"):
        return []
    try:
        asked = asking.claim_asked(claim)
        if profile.form == PayerProfile.Form.PAPER:
            filling.pages(paper_claim(claim, now))
            return []
    except (ClinicError, PaperRefusal) as error:
        return [str(error)]
    refusal = refusal_of(asked)
    return [str(refusal)] if refusal else []


def paper_claim(claim: Claim, now: datetime) -> PaperClaim:
    """The claim of ``asking.with_all`` as the form asks for it. Raises Conflict where something is missing."""
    clinic, members = claim.course.clinic, list(claim.memberships.all())
    supervisor = members[0].supervisor if members else None
    consents = getattr(claim.course.patient, "consents", ())
    return PaperClaim(
        claim=asking.claim_asked(claim),
        billing=asking.billing_provider(clinic),
        signed_by=supervisor.signing_name if supervisor else "",
        signed_on=clinic.day_of(now),
        patient_phone=claim.course.patient.phone,
        from_accident=claim.course.patient.from_accident,
        patient_signed_on=max((paper.dated_on for paper in consents if paper.dated_on), default=None),
    )


def _of_lines(claim: Claim, now: datetime) -> list[str]:
    """A void takes back what was asked, whatever is wrong with it."""
    if claim.frequency == Claim.Frequency.VOID:
        return []
    sessions = sessions_with_facts(m.line.session_id for m in claim.memberships.all())
    around = Surroundings(sessions)
    return [
        finding.sentence
        for session in sessions
        for finding in findings_of(session, around, now)
        if finding.severity is Severity.BLOCK and not (claim.rank > 1 and finding.code in OF_THE_FIRST_PAYER)
    ]
