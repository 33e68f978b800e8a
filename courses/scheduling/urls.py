"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.scheduling.views import (
    absences,
    appointments,
    hours,
    making_up,
    planning,
    repairs,
    today,
)

urlpatterns: list[URLPattern] = [
    path("today/", today.today, name="today"),
    path("today/list/", today.day_list, name="day-list"),
    path("week/", today.week, name="week"),
    path("plan/", planning.to_plan, name="to-plan"),
    path("courses/<str:code>/plan/", planning.plan, name="plan"),
    path("courses/<str:code>/absences/", absences.add, name="absence-add"),
    path("courses/<str:code>/absences/<int:number>/remove/", absences.remove, name="absence-remove"),
    path("repair/", repairs.repair, name="repair"),
    path("moves/", repairs.moves, name="moves"),
    path("moves/<str:code>/told/", repairs.told, name="move-told"),
    path("hours/", hours.hours, name="hours"),
    path("hours/<str:kind>/add/", hours.add, name="hours-add"),
    path("hours/<str:kind>/<int:number>/remove/", hours.remove, name="hours-remove"),
    path("appointments/<str:code>/make-up/", making_up.make_up, name="make-up"),
    path("appointments/<str:code>/", appointments.appointment, name="appointment"),
    path("appointments/<str:code>/arrive/", appointments.arrive, name="appointment-arrive"),
    path("appointments/<str:code>/miss/", appointments.miss, name="appointment-miss"),
    path("appointments/<str:code>/cancel/", appointments.call_off, name="appointment-cancel"),
    path("appointments/<str:code>/undo/", appointments.take_back, name="appointment-undo"),
]
