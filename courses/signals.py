"""What a stage announces to the stages after it, which it may not import. Sent inside the transaction."""

from django.dispatch import Signal

#: sent with ``session``: its signature was made
session_signed = Signal()
#: sent with ``session``: something was written beside it, or a physician countersigned it
session_amended = Signal()
session_countersigned = Signal()
#: sent with ``clinic``, ``start`` and ``end``: who supervised in that time was noted
supervision_noted = Signal()
