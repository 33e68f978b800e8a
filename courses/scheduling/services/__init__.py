"""Every change of state in this stage, one function each."""

from courses.scheduling.services.attendance import cancel, mark_arrived, mark_missed, undo
from courses.scheduling.services.booking import book, propose
from courses.scheduling.services.moving import move

__all__ = ["book", "cancel", "mark_arrived", "mark_missed", "move", "propose", "undo"]
