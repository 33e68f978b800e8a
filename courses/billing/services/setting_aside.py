"""A warning of a line is set aside, or taken up again, each with the reason: two entries of a ledger.

Neither changes the line or a claim, so both stand open once the line was billed too: what is learned then is looked at
as well, and what a payer was asked for is changed by a replacement claim alone. What keeps a line back is never set
aside, because no sentence of ours makes such a claim right.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from courses.billing.findings import Severity
from courses.billing.line_warnings import key_of, waits, warnings_of
from courses.billing.services.lines import refresh_lines
from courses.models import ClaimLine, ClaimOverride
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role
from patients.services.records import insert, refusal

#: Who decides about a line. An administrator reads the ledger, and so does not write it.
SETS_ASIDE = (Role.PHYSICIAN, Role.BILLING)


def set_aside(
    *,
    line: ClaimLine,
    finding: str,
    sentence: str,
    reason: str,
    actor: User,
    now: datetime,
    alike: bool = False,
) -> list[ClaimOverride]:
    """Note that the warning ``finding`` was looked at, as ``sentence`` said it, and why it may stand.

    ``alike``: also on those other lines of the course where the same warning waits in the same words; an entry a line,
    that of ``line`` first. The lines are checked before. Raises NotAllowed, InvalidInput, and Conflict where the line
    does not say so now, where it is no warning, or where somebody has set it aside already.
    """
    course = line.session.course
    role = require_role(actor, course.clinic, *SETS_ASIDE)
    _refuse_without(reason)
    lines = ClaimLine.objects.filter(session__course=course)
    if not alike:
        lines = lines.filter(pk=line.pk)
    # In a transaction of its own: what the lines say by now stays to be read when this is refused.
    refresh_lines(sessions=list(lines.values_list("session_id", flat=True)), now=now)
    entry = partial(ClaimOverride, finding=finding, sentence=sentence, **_decision(reason, actor, role, now))
    with transaction.atomic():
        found = _locked(lines)
        own = next(one for one in found if one.pk == line.pk)
        _refuse_unless_waiting(own, finding, sentence, course.clinic)
        others = [one for one in found if one.pk != line.pk and waits(one, (finding, sentence))]
        return [_keep(entry(line=one), "claimline.set_aside", course.clinic) for one in (own, *others)]


@transaction.atomic
def take_up_again(*, override: ClaimOverride, reason: str, actor: User, now: datetime) -> ClaimOverride:
    """Take a warning up again that was set aside; the first entry stays, the new one names it.

    Raises NotAllowed, InvalidInput, and Conflict where that was done already.
    """
    clinic = override.line.session.course.clinic
    role = require_role(actor, clinic, *SETS_ASIDE)
    _refuse_without(reason)
    [locked] = _locked(ClaimLine.objects.filter(pk=override.line_id))
    if override.withdraws_id is not None:
        said = gettext("This entry takes a warning up again. Set the warning aside instead.")
        raise Conflict(said, code="not_set_aside")
    earlier = locked.overrides.filter(withdraws=override).select_related("decided_by").first()
    if earlier is not None:
        said = gettext("%(who)s took this up again on %(when)s. Open the page again.")
        raise Conflict(said % _who_and_when(earlier, clinic), code="taken_up")
    entry = ClaimOverride(
        line=locked,
        finding=override.finding,
        sentence=override.sentence,
        withdraws=override,
        **_decision(reason, actor, role, now),
    )
    return _keep(entry, "claimline.taken_up", clinic)


def _locked(lines: QuerySet[ClaimLine]) -> list[ClaimLine]:
    """Two people at once queue here: the second finds the entries of the first."""
    return list(lines.select_for_update(of=("self",)).order_by("pk"))


def _decision(reason: str, actor: User, role: Role, now: datetime) -> dict[str, Any]:
    return {"reason": reason.strip(), "decided_by": actor, "role": role, "decided_at": now}


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise refusal({"reason": [gettext("Write the reason: it is what an auditor will ask for.")]})


def _refuse_unless_waiting(line: ClaimLine, code: str, sentence: str, clinic: Clinic) -> None:
    said = [finding for finding in line.findings if key_of(finding) == (code, sentence)]
    if not said:
        raise Conflict(_says_now(line, code), code="finding_changed")
    if said[0]["severity"] != Severity.WARN:
        raise Conflict(_no_warning(said[0]), code="no_warning")
    warnings = [one for one in warnings_of(line) if key_of(one.finding) == (code, sentence)]
    entries = [one.aside for one in warnings if one.aside is not None]
    if len(entries) < len(warnings):
        return
    there = gettext("%(who)s set this aside on %(when)s. It stands below with the reason.")
    raise Conflict(there % _who_and_when(entries[0], clinic), code="set_aside")


def _says_now(line: ClaimLine, code: str) -> str:
    now = next((finding["sentence"] for finding in line.findings if finding["code"] == code), None)
    if now is None:
        return gettext("The line was checked again and no longer says this: there is nothing to set aside.")
    said = gettext(
        "The line was checked again and now says: “%(sentence)s” Read that before you set it aside."
    )
    return said % {"sentence": now}


def _no_warning(finding: Mapping[str, Any]) -> str:
    if finding["severity"] == Severity.BLOCK:
        said = gettext("This keeps the line back: it is mended, not set aside. Mend this field: %(field)s.")
        return said % {"field": finding["field"].replace("_", " ")}
    return gettext("This is a note, which asks nobody to look: there is nothing to set aside.")


def _who_and_when(entry: ClaimOverride, clinic: Clinic) -> dict[str, str]:
    when = date_format(clinic.local(entry.decided_at), "DATETIME_FORMAT")
    return {"who": entry.decided_by.signing_name, "when": when}


def _keep(entry: ClaimOverride, action: str, clinic: Clinic) -> ClaimOverride:
    insert(entry)
    audit.record(
        action,
        subject=f"claimline:{entry.line.code}",
        actor=entry.decided_by,
        clinic=clinic,
        at=entry.decided_at,
        finding=entry.finding,
    )
    return entry
