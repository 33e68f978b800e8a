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
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

_NOTHING = SafeString("")


@register.simple_tag(takes_context=True)
def bound_field(context: Context) -> SafeString:
    """The ``field`` of the context; with ``quiet_required`` it is not marked as required, for its whole form is."""
    field: BoundField = context["field"]
    required = _required(field, quiet=bool(context.get("quiet_required")))
    if field.use_fieldset:
        return _choices(field, required)
    if field.widget_type == "checkbox":
        return format_html(
            '<div class="field field-check">{}<label for="{}">{}{}</label>{}{}{}</div>',
            field, field.id_for_label, field.label, required, _help(field), field.errors, _conflict(field),
        )  # fmt: skip
    return _row(field, required)


def _choices(field: BoundField, required: SafeString) -> SafeString:
    named = format_html(' id="field_{}"', field.auto_id) if field.auto_id else _NOTHING
    described = field.aria_describedby
    told = format_html(' aria-describedby="{}"', described) if described else _NOTHING
    return format_html(
        '<fieldset class="field field-choices"{}{}><legend>{}{}</legend>{}{}{}{}</fieldset>',
        named, told, field.label, required, field, _help(field), field.errors, _conflict(field),
    )  # fmt: skip


def _row(field: BoundField, required: SafeString) -> SafeString:
    unit = getattr(field.field, "unit", None)
    spoken = format_html('<span class="visually-hidden">, {}</span>', unit) if unit else _NOTHING
    shown = format_html('<span class="unit" aria-hidden="true">{}</span>', unit) if unit else _NOTHING
    return format_html(
        '<div class="field{}"><label for="{}">{}{}{}</label><div class="field-control">{}{}</div>{}{}{}{}</div>',
        " field-wide" if field.widget_type == "textarea" else "", field.id_for_label, field.label, spoken,
        required, field, shown, _help(field), _last(field), field.errors, _conflict(field),
    )  # fmt: skip


def _required(field: BoundField, *, quiet: bool) -> SafeString:
    if quiet or not field.field.required:
        return _NOTHING
    return format_html('<span class="field-required">{}</span>', _("required"))


def _help(field: BoundField) -> SafeString:
    source = getattr(field.field, "source", None)
    origin = (
        format_html('<p class="field-source">{}</p>', _("From the file: %(source)s") % {"source": source})
        if source
        else _NOTHING
    )
    if not field.help_text:
        return origin
    named = format_html(' id="{}_helptext"', field.auto_id) if field.auto_id else _NOTHING
    # A help text is the form's own sentence and may hold markup, as in Django's own templates.
    said = format_html('<div class="field-help"{}>{}</div>', named, SafeString(field.help_text))
    return format_html("{}{}", origin, said)


def _last(field: BoundField) -> SafeString:
    last = getattr(field.field, "last_value", None)
    if not last:
        return _NOTHING
    return format_html('<p class="field-last">{}</p>', _("Last time: %(value)s") % {"value": last})


def _conflict(field: BoundField) -> SafeString:
    """Both wrote into one field: what is stored and what was typed, to be chosen."""
    conflict = getattr(field.field, "conflict", None)
    if not conflict:
        return _NOTHING
    return render_to_string("partials/_field_conflict.html", {"conflict": conflict, "field": field})
