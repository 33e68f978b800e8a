"""Every page that a role can reach by links, from its first page on, opens and has one heading."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from tests.permissions.table import ROLES
from tests.permissions.test_permissions import AREAS
from tests.permissions.world import build

#: Files and streams are no pages, and the permission table already asks for each; the world's claim file has no bytes.
FILES = {
    "courses:calendar-feed",
    "courses:claim-file-download",
    "devices:stream",
    "devices:stream-several",
    "fhir:export",
}


class Page(HTMLParser):
    """The links of a page and its headings of the first rank."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.links.append(target)
        self.headings += tag == "h1"


@dataclass
class Walk:
    """What was opened on the way, and what was wrong with it."""

    client: Client
    opened: dict[tuple[str, ...], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def from_page(self, start: str) -> None:
        """Follow links breadth first; of addresses that differ in their codes alone, one."""
        waiting = [(start, "the door")]
        while waiting:
            address, source = waiting.pop(0)
            kind = self.kind_of(address, source)
            if kind and kind not in self.opened:
                self.opened[kind] = address
                waiting += [(link, address) for link in self.links_of(address, source)]

    def kind_of(self, address: str, source: str) -> tuple[str, ...] | None:
        parts = urlsplit(address)
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            self.faults.append(f"{source} links to {address}, which is no address")
            return None
        if name in FILES:
            return None
        return (name, *sorted(pair.split("=")[0] for pair in parts.query.split("&")))

    def links_of(self, address: str, source: str) -> list[str]:
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            self.faults.append(f"{source} links to {address}, which answers {answer.status_code}")
            return []
        if not answer["Content-Type"].startswith("text/html"):
            return []
        page = Page(answer.content.decode())
        if page.headings != 1:
            self.faults.append(f"{address} has {page.headings} headings of the first rank")
        # After a redirect, links are relative to where it led.
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        return [urljoin(here, link).split("#")[0] for link in page.links if not urlsplit(link).scheme]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_page_reached_by_links_opens_and_has_one_heading(role: str) -> None:
    world = build()
    for area in AREAS:
        if hasattr(area, "extend"):
            area.extend(world)
    client = Client()
    client.force_login(world.users[role])
    walk = Walk(client)
    walk.from_page("/")
    assert walk.faults == []
    assert len(walk.opened) > 10, "the walk reached next to nothing: is the navigation there?"


@pytest.mark.django_db
def test_the_walk_finds_a_dead_link_and_a_page_without_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk(Client())
    walk.from_page("/nowhere/")
    walk.from_page("/healthz")
    assert walk.faults == ["the door links to /nowhere/, which is no address"]
