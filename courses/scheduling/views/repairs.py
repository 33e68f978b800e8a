"""A device down, a closure, nurses away: one proposal for all that it hits; and the patients to tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.models import Appointment, Move
from courses.scheduling.disruptions import Proposal, propose_repair
from courses.scheduling.repair import Move as ProposedMove
from courses.scheduling.repair_picture import pictures
from courses.scheduling.services import accept_repair, mark_told, undo_repair
from courses.scheduling.services.attendance import CHECK_IN
from courses.scheduling.services.undoing import undoable_repair
from courses.scheduling.trouble_form import TroubleForm, move_text, moves_from
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@dataclass(frozen=True, slots=True)
class Row:
    """One proposed move as the table shows it."""

    number: int
    appointment: Appointment
    value: str
    after: datetime
    device: str
    consequence: str


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def repair(request: StaffRequest) -> HttpResponse:
    """What happened and the proposal by GET; by POST the moves that were ticked are made."""
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    bound = asked if request.method == "POST" or "kind" in asked else None
    form = TroubleForm(bound, initial=_first(request, now), clinic=request.clinic)
    refusal: ClinicError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return _accept(request, form, now)
        except (Conflict, InvalidInput) as error:
            refusal = error
    context: dict[str, Any] = {"form": form, "refusal": refusal, "proposal": None}
    if form.is_bound and form.is_valid():
        context |= _proposal(request.clinic, form, now)
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "courses/scheduling/repair.html", context, status=status)


@require_GET
@staff_view(*CHECK_IN)
def moves(request: StaffRequest) -> HttpResponse:
    """Patients who have to be told of another hour; with ``?batch=`` those of one cause, told or not."""
    found = Move.objects.of(request.clinic).select_related(
        "appointment__patient", "appointment__course", "from_device", "to_device", "moved_by", "told_by"
    )
    batch = request.GET.get("batch", "")
    rows = found.filter(batch=batch) if batch else found.to_tell()
    may_undo = bool(request.roles & set(CLINICAL)) and undoable_repair(request.clinic, batch, timezone.now())
    context = {"moves": rows.order_by("to_starts_at", "pk"), "batch": batch, "may_undo": may_undo}
    return render(request, "courses/scheduling/moves.html", context)


@require_POST
@staff_view(*CLINICAL)
def undo(request: StaffRequest, batch: str) -> HttpResponse:
    """The whole repair is taken back; whoever was told of the other hour stands in the list again."""
    made = undo_repair(clinic=request.clinic, batch=batch, actor=request.user, now=timezone.now())
    said = ngettext(
        "Undone: %(count)d session is at its old hour again. Tell the patient.",
        "Undone: %(count)d sessions are at their old hours again. Tell the patients.",
        len(made),
    )
    messages.success(request, said % {"count": len(made)})
    return redirect(f"{reverse('courses:moves')}?batch={made[0].batch}")


@require_POST
@staff_view(*CHECK_IN)
def told(request: StaffRequest, code: str) -> HttpResponse:
    found = Move.objects.of(request.clinic).select_related(
        "appointment__patient", "appointment__course__clinic"
    )
    move = get_object_or_404(found, code=code)
    require_same_patient(request, move.appointment.patient)
    mark_told(move=move, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Noted: the patient knows the new hour."))
    batch = request.POST.get("batch", "")
    return redirect(f"{reverse('courses:moves')}?batch={move.batch}" if batch else reverse("courses:moves"))


def _first(request: StaffRequest, now: datetime) -> dict[str, Any]:
    """From now on to the end of tomorrow; a link may name device and times."""
    local = request.clinic.local(now).replace(second=0, microsecond=0)
    return {
        "kind": "device",
        "device": request.GET.get("device"),
        "begins": local,
        "ends": (local + timedelta(days=2)).replace(hour=0, minute=0),
    }


def _accept(request: StaffRequest, form: TroubleForm, now: datetime) -> HttpResponse:
    made = accept_repair(
        clinic=request.clinic,
        trouble=form.trouble,
        wanted=moves_from(request.POST.getlist("move"), request.clinic),
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=now,
    )
    if not made:
        messages.success(request, gettext("Written down. No session was moved."))
        return redirect("courses:today")
    said = ngettext("%(count)d session was moved.", "%(count)d sessions were moved.", len(made))
    messages.success(request, said % {"count": len(made)})
    return redirect(f"{reverse('courses:moves')}?batch={made[0].batch}")


def _proposal(clinic: Clinic, form: TroubleForm, now: datetime) -> dict[str, Any]:
    proposal = propose_repair(clinic=clinic, trouble=form.trouble, now=now)
    return {
        "proposal": proposal,
        "rows": [_row(n, proposal, move) for n, move in enumerate(proposal.repair.moves, 1)],
        "unplaced": [
            (proposal.affected[item.appointment_id], item.sentence, item.way_out)
            for item in proposal.repair.unplaced
        ],
        "measure": _measure(proposal),
        "pictures": pictures(clinic, proposal, (gettext("Before"), gettext("After"))),
    }


def _row(number: int, proposal: Proposal, move: ProposedMove) -> Row:
    appointment = proposal.affected[move.appointment_id]
    device = proposal.devices[move.after.device_id]
    return Row(
        number,
        appointment,
        move_text(appointment, move.after),
        move.after.start,
        device.name,
        _consequence(move),
    )


def _consequence(move: ProposedMove) -> str:
    said = []
    if move.change_minutes:
        said.append(gettext("%(minutes)d min from the usual hour") % {"minutes": move.change_minutes})
    else:
        said.append(gettext("same hour"))
    if move.late_days:
        said.append(
            ngettext("ends %(days)d day later", "ends %(days)d days later", move.late_days)
            % {"days": move.late_days}
        )
    else:
        said.append(gettext("same end"))
    return " · ".join(said)


def _measure(proposal: Proposal) -> str:
    """'12 sessions of 9 patients move, 10 within an hour of the usual time; 2 courses end later'."""
    moves = proposal.repair.moves
    patients = {proposal.affected[move.appointment_id].patient_id for move in moves}
    later = {move.course_id for move in moves if move.late_days}
    return gettext(
        "%(moves)d sessions of %(patients)d patients move, %(inside)d within their usual hour; courses that end "
        "later: %(later)d. No other session is touched."
    ) % {
        "moves": len(moves),
        "patients": len(patients),
        "inside": sum(move.after.in_window for move in moves),
        "later": len(later),
    }
