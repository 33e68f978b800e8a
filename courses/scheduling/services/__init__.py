"""Every change of state in this stage, one function each."""

from courses.scheduling.services.attendance import cancel, mark_arrived, mark_missed, undo
from courses.scheduling.services.booking import book, propose

__all__ = ["book", "cancel", "mark_arrived", "mark_missed", "propose", "undo"]
