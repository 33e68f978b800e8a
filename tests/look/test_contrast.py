"""The colours of the design tokens against each other, by the WCAG 2.2 contrast formula."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
HEX = r"#[0-9a-f]{6}"

# Text colour and the ground it stands on.
TEXT_PAIRS = [
    ("ink", "ground"),
    ("ink", "panel"),
    ("ink", "sunken"),
    ("quiet", "ground"),
    ("quiet", "panel"),
    ("quiet", "sunken"),
    ("accent", "panel"),
    ("accent", "ground"),
    ("accent", "accent-weak"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-stop", "stop"),
    ("go", "go-weak"),
    ("go", "panel"),
    ("look", "look-weak"),
    ("stop", "stop-weak"),
    ("stop", "panel"),
    ("on-grade-a", "grade-a"),
    ("on-grade-b", "grade-b"),
    ("on-grade-c", "grade-c"),
    ("on-grade-d", "grade-d"),
    ("trace-ink", "trace-ground"),
    ("trace-ecg", "trace-ground"),
    ("trace-pleth", "trace-ground"),
    ("trace-cuff", "trace-ground"),
]


def read_tokens(theme: str) -> dict[str, str]:
    """Every colour token as #rrggbb in one theme, light or dark."""
    tokens = {}
    for name, light, dark in re.findall(
        rf"--([a-z-]+): (?:light-dark\()?({HEX})(?:, ({HEX})\))?;", TOKENS.read_text(encoding="utf-8")
    ):
        tokens[name] = dark if dark and theme == "dark" else light
    return tokens


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    tokens = read_tokens(theme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["panel", "ground"])
def test_the_rim_of_an_input_stands_out_from_its_ground(theme: str, ground: str) -> None:
    tokens = read_tokens(theme)
    assert contrast(tokens["edge"], tokens[ground]) >= 3


def test_black_on_white_has_the_greatest_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
