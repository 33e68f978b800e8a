"""Django's own form controls, written without its templates.

A page of the treatment hour holds some hundred controls, and Django includes a template for every option of every one
of them: half of the time in which such a page was made. What is written here is what Django's templates write, but for
line breaks between tags (the tests compare the two); every template that is not named here is left to Django.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from eecp_clinic.markup import plain, shown

Widget = Mapping[str, Any]


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {shown(name)}" if value is True else f' {shown(name)}="{plain(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    told = "" if value is None else f' value="{plain(value)}"'
    return f'<input type="{shown(widget["type"])}" name="{shown(widget["name"])}"{told}{_attributes(widget)}>'


def _choice_input(widget: Widget) -> str:
    """One radio button or checkbox of several, within its label."""
    if not widget.get("wrap_label"):
        return _input(widget)
    named = widget["attrs"].get("id")
    belongs = f' for="{shown(named)}"' if named else ""
    return f"<label{belongs}>{_input(widget)} {shown(widget['label'])}</label>"


def _choice_inputs(widget: Widget) -> str:
    attrs = widget["attrs"]
    named = "".join(f' {name}="{shown(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    parts = [f"<div{named}>"]
    for group, options, _index in widget["optgroups"]:
        parts.append(f"<div><label>{shown(group)}</label>" if group else "")
        parts += [f"<div>{_choice_input(option)}</div>" for option in options]
        parts.append("</div>" if group else "")
    return "".join([*parts, "</div>"])


def _select(widget: Widget) -> str:
    parts = [f'<select name="{shown(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        parts.append(f'<optgroup label="{shown(group)}">' if group else "")
        parts += [
            f'<option value="{plain(option["value"])}"{_attributes(option)}>{shown(option["label"])}</option>'
            for option in options
        ]
        parts.append("</optgroup>" if group else "")
    return "".join([*parts, "</select>"])


def _textarea(widget: Widget) -> str:
    told = shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{shown(widget["name"])}"{_attributes(widget)}>\n{told}</textarea>'


_INPUTS = (
    "checkbox",
    "color",
    "date",
    "datetime",
    "email",
    "hidden",
    "number",
    "password",
    "search",
    "tel",
    "text",
    "time",
    "url",
)
_WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in _INPUTS},
    **{f"django/forms/widgets/{name}.html": _choice_inputs for name in ("radio", "checkbox_select")},
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/textarea.html": _textarea,
}
#: Those of the options within a control; one that has another template is left to Django with all that is around it.
_OF_OPTIONS = frozenset(
    f"django/forms/widgets/{name}.html" for name in ("select_option", "radio_option", "checkbox_option")
)
_ERROR_LISTS = frozenset(f"django/forms/errors/list/{name}.html" for name in ("default", "ul", "text"))


class QuickForms(DjangoTemplates):
    """The renderer of all forms (``FORM_RENDERER``)."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        writer = _WRITERS.get(template_name)
        if writer is not None and _has_usual_options(context["widget"]):
            return writer(context["widget"])
        if template_name in _ERROR_LISTS and not context["errors"]:
            return ""
        return super().render(template_name, context, request)


def _has_usual_options(widget: Widget) -> bool:
    groups = widget.get("optgroups", ())
    return all(
        option["template_name"] in _OF_OPTIONS for _group, options, _index in groups for option in options
    )
