"""What happens to claim lines and packets."""

from courses.billing.services.answers import Taken, take_answers
from courses.billing.services.claim_files import make_claim_file, mark_sent
from courses.billing.services.claim_making import check_claim, discard_claim, make_claims
from courses.billing.services.control_numbers import next_control_number
from courses.billing.services.corrections import replace_claim, void_claim
from courses.billing.services.lines import decide_partial, refresh_due_lines, refresh_line, refresh_lines
from courses.billing.services.packets import hand_out, render_packet, request_packet, retry_packet
from courses.billing.services.posting import post_remittance
from courses.billing.services.sheets import hand_out_sheet, render_sheet, request_sheets, retry_sheet

__all__ = [
    "Taken",
    "check_claim",
    "decide_partial",
    "discard_claim",
    "hand_out",
    "hand_out_sheet",
    "make_claim_file",
    "make_claims",
    "mark_sent",
    "next_control_number",
    "post_remittance",
    "refresh_due_lines",
    "refresh_line",
    "refresh_lines",
    "render_packet",
    "render_sheet",
    "replace_claim",
    "request_packet",
    "request_sheets",
    "retry_packet",
    "retry_sheet",
    "take_answers",
    "void_claim",
]
