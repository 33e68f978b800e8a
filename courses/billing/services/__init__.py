"""What happens to claim lines and packets."""

from courses.billing.services.claim_files import make_claim_file, mark_sent
from courses.billing.services.control_numbers import next_control_number
from courses.billing.services.lines import decide_partial, refresh_due_lines, refresh_line, refresh_lines
from courses.billing.services.packets import hand_out, render_packet, request_packet, retry_packet

__all__ = [
    "decide_partial",
    "hand_out",
    "make_claim_file",
    "mark_sent",
    "next_control_number",
    "refresh_due_lines",
    "refresh_line",
    "refresh_lines",
    "render_packet",
    "request_packet",
    "retry_packet",
]
