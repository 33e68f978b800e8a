"""What the shared parts of the pages say, above all when something is missing or wrong."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from eecp_clinic.errors import Conflict
from eecp_clinic.models import User


class Pressure(forms.Form):
    systolic = forms.IntegerField(help_text="Seated, after five minutes of rest.", max_value=260)

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["systolic"].unit = "mmHg"  # type: ignore[attr-defined]


@pytest.fixture
def request_signed_out(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_banner_says_what_is_not_known_instead_of_leaving_it_out() -> None:
    html = render_to_string(
        "partials/_patient_banner.html", {"banner": {"family_name": "Sample", "given_name": "Joan"}}
    )
    assert "SAMPLE, Joan" in html
    assert html.count("Not known") == 6  # born, sex, MRN, payer, allergies, alerts


def test_banner_tells_no_alerts_from_alerts_nobody_asked_about() -> None:
    html = render_to_string("partials/_patient_banner.html", {"banner": {"alerts": []}})
    assert "None recorded" in html


def test_field_in_error_names_its_words_help_and_unit() -> None:
    html = render_to_string("partials/_form.html", {"form": Pressure({"systolic": "400"})})
    assert 'aria-describedby="id_systolic_helptext id_systolic_error"' in html
    assert 'id="id_systolic_helptext"' in html
    assert 'id="id_systolic_error"' in html
    assert "mmHg" in html


def test_field_without_error_is_not_marked_invalid() -> None:
    html = render_to_string("partials/_form.html", {"form": Pressure({"systolic": "132"})})
    assert "aria-invalid" not in html
    assert "Not saved" not in html


def test_finding_without_a_fact_says_not_known() -> None:
    finding = {
        "light": "look",
        "label": "Not known",
        "sentence": "A cardiologist gave an opinion.",
        "fact": "",
    }
    html = render_to_string("partials/_findings.html", {"findings": [finding]})
    assert '<p class="unknown">Not known</p>' in html


@pytest.mark.parametrize("page", ["400.html", "403.html", "403_csrf.html", "404.html", "413.html"])
def test_error_page_shows_a_way_out_to_somebody_who_is_not_signed_in(
    page: str, request_signed_out: HttpRequest
) -> None:
    html = render_to_string(page, {}, request=request_signed_out)
    assert "data-refusal" in html
    assert 'class="button button-primary" href="/"' in html
    assert 'role="search"' not in html


def test_refusal_page_shows_the_message_of_the_refusal(request_signed_out: HttpRequest) -> None:
    refusal = Conflict("Device 2 is booked at 09:15. Choose another hour.")
    html = render_to_string("refusal.html", {"error": refusal}, request=request_signed_out)
    assert "Device 2 is booked at 09:15. Choose another hour." in html
    assert "Error 409" in html


def test_page_of_a_failed_server_needs_no_context_at_all() -> None:
    assert "Go to my first page" in render_to_string("500.html")


def test_head_of_the_page_names_who_is_signed_in(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = User(username="rita", first_name="Rita", last_name="Sample", credentials="RN")
    html = render_to_string("404.html", {}, request=request)
    assert "R. Sample, RN" in html
    assert 'role="search"' in html


@pytest.mark.parametrize(("cookie", "written"), [("dark", True), ("light", True), ('x" onload="y', False)])
def test_chosen_theme_is_written_into_the_page_and_nothing_else_is(
    cookie: str, written: bool, request_signed_out: HttpRequest
) -> None:
    request_signed_out.COOKIES["theme"] = cookie
    html = render_to_string("404.html", {}, request=request_signed_out)
    assert (f'data-theme="{cookie}"' in html) is written
    assert "onload" not in html
