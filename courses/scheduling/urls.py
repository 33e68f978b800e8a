"""Addresses of this stage."""

from django.urls import URLPattern, path

from courses.scheduling.views import appointments, calendar, moving, patient_hours, planning, today, waiting

urlpatterns: list[URLPattern] = [
    path("today/", today.today, name="today"),
    path("today/list/", today.day_list, name="day-list"),
    path("week/", today.week, name="week"),
    path("week/hours/", calendar.hours, name="week-hours"),
    path("month/", calendar.month, name="month"),
    path("wait-list/", waiting.wait_list, name="wait-list"),
    path("wait-list/hour/", waiting.free_hour, name="free-hour"),
    path("wait-list/<str:code>/leave/", waiting.leave, name="wait-leave"),
    path("wait-list/<str:code>/offer/", waiting.offer, name="wait-offer"),
    path("wait-list/offers/<str:code>/answer/", waiting.answer, name="offer-answer"),
    path("courses/<str:code>/wait/", waiting.join, name="wait-join"),
    path("hours/<str:code>/", patient_hours.patient_hours, name="patient-hours"),
    path("hours/<str:code>/calendar/", patient_hours.printed, name="patient-calendar"),
    path("hours/<str:code>/link/", patient_hours.link_make, name="calendar-link-make"),
    path("hours/<str:code>/link/revoke/", patient_hours.link_revoke, name="calendar-link-revoke"),
    path("hours/<str:code>/reminders/", patient_hours.reminders_set, name="reminders-set"),
    path("calendar/<str:secret>.ics", patient_hours.feed, name="calendar-feed"),
    path("reminders/stop/<str:token>/", patient_hours.reminders_stop, name="reminders-stop"),
    path("plan/", planning.to_plan, name="to-plan"),
    path("courses/<str:code>/plan/", planning.plan, name="plan"),
    path("appointments/<str:code>/", appointments.appointment, name="appointment"),
    path("appointments/<str:code>/arrive/", appointments.arrive, name="appointment-arrive"),
    path("appointments/<str:code>/miss/", appointments.miss, name="appointment-miss"),
    path("appointments/<str:code>/cancel/", appointments.call_off, name="appointment-cancel"),
    path("appointments/<str:code>/move/", moving.move_to, name="appointment-move"),
    path("appointments/<str:code>/undo/", appointments.take_back, name="appointment-undo"),
]
