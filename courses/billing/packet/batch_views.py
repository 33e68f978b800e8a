"""Packets of several courses asked for at once, and how far they are."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from courses.billing import services
from courses.billing.packet.packet_views import MAKES, OPENS
from courses.models import Course, Packet, PacketBatch
from eecp_clinic.errors import InvalidInput
from eecp_clinic.roles import StaffRequest, staff_view

#: Courses and packets on one page, the newest first.
SHOWN = 50


@require_http_methods(["GET", "POST"])
@staff_view(*OPENS)
def index(request: StaffRequest) -> HttpResponse:
    """Courses with signed sessions, to be ticked; and the packets that were asked for last."""
    signed = Q(sessions__signature__isnull=False)
    courses = (
        Course.objects.filter(clinic=request.clinic)
        .annotate(
            signed=Count("sessions", filter=signed), last_signed=Max("sessions__ended_at", filter=signed)
        )
        .filter(signed__gt=0)
        .select_related("patient")
        .order_by("-last_signed")
    )
    can_make = bool(request.roles & set(MAKES))
    if request.method == "POST":
        wanted = courses.filter(code__in=request.POST.getlist("course"))
        try:
            batch = services.request_packets(
                clinic=request.clinic, courses=wanted, actor=request.user, now=timezone.now()
            )
        except InvalidInput as error:
            messages.error(request, error.message)
        else:
            return redirect(batch)
    packets = Packet.objects.of(request.clinic).select_related("course__patient", "requested_by")
    context = {"courses": courses[:SHOWN], "packets": packets[:SHOWN], "can_make": can_make}
    return render(request, "courses/billing/packets.html", context)


@require_GET
@staff_view(*OPENS)
def batch(request: StaffRequest, code: str) -> HttpResponse:
    """How far each is; the fragment asks again by itself until none is under way."""
    found = get_object_or_404(
        PacketBatch.objects.of(request.clinic).select_related("requested_by"), code=code
    )
    packets = list(found.packets.select_related("course__patient").order_by("pk"))
    context: dict[str, Any] = {
        "batch": found,
        "packets": packets,
        "ready": sum(packet.state == Packet.State.READY for packet in packets),
        "is_under_way": any(packet.is_under_way for packet in packets),
    }
    page = "_packet_batch.html" if request.htmx else "packet_batch.html"
    return render(request, f"courses/billing/{page}", context)
