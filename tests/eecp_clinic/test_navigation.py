"""The head of a page marks the place that the page belongs to."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/supervision/", "/reviews/"),
        ("/exceptions/", "/figures/"),
        ("/limits/", "/rules/"),
        ("/billing/rules/", "/rules/"),
        ("/figures/", "/figures/"),
    ],
)
def test_page_marks_its_place_and_no_other(physician_client: Client, address: str, place: str) -> None:
    page = physician_client.get(address).content.decode()
    assert f'<a href="{place}" aria-current="page">' in page
    assert page.count('aria-current="page"') == 1


def test_page_of_no_place_marks_none(physician_client: Client) -> None:
    page = physician_client.get("/account/password/change/").content.decode()
    assert 'aria-current="page"' not in page


def test_setup_belongs_to_claims_though_its_address_begins_like_the_books(biller_client: Client) -> None:
    page = biller_client.get("/billing/setup/").content.decode()
    assert '<a href="/claims/" aria-current="page">' in page
