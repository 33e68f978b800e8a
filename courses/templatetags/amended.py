"""``{% amended "vital_signs/before" "spo2_percent" %}``: the corrections of a value, beneath it on a signed session's page."""

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from courses.treatment.amended_values import amended_html, found_at

register = template.Library()


@register.simple_tag(takes_context=True)
def amended(context: Context, place: str, *names: str) -> SafeString:
    """Nothing where none was corrected, or the session is not signed. More than one value at a place are named."""
    corrections = context.get("corrections")
    if not corrections:
        return SafeString("")
    return amended_html(found_at(corrections, place, names), named=len(names) != 1)
