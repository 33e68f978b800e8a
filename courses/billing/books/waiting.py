"""What a later payer is still asked for, or is to be asked for: the patient is not asked for it meanwhile."""

from courses.billing.services.later_claims import next_coverage
from courses.billing.worklist.worklist import due_to_next
from courses.models import Claim, ClaimMembership, Course

#: States in which a claim has no answer that counts.
UNANSWERED = (Claim.State.DRAFT, Claim.State.READY, Claim.State.SENT, Claim.State.ACCEPTED)


def awaited_payers(course: Course) -> dict[int, str]:
    """By the key of a line: the name of the later payer that it waits for. Two queries, and two a claim that is due."""
    asked = ClaimMembership.objects.filter(
        claim__course=course, claim__state__in=UNANSWERED, live=True, rank__gt=1
    )
    found = dict(asked.values_list("line", "claim__payer__name"))
    for claim in due_to_next(course.clinic).filter(course=course).select_related("course", "coverage"):
        coverage = next_coverage(claim)
        if coverage is not None:
            lines = claim.memberships.filter(live=True).values_list("line", flat=True)
            found |= {line: coverage.payer.name for line in lines if line not in found}
    return found
