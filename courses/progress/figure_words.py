"""How each of the clinic's figures is called, and what exactly it counts."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "completion": _("Courses completed"),
    "class_gain": _("Gained a CCS class or more"),
    "class_gain_two": _("Gained two CCS classes or more"),
    "class_gain_not_completed": _("Gained a CCS class without completing"),
    "ds_at_end": _("D/S area of 1.5 or more at the end"),
    "hours": _("Hours of treatment in a completed course"),
    "courses_with_event": _("Courses with an adverse event"),
    "no_shows": _("No-shows"),
    "minutes": _("Minutes delivered"),
    "effective": _("Effective minutes"),
    "ds_target": _("Sessions with a D/S peak of 1.5 or more"),
    "events": _("Adverse events"),
    "severe_events": _("Severe adverse events"),
}
MEANINGS = {
    "completion": _("of the courses that ended"),
    "class_gain": _("of completed courses with a CCS class before and at the end"),
    "class_gain_two": _("of completed courses with a CCS class before and at the end"),
    "class_gain_not_completed": _("of courses that were stopped, with a CCS class before and at the end"),
    "ds_at_end": _("of ended courses, in the last session whose area could be assessed"),
    "hours": _("mean of completed courses whose minutes are all known"),
    "courses_with_event": _("of ended courses: at least one charted event"),
    "no_shows": _("of the hours in which the patient came, was held back or was missed"),
    "minutes": _("of the minutes ordered, in sessions whose minutes are known"),
    "effective": _("of the minutes ordered, in sessions with a gating report"),
    "ds_target": _("of the sessions with a D/S peak"),
    "events": _("charted, for every 1,000 sessions"),
    "severe_events": _("charted as severe, for every 1,000 sessions"),
}
CASES = {"courses": _("courses"), "sessions": _("sessions"), "hours": _("hours")}
UNITS = {"%": "%", "h": "h", "per 1,000": _("per 1,000")}
