"""What a draft may be of, and who may open it. Rooms above hang in what they own, as they do with panels.

A subject is written ``kind:code`` ("session:k7m2c9xq4d"). Its kind's opener fetches and authorises like a view would:
whoever cannot open the record has no drafts of it and does not hear who writes there.
"""

from collections.abc import Callable

from django.utils.translation import gettext

from eecp_clinic.errors import NotFound
from eecp_clinic.roles import StaffRequest

Opener = Callable[[StaffRequest, str], object]
_openers: dict[str, Opener] = {}


def register(kind: str, opener: Opener) -> None:
    """Have ``opener(request, code)`` asked for subjects of this kind; it raises NotFound or NotAllowed."""
    _openers[kind] = opener


def open_subject(request: StaffRequest, subject: str) -> None:
    """Refuse who may not open what the draft is of. Raises NotFound, or NotAllowed."""
    kind, _colon, code = subject.partition(":")
    if kind not in _openers:
        raise NotFound(gettext("There is nothing of this kind to write a draft of. Load the page again."))
    _openers[kind](request, code)
