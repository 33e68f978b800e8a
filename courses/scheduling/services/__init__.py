"""Every change of state in this stage, one function each."""

from courses.scheduling.services.attendance import cancel, mark_arrived, mark_missed, undo
from courses.scheduling.services.booking import book, propose, propose_alternatives
from courses.scheduling.services.making_up import propose_make_ups
from courses.scheduling.services.moving import MoveTo, mark_told, move, move_all
from courses.scheduling.services.repairing import accept_repair
from courses.scheduling.services.undoing import undo_repair

__all__ = [
    "MoveTo",
    "accept_repair",
    "book",
    "cancel",
    "mark_arrived",
    "mark_missed",
    "mark_told",
    "move",
    "move_all",
    "propose",
    "propose_alternatives",
    "propose_make_ups",
    "undo",
    "undo_repair",
]
