"""What this app announces; ``courses`` listens, and sweeps up what a lost announcement would have done."""

from django.dispatch import Signal

#: sent with ``recording``: an agent began a capture on a device
recording_opened = Signal()
#: sent with ``recording``: the last byte is here (or the agent said there will be none)
recording_closed = Signal()
#: sent with ``report``: a gating report of a whole recording was stored
report_ready = Signal()
#: sent with ``recording``, ``actor`` and ``now``, before it goes to another device and in the same transaction: a listener
#: may refuse by raising a ClinicError
recording_moving = Signal()
#: sent with ``recording``: it is of another device now
recording_moved = Signal()
