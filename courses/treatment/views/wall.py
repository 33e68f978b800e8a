"""All devices on one page, for the treatment room."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from courses.treatment.wall import choose_names, wall_of
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view


@require_GET
@staff_view(*CLINICAL)
def wall(request: StaffRequest) -> HttpResponse:
    """A tile a device; htmx asks for the figures alone, and gets all tiles when one came or went."""
    found = wall_of(request.clinic, timezone.now())
    context = {
        "wall": found,
        "clinic": request.clinic,
        "choices": Clinic.WallShows.choices,
        "may_choose": Role.PHYSICIAN in request.roles,
        "polled": bool(request.htmx),
        "tiles_changed": bool(request.htmx) and request.GET.get("shown", "") != found.shown,
    }
    template = "courses/treatment/_wall_figures.html" if request.htmx else "courses/treatment/wall.html"
    return render(request, template, context)


@require_POST
@staff_view(Role.PHYSICIAN)
def names(request: StaffRequest) -> HttpResponse:
    """How the wall names patients: a physician answers for what others in the room may read."""
    choose_names(
        clinic=request.clinic, shows=request.POST.get("shows", ""), actor=request.user, now=timezone.now()
    )
    return redirect("courses:wall")
