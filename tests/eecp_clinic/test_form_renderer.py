"""Controls that are written without templates are those that Django's templates would write."""

import datetime
import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from eecp_clinic.form_renderer import QuickForms

PLAIN, QUICK = DjangoTemplates(), QuickForms()
CHOICES = [
    ("", "---"),
    ("a", "A & <b>"),
    (3, 3),
    ("More", [("x", gettext_lazy("X")), ("y", mark_safe("<i>y</i>"))]),
]
ATTRS: dict[str, Any] = {
    "id": "id_it",
    "class": 'wide "quoted"',
    "required": True,
    "disabled": False,
    "max": 5,
}
WIDGETS = [
    forms.TextInput(),
    forms.NumberInput(),
    forms.EmailInput(),
    forms.URLInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.DateInput(),
    forms.DateTimeInput(),
    forms.TimeInput(),
    forms.Textarea(),
    forms.CheckboxInput(),
    forms.Select(choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
    forms.NullBooleanSelect(),
    forms.RadioSelect(choices=CHOICES),
    forms.CheckboxSelectMultiple(choices=CHOICES),
    forms.MultipleHiddenInput(),
    forms.SplitDateTimeWidget(),
    forms.ClearableFileInput(),
    forms.SelectDateWidget(years=[2026]),
]
VALUES = [
    None,
    "",
    "a",
    "3",
    3,
    0,
    True,
    "<script>\"&'",
    ["a", "x"],
    datetime.datetime(2026, 3, 9, 7, 5, tzinfo=datetime.UTC),
    mark_safe("&lt;"),
]


def both(widget: forms.Widget, value: object, attrs: dict[str, Any] | None) -> tuple[str, str]:
    """By the quick renderer and by Django's, white space between tags aside where there are choices."""
    written: list[str] = [widget.render("it", value, attrs, renderer=renderer) for renderer in (QUICK, PLAIN)]
    if isinstance(widget, forms.widgets.ChoiceWidget | forms.MultiWidget | forms.SelectDateWidget):
        written = [re.sub(r"\s*(<[^>]*>)\s*", r"\1", html) for html in written]
    return written[0], written[1]


@pytest.mark.parametrize("attrs", [None, ATTRS], ids=["bare", "with attributes"])
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_every_control_is_written_as_django_writes_it(
    widget: forms.Widget, attrs: dict[str, Any] | None
) -> None:
    for value in VALUES:
        if isinstance(value, list) and not isinstance(
            widget, forms.SelectMultiple | forms.MultipleHiddenInput
        ):
            continue
        if isinstance(widget, forms.SplitDateTimeWidget) and not isinstance(value, datetime.datetime | None):
            continue
        if isinstance(widget, forms.MultipleHiddenInput) and not isinstance(value, list | None):
            continue
        quick, plain = both(widget, value, attrs)
        assert quick == plain


@given(value=st.text(), label=st.text(), attribute=st.text())
def test_whatever_is_typed_is_escaped_as_django_escapes_it(value: str, label: str, attribute: str) -> None:
    for widget in (forms.TextInput(), forms.Textarea(), forms.Select(choices=[(value, label)])):
        quick, plain = both(widget, value, {"data-it": attribute})
        assert quick == plain


def test_control_with_another_template_of_its_own_is_left_to_django() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/input_option.html"

    quick, plain = both(Own(choices=CHOICES), "a", ATTRS)
    assert quick == plain


def test_form_without_and_with_errors_is_written_as_django_writes_it() -> None:
    class Form(forms.Form):
        weight = forms.IntegerField()

    for data in ({"weight": "70"}, {"weight": "heavy <b>"}):
        quick, plain = Form(data, renderer=QUICK), Form(data, renderer=PLAIN)
        assert str(quick["weight"].errors) == str(plain["weight"].errors)
