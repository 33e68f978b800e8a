"""What happens to claim lines and packets."""

from courses.billing.services.answers import Taken, take_answers
from courses.billing.services.claim_files import make_claim_file, mark_sent
from courses.billing.services.claim_making import check_claim, discard_claim, make_claims
from courses.billing.services.control_numbers import next_control_number
from courses.billing.services.corrections import replace_claim, void_claim
from courses.billing.services.evidence_checks import ask_for_check, check_line
from courses.billing.services.lines import decide_partial, refresh_due_lines, refresh_line, refresh_lines
from courses.billing.services.other_services import note_other_service, strike_other_service
from courses.billing.services.packet_batches import request_packets
from courses.billing.services.packets import hand_out, render_packet, request_packet, retry_packet
from courses.billing.services.patient_accounts import (
    cancel_invoice,
    hand_out_paper,
    make_estimate,
    make_invoice,
    make_statement,
)
from courses.billing.services.patient_payments import record_payment, withdraw_payment
from courses.billing.services.posting import post_remittance
from courses.billing.services.records_requests import answer_request, record_request
from courses.billing.services.service_import import import_other_services
from courses.billing.services.setting_aside import set_aside, take_up_again
from courses.billing.services.setup import (
    confirm_profile,
    import_fees,
    save_practitioner,
    save_profile,
    save_provider,
    settle_billing_rules,
)
from courses.billing.services.sheets import hand_out_sheet, render_sheet, request_sheets, retry_sheet

__all__ = [
    "Taken",
    "answer_request",
    "ask_for_check",
    "cancel_invoice",
    "check_claim",
    "check_line",
    "confirm_profile",
    "decide_partial",
    "discard_claim",
    "hand_out",
    "hand_out_paper",
    "hand_out_sheet",
    "import_fees",
    "import_other_services",
    "make_claim_file",
    "make_claims",
    "make_estimate",
    "make_invoice",
    "make_statement",
    "mark_sent",
    "next_control_number",
    "note_other_service",
    "post_remittance",
    "record_payment",
    "record_request",
    "refresh_due_lines",
    "refresh_line",
    "refresh_lines",
    "render_packet",
    "render_sheet",
    "replace_claim",
    "request_packet",
    "request_packets",
    "request_sheets",
    "retry_packet",
    "retry_sheet",
    "save_practitioner",
    "save_profile",
    "save_provider",
    "set_aside",
    "settle_billing_rules",
    "strike_other_service",
    "take_answers",
    "take_up_again",
    "void_claim",
    "withdraw_payment",
]
