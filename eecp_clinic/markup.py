"""Text within markup that Python writes, as a template would write it.

For what a page has by the hundred. Django's ``format_html`` asks of every text whether it is a promise of one; most are
plain strings, and those are escaped at once.
"""

from html import escape

from django.utils.formats import localize
from django.utils.html import conditional_escape


def plain(value: object) -> str:
    """As ``{{ value|stringformat:'s' }}`` writes it."""
    if type(value) is str:
        return escape(value)
    return conditional_escape(value if isinstance(value, str) else str(value))


def shown(value: object) -> str:
    """As ``{{ value }}`` writes it."""
    if type(value) is str:
        return escape(value)
    return conditional_escape(value if isinstance(value, str) else str(localize(value)))
