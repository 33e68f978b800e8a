"""One bound field with its label, unit, help, errors and what else belongs to it: the whole of ``partials/_field.html``.

Written here and not by a template, for a page of the treatment hour has some ninety of them. The form may set
``field.field.unit`` ("mmHg"), ``field.field.last_value`` (shown, never copied), ``field.field.source`` (the file it came
from) and ``field.field.conflict``. Django itself ties help and error to the control by ``aria-describedby``; the ids here
are the ones it names.
"""

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eecp_clinic.markup import shown

register = template.Library()


@register.simple_tag(takes_context=True)
def bound_field(context: Context) -> SafeString:
    """The ``field`` of the context; with ``quiet_required`` it is not marked as required, for its whole form is."""
    field: BoundField = context["field"]
    label, required = shown(field.label), ""
    if field.field.required and not context.get("quiet_required"):
        required = f'<span class="field-required">{shown(_("required"))}</span>'
    below = f"{field.errors}{_conflict(field)}"
    if field.use_fieldset:
        return SafeString(_choices(field, f"{label}{required}", below))
    named = shown(field.id_for_label)
    if field.widget_type == "checkbox":
        return SafeString(
            f'<div class="field field-check">{field}<label for="{named}">{label}{required}</label>{_help(field)}{below}</div>'
        )
    wide = " field-wide" if field.widget_type == "textarea" else ""
    spoken, unit = _unit(field)
    return SafeString(
        f'<div class="field{wide}"><label for="{named}">{label}{spoken}{required}</label>'
        f'<div class="field-control">{field}{unit}</div>{_help(field)}{_last(field)}{below}</div>'
    )


def _choices(field: BoundField, label: str, below: str) -> str:
    named = f' id="field_{shown(field.auto_id)}"' if field.auto_id else ""
    told = f' aria-describedby="{shown(field.aria_describedby)}"' if field.aria_describedby else ""
    said = f"<legend>{label}</legend>{field}{_help(field)}{below}"
    return f'<fieldset class="field field-choices"{named}{told}>{said}</fieldset>'


def _unit(field: BoundField) -> tuple[str, str]:
    """Read aloud with the label, and shown behind the control."""
    unit = getattr(field.field, "unit", None)
    if not unit:
        return "", ""
    words = shown(unit)
    return (
        f'<span class="visually-hidden">, {words}</span>',
        f'<span class="unit" aria-hidden="true">{words}</span>',
    )


def _help(field: BoundField) -> str:
    source, said = getattr(field.field, "source", None), ""
    if source:
        said = f'<p class="field-source">{shown(_("From the file: %(source)s") % {"source": source})}</p>'
    if field.help_text:
        named = f' id="{shown(field.auto_id)}_helptext"' if field.auto_id else ""
        # A help text is the form's own sentence and may hold markup, as in Django's own templates.
        said += f'<div class="field-help"{named}>{field.help_text}</div>'
    return said


def _last(field: BoundField) -> str:
    last = getattr(field.field, "last_value", None)
    if not last:
        return ""
    return f'<p class="field-last">{shown(_("Last time: %(value)s") % {"value": last})}</p>'


def _conflict(field: BoundField) -> str:
    """Both wrote into one field: what is stored and what was typed, to be chosen."""
    conflict = getattr(field.field, "conflict", None)
    if not conflict:
        return ""
    return render_to_string("partials/_field_conflict.html", {"conflict": conflict, "field": field})
