"""Two records of one person become one, and two again where that was a mistake.

How, and why so (docs/patients.md tells it with examples):

- Every row that names the merged record is re-pointed to the kept one, in one transaction, and written down.
- What a trigger protects stays where it is: a signed order and a coverage decision name the record for which they
  were made, and a merge is no reason to change signed work. Pages of the kept record show them as well
  (``Patient.of_person``).
- The merged record stays, points at the kept one, is in no list, and its address and MRN lead to the kept one.
- An undo puts back exactly the rows that were moved. What was added since stays with the kept record.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from patients import undo_guards
from patients.models import Coverage, EligibilityAssessment, Patient, PatientMerge
from patients.moving import Excluded, Moved, Rows, move, move_back, pointing_at
from patients.services import records

#: After this the two histories have grown together too far to be told apart by a button.
UNDO_WITHIN = timedelta(days=30)
#: Filled in where the kept record has nothing.
FILLED = (
    "sex",
    "phone",
    "other_phone",
    "email",
    "address",
    "city",
    "state",
    "postal_code",
    "language",
    "needs_interpreter",
    "from_accident",
    "emergency_name",
    "emergency_relation",
    "emergency_phone",
    "preferred_from",
    "preferred_until",
    "distance_miles",
)
#: Warnings are never dropped: both records' stand one after the other.
JOINED = ("allergies", "alerts")
_NOT_KNOWN = (None, "", Patient.Sex.UNKNOWN)


@transaction.atomic
def merge_patients(
    *, kept: Patient, merged: Patient, reason: str, actor: User, now: datetime
) -> PatientMerge:
    """Make ``merged`` a part of ``kept``. Raises Conflict where both cannot stand as one, InvalidInput."""
    keep, gone = _lock(kept, merged)
    if not reason.strip():
        raise records.refusal({"reason": [gettext("Say how you know that both are one person.")]})
    filled = _fill(keep, gone)
    done = _move_all(keep, gone, _duplicates(keep, gone))
    gone.merged_into = keep
    gone.save(update_fields=["merged_into"])
    merge = PatientMerge.objects.create(
        kept=keep,
        merged=gone,
        reason=reason.strip(),
        moves=[rows.to_json() for rows in done.moves],
        stayed=[rows.to_json() for rows in done.stayed],
        filled=filled,
        made_by=actor,
        made_at=now,
    )
    _record("patient.merged", merge, actor, now, moved=_counts(done.moves), stayed=_counts(done.stayed))
    return merge


def _lock(kept: Patient, merged: Patient) -> tuple[Patient, Patient]:
    """Both rows, locked in one order so that two merges at once cannot wait for each other."""
    both = Patient.objects.select_for_update(of=("self",)).select_related("clinic").order_by("pk")
    found = {patient.pk: patient for patient in both.filter(pk__in=[kept.pk, merged.pk])}
    if len(found) < 2:
        raise Conflict(gettext("A record cannot be merged with itself. Choose the other one."))
    keep, gone = found[kept.pk], found[merged.pk]
    if keep.clinic_id != gone.clinic_id:
        raise Conflict(gettext("The two records are of different clinics, and cannot be merged."))
    if keep.merged_into_id or gone.merged_into_id:
        raise Conflict(
            gettext("One of the two records was merged already. Open the patient again and look."),
            code="merged",
        )
    return keep, gone


def _fill(keep: Patient, gone: Patient) -> dict[str, list[Any]]:
    """Take over what the kept record lacks: each field with its value before and after."""
    values: dict[str, Any] = {
        name: getattr(gone, name)
        for name in FILLED
        if getattr(keep, name) in _NOT_KNOWN and getattr(gone, name) not in _NOT_KNOWN
    }
    for name in JOINED:
        ours, theirs = getattr(keep, name), getattr(gone, name)
        if theirs and theirs.casefold() not in ours.casefold():
            values[name] = f"{ours}; {theirs}" if ours else theirs
    before = {name: getattr(keep, name) for name in values}
    try:
        records.change(keep, values)
    except InvalidInput as error:
        raise Conflict(
            gettext("The two records cannot be joined as they stand: %(why)s Edit one of them first.")
            % {"why": error.message}
        ) from error
    return {name: [_plain(before[name]), _plain(values[name])] for name in values}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)


def _duplicates(keep: Patient, gone: Patient) -> set[int]:
    """Coverages of the merged record that stay with it, because the kept one has the same. Raises Conflict."""
    ours = list(keep.coverages.all())
    staying = set()
    for coverage in gone.coverages.select_related("payer"):
        for other in ours:
            if other.priority == coverage.priority and _overlap(other, coverage):
                _require_same_plan(other, coverage)
                staying.add(coverage.pk)
    return staying


def _overlap(one: Coverage, other: Coverage) -> bool:
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def _require_same_plan(one: Coverage, other: Coverage) -> None:
    ids = {one.member_id, other.member_id} - {""}
    if one.payer_id != other.payer_id or len(ids) > 1:
        raise Conflict(
            gettext(
                "Both records have a coverage with priority %(priority)s in the same dates, of different plans or "
                "member ids. Find out which holds, end the other or change its priority, then merge."
            )
            % {"priority": one.priority},
            code="coverages_clash",
        )


def _move_all(keep: Patient, gone: Patient, staying_coverages: set[int]) -> Moved:
    done = Moved()
    for rows in pointing_at(gone):
        staying = staying_coverages if rows.model == Coverage._meta.label else ()
        try:
            moved, stayed = move(rows, keep, staying=staying)
        except Excluded as error:
            raise Conflict(
                gettext("The two records cannot be one as they stand: %(why)s") % {"why": error.sentence},
                code="excluded",
            ) from error
        done.moves += [moved] if moved.ids else []
        done.stayed += [stayed] if stayed.ids else []
    return done


@transaction.atomic
def undo_merge(*, merge: PatientMerge, actor: User, now: datetime) -> Patient:
    """Make two records again, each with what it had; the one that was merged. Raises Conflict."""
    locked = PatientMerge.objects.select_for_update().get(pk=merge.pk)
    both = Patient.objects.select_for_update(of=("self",)).select_related("clinic").order_by("pk")
    found = {patient.pk: patient for patient in both.filter(pk__in=[locked.kept_id, locked.merged_id])}
    keep, gone = found[locked.kept_id], found[locked.merged_id]
    locked.kept, locked.merged = keep, gone
    _refuse_undo(locked, now)
    moves = [Rows(**move) for move in locked.moves]
    try:
        frozen = [rows for rows in moves if not move_back(rows, keep, gone)]
    except Excluded as error:
        raise Conflict(
            gettext("The merge cannot be undone as things stand: %(why)s") % {"why": error.sentence}
        ) from error
    if frozen:
        raise Conflict(
            gettext(
                "The merge cannot be undone: some of what was moved (%(what)s) was signed since, and signed work is "
                "never changed."
            )
            % {"what": ", ".join(rows.name for rows in frozen)},
            code="signed_since",
        )
    _empty_again(keep, locked.filled)
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    locked.undone_by, locked.undone_at = actor, now
    locked.save(update_fields=["undone_by", "undone_at"])
    _record("patient.merge_undone", locked, actor, now)
    return gone


def _refuse_undo(merge: PatientMerge, now: datetime) -> None:
    """Where going back would do more harm than staying, the sentence that says so."""
    sentence = ""
    if merge.undone_at is not None:
        sentence = gettext("This merge was undone already; nothing was changed.")
    elif now - merge.made_at > UNDO_WITHIN:
        sentence = gettext(
            "The merge is older than %(days)s days. What was added since can no longer be told apart by a program: "
            "register the other person anew, and correct the kept record by hand."
        ) % {"days": UNDO_WITHIN.days}
    elif merge.kept.merged_into_id is not None:
        sentence = gettext("The kept record was itself merged since. Undo that merge first.")
    elif _decided_since(merge).exists():
        sentence = gettext(
            "A coverage decision made since rests on a workup, coverage or decision of the merged record. "
            "Decisions are never changed, so the merge cannot be undone."
        )
    obstacles = [sentence] if sentence else undo_guards.obstacles(merge)
    if obstacles:
        raise Conflict(" ".join(obstacles), code="not_undoable")


def _decided_since(merge: PatientMerge) -> models.QuerySet[EligibilityAssessment]:
    moved = {move["model"]: move["ids"] for move in merge.moves}
    rests_on = (
        models.Q(workup__in=moved.get("patients.Workup", []))
        | models.Q(coverage__in=moved.get("patients.Coverage", []))
        | models.Q(supersedes__patient=merge.merged)
    )
    return EligibilityAssessment.objects.filter(rests_on, patient=merge.kept, made_at__gte=merge.made_at)


def _empty_again(keep: Patient, filled: dict[str, list[Any]]) -> None:
    """Take back what was filled in, unless somebody has changed it since."""
    back = {}
    for name, (before, after) in filled.items():
        field = Patient._meta.get_field(name)
        assert isinstance(field, models.Field)  # noqa: S101 - tells the type checker
        if getattr(keep, name) == field.to_python(after):
            back[name] = field.to_python(before)
    records.change(keep, back)


def _counts(rows: list[Rows]) -> dict[str, int]:
    return {each.model: len(each.ids) for each in rows}


def _record(action: str, merge: PatientMerge, actor: User, now: datetime, **data: Any) -> None:
    audit.record(
        action,
        subject=f"patient:{merge.kept.code}",
        actor=actor,
        clinic=merge.kept.clinic,
        at=now,
        merge=merge.code,
        merged=merge.merged.code,
        **data,
    )
