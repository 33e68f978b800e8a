"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.scheduling.views import appointments, planning, today

urlpatterns: list[URLPattern] = [
    path("today/", today.today, name="today"),
    path("today/list/", today.day_list, name="day-list"),
    path("week/", today.week, name="week"),
    path("plan/", planning.to_plan, name="to-plan"),
    path("courses/<str:code>/plan/", planning.plan, name="plan"),
    path("appointments/<str:code>/", appointments.appointment, name="appointment"),
    path("appointments/<str:code>/arrive/", appointments.arrive, name="appointment-arrive"),
    path("appointments/<str:code>/miss/", appointments.miss, name="appointment-miss"),
    path("appointments/<str:code>/cancel/", appointments.call_off, name="appointment-cancel"),
    path("appointments/<str:code>/undo/", appointments.take_back, name="appointment-undo"),
]
