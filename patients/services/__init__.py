"""Every change of state in this room, one function each."""

from patients.services.benefits import add_authorization, edit_authorization, record_verification
from patients.services.coverage import add_coverage, add_payer, edit_coverage, edit_payer
from patients.services.decision import assess, sign_assessment
from patients.services.documents import add_document, open_document, withdraw_document
from patients.services.importing import confirm_list, discard_list, take_list
from patients.services.merging import merge_patients, undo_merge
from patients.services.notices import answer_notice, ask_plan, make_notice, record_answer
from patients.services.people import edit_patient, look_alikes, register_patient
from patients.services.safety import override_rule, screen_patient
from patients.services.workup import record_workup

__all__ = [
    "add_authorization",
    "add_coverage",
    "add_document",
    "add_payer",
    "answer_notice",
    "ask_plan",
    "assess",
    "confirm_list",
    "discard_list",
    "edit_authorization",
    "edit_coverage",
    "edit_patient",
    "edit_payer",
    "look_alikes",
    "make_notice",
    "merge_patients",
    "open_document",
    "override_rule",
    "record_answer",
    "record_verification",
    "record_workup",
    "register_patient",
    "screen_patient",
    "sign_assessment",
    "take_list",
    "undo_merge",
    "withdraw_document",
]
