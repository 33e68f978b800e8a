"""Every change of state in this room, one function each."""

from patients.services.coverage import add_coverage, add_payer, edit_coverage, edit_payer
from patients.services.decision import assess, sign_assessment
from patients.services.notices import answer_notice, ask_plan, make_notice, record_answer
from patients.services.people import edit_patient, look_alikes, register_patient
from patients.services.safety import override_rule, screen_patient
from patients.services.workup import record_workup

__all__ = [
    "add_coverage",
    "add_payer",
    "answer_notice",
    "ask_plan",
    "assess",
    "edit_coverage",
    "edit_patient",
    "edit_payer",
    "look_alikes",
    "make_notice",
    "override_rule",
    "record_answer",
    "record_workup",
    "register_patient",
    "screen_patient",
    "sign_assessment",
]
