"""Rules that hold for every template, style sheet and script of the project."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_template_has_nothing_inline_that_the_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<[^>{]*\sstyle\s*=", text)
    assert not re.search(r"<[^>{]*\son[a-z]+\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("source", [*TEMPLATES, *STYLES, *SCRIPTS], ids=short)
def test_nothing_is_fetched_from_another_host(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href|url\(|import)\s*[=(]?\s*["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("style", STYLES, ids=short)
def test_style_sheet_uses_only_names_that_the_tokens_define(style: Path) -> None:
    declared = set(
        re.findall(r"(--[a-z0-9-]+):", (ROOT / "static/css/tokens.css").read_text(encoding="utf-8"))
    )
    used = set(re.findall(r"var\((--[a-z0-9-]+)", style.read_text(encoding="utf-8")))
    assert used <= declared


@pytest.mark.parametrize("style", STYLES, ids=short)
def test_style_sheet_fits_its_size(style: Path) -> None:
    assert len(style.read_text(encoding="utf-8").splitlines()) <= 250


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = set(
        re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8"))
    )
    named = {
        name
        for template in TEMPLATES
        for name in re.findall(r'_icon\.html" with name="([a-z]+)"', template.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= drawn


def test_every_style_sheet_is_linked_by_a_template() -> None:
    """Those of every page together in one partial; a screen's or a document's own where it is used."""
    texts = " ".join(template.read_text(encoding="utf-8") for template in TEMPLATES)
    assert [style.name for style in STYLES if f"css/{style.name}" not in texts] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_template_compiles(template: Path) -> None:
    assert get_template(str(template.relative_to(ROOT / "templates")))
