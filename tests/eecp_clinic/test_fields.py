"""One field of a form, with its label and all that belongs to it."""

import re
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import SimpleTestCase
from django.utils.safestring import mark_safe


class Shown(forms.Form):
    pulse = forms.IntegerField(label="Pulse", required=False)
    name = forms.CharField(label="Name <b>", help_text=mark_safe("As on the <i>card</i>"))
    note = forms.CharField(widget=forms.Textarea, required=False)
    fasting = forms.BooleanField(label="Fasting")
    rhythm = forms.ChoiceField(
        choices=[("s", "Sinus")], widget=forms.RadioSelect, help_text="By the strip", required=False
    )


def rendered(name: str, *, data: dict[str, str] | None = None, quiet: bool = False, **told: Any) -> str:
    field = Shown(data)[name]
    for attribute, value in told.items():
        setattr(field.field, attribute, value)
    return render_to_string("partials/_field.html", {"field": field, "quiet_required": quiet})


def assert_same(one: str, other: str) -> None:
    SimpleTestCase().assertHTMLEqual(one, other)


def test_unit_is_read_aloud_with_the_label_and_shown_behind_the_control() -> None:
    assert_same(
        rendered("pulse", unit="beats/min"),
        '<div class="field"><label for="id_pulse">Pulse<span class="visually-hidden">, beats/min</span></label>'
        '<div class="field-control"><input type="number" name="pulse" id="id_pulse">'
        '<span class="unit" aria-hidden="true">beats/min</span></div></div>',
    )


def test_last_value_is_shown_beside_the_field_and_never_in_it() -> None:
    html = rendered("pulse", last_value="<66>")
    assert '<p class="field-last">Last time: &lt;66&gt;</p>' in html
    assert "value=" not in html


def test_label_is_escaped_and_help_may_hold_markup() -> None:
    assert_same(
        rendered("name"),
        '<div class="field"><label for="id_name">Name &lt;b&gt;<span class="field-required">required</span></label>'
        '<div class="field-control"><input type="text" name="name" required aria-describedby="id_name_helptext" id="id_name"></div>'
        '<div class="field-help" id="id_name_helptext">As on the <i>card</i></div></div>',
    )


def test_where_the_whole_form_is_required_no_field_says_so() -> None:
    assert "field-required" not in rendered("name", quiet=True)


def test_text_of_several_lines_takes_the_whole_width() -> None:
    assert rendered("note").strip().startswith('<div class="field field-wide">')


def test_box_stands_before_its_label() -> None:
    assert_same(
        rendered("fasting"),
        '<div class="field field-check"><input type="checkbox" name="fasting" required id="id_fasting">'
        '<label for="id_fasting">Fasting<span class="field-required">required</span></label></div>',
    )


def test_choices_are_one_group_with_a_legend_and_its_help() -> None:
    assert_same(
        rendered("rhythm"),
        '<fieldset class="field field-choices" id="field_id_rhythm" aria-describedby="id_rhythm_helptext">'
        '<legend>Rhythm</legend><div id="id_rhythm"><div><label for="id_rhythm_0">'
        '<input type="radio" name="rhythm" value="s" id="id_rhythm_0"> Sinus</label></div></div>'
        '<div class="field-help" id="id_rhythm_helptext">By the strip</div></fieldset>',
    )


@pytest.mark.parametrize("name", ["pulse", "fasting", "rhythm"])
def test_error_stands_with_its_field_under_the_id_that_the_control_names(name: str) -> None:
    html = rendered(name, data={"pulse": "many", "rhythm": "x"})
    assert 'class="errorlist"' in html
    assert f'id="id_{name}_error"' in html
    assert re.search(rf'aria-describedby="[^"]*\bid_{name}_error"', html)


@pytest.mark.parametrize("name", ["pulse", "fasting", "rhythm"])
def test_value_from_a_file_says_so(name: str) -> None:
    assert '<p class="field-source">From the file: Observation/a&amp;b</p>' in rendered(
        name, source="Observation/a&b"
    )


@pytest.mark.parametrize("name", ["pulse", "note", "fasting", "rhythm"])
def test_what_two_wrote_into_one_field_is_laid_side_by_side(name: str) -> None:
    html = rendered(name, conflict={"name": "keep-it", "mine": "<128>", "theirs": ""})
    assert '<input type="radio" name="keep-it" value="mine">' in html
    assert "Yours: <b>&lt;128&gt;</b>" in html
    assert "Saved: <b>empty</b>" in html


def test_field_of_a_form_without_ids_names_none() -> None:
    field = Shown(auto_id=False)["name"]
    html = render_to_string("partials/_field.html", {"field": field})
    assert "id=" not in html.replace("invalid=", "")
