"""What any page must stand, whoever reads it and on whatever screen."""

import json
import os
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: A folder for pictures of every page that a journey looks at; none without.
SHOTS = os.environ.get("EECP_SHOTS", "")
#: The desk and the tablet, the narrowest that pages are made for.
WIDTHS = (1440, 768)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def look_at(page: Page, name: str) -> None:
    """Nothing that axe finds and nothing wider than the window; leaves it wide and light."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, f"{name} is {wider} px wider than {width}"
        found = Axe().run(page).response["violations"]
        nodes = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
        assert not found, f"{name}, {scheme}: {json.dumps(nodes, indent=1)}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
