"""Claims are made of ready lines, checked until they can be written, or discarded."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.asking import SESSION_CODE
from courses.billing.claim_checking import why_not_ready
from courses.billing.line_asking import AskedLine, LeftOut, lines_asked
from courses.billing.services.claim_moving import Why, locked, move, note_step
from courses.billing.x12.claim import MOST_LINES
from courses.claim_states import Event, State
from courses.models import Claim, ClaimLine, ClaimMembership
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role


@dataclass(frozen=True, slots=True)
class Made:
    """The claims that were made, and the lines that stand in none of them, each with the reason."""

    claims: tuple[Claim, ...]
    left_out: tuple[LeftOut, ...]


@transaction.atomic
def make_claims(
    *, clinic: Clinic, lines: Iterable[int], actor: User, now: datetime, with_gz: bool = False
) -> Made:
    """Claims of those lines: one for each course, payer and authorization, of at most 50 lines, one line a date.

    Each line is held to the scrubber as it would be asked for, modifiers among it; one that it blocks is left out with
    the finding. What stands in a claim already is left where it is, so that asking twice makes nothing twice. A claim
    that could be written is ready, the others are drafts that say what is missing. ``with_gz``: claim with GZ what
    Medicare is expected to deny and no ABN counts for. Raises NotAllowed, InvalidInput, NotFound.
    """
    require_role(actor, clinic, Role.BILLING)
    keys = sorted(set(lines))
    if not keys:
        raise InvalidInput(gettext("Choose at least one line."))
    # Two billers at once queue here; the second finds the lines in the first one's claim.
    found = list(
        ClaimLine.objects.of(clinic).filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    )
    if len(found) != len(keys):
        raise NotFound(gettext("One of these lines is not this clinic's. Look at the list again."))
    asked, left = lines_asked(found, now, with_gz=with_gz)
    claims = [_make(part, actor, now) for part in _grouped(asked)]
    for claim in claims:
        check_claim(claim=claim, actor=actor, now=now)
    return Made(tuple(claims), tuple(left))


def _grouped(asked: Sequence[AskedLine]) -> Iterator[list[AskedLine]]:
    """By course, coverage and authorization, in the order of their days, at most 50 together."""
    groups: dict[tuple[int, int, int | None], list[AskedLine]] = {}
    for one in asked:
        approval = one.authorization.pk if one.authorization else None
        groups.setdefault((one.session.course_id, one.coverage.pk, approval), []).append(one)
    for group in groups.values():
        for start in range(0, len(group), MOST_LINES):
            yield group[start : start + MOST_LINES]


def _make(asked: Sequence[AskedLine], actor: User, now: datetime) -> Claim:
    first = asked[0]
    claim = Claim(
        course=first.session.course,
        payer=first.coverage.payer,
        coverage=first.coverage,
        authorization=first.authorization,
        made_by=actor,
        made_at=now,
        state_at=now,
    )
    claim.full_clean()
    claim.save(force_insert=True)
    add_lines(claim, asked)
    note_step(claim, Event.MAKE, None, Why(now=now, actor=actor))
    return claim


def add_lines(claim: Claim, asked: Sequence[AskedLine]) -> None:
    """Stand the lines in the claim."""
    members = [
        ClaimMembership(
            claim=claim,
            line=one.line,
            position=position,
            service_date=one.day,
            hcpcs=SESSION_CODE,
            modifiers=list(one.modifiers),
            place_of_service=one.place_of_service,
            charge=one.charge,
            supervisor=one.supervisor,
        )
        for position, one in enumerate(asked, 1)
    ]
    for member in members:
        member.full_clean(validate_unique=False, validate_constraints=False)
    ClaimMembership.objects.bulk_create(members)


def ask_alike(claim: Claim, other: Claim, *, without: Collection[str] = ()) -> None:
    """Stand the lines of another claim in this one as they were asked there, ``without`` some modifiers."""
    members = [
        ClaimMembership(
            claim=claim,
            line_id=member.line_id,
            position=member.position,
            service_date=member.service_date,
            hcpcs=member.hcpcs,
            modifiers=[modifier for modifier in member.modifiers if modifier not in without],
            place_of_service=member.place_of_service,
            units=member.units,
            charge=member.charge,
            supervisor_id=member.supervisor_id,
        )
        for member in other.memberships.order_by("position")
    ]
    ClaimMembership.objects.bulk_create(members)


@transaction.atomic
def check_claim(*, claim: Claim, actor: User, now: datetime) -> Claim:
    """Ready where nothing keeps it back; else a draft whose note says what. Raises NotAllowed, Conflict once sent."""
    require_role(actor, claim.course.clinic, Role.BILLING)
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    if found.state not in {State.DRAFT, State.READY}:
        raise Conflict(gettext("The claim was sent: replace or void it instead."), code="claim_state")
    reasons = why_not_ready(found, now)
    said = " ".join(reasons)
    if not reasons and found.state == State.DRAFT:
        move(found, Event.CHECK, Why(now=now, actor=actor))
    elif reasons and found.state == State.READY:
        move(found, Event.REOPEN, Why(now=now, actor=actor, note=said))
    else:
        found.note = said[:300]
        found.save(update_fields=["note"])
    claim.state, claim.state_at, claim.note = found.state, found.state_at, found.note
    return claim


@transaction.atomic
def discard_claim(*, claim: Claim, actor: User, now: datetime) -> Claim:
    """Let a claim go that nobody has seen: its lines are ready for another. Raises NotAllowed, Conflict once sent."""
    require_role(actor, claim.course.clinic, Role.BILLING)
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    return move(found, Event.DISCARD, Why(now=now, actor=actor))
