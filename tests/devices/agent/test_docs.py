"""What the agent's documents say is so."""

import re
import threading
import tomllib
import zlib
from pathlib import Path
from typing import Any

from devices.agent.options import read_options
from devices.agent.sources.opening import _AT_A_PLACE as KINDS
from devices.agent.sources.source import Began, Ended, Piece, Source

ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "docs/agent-sources.md").read_text(encoding="utf-8")


def test_example_of_a_new_source_is_one() -> None:
    [example] = re.findall(r"```python\n(.*?)```", SOURCES, re.DOTALL)
    assert example.count("\n") < 40
    names: dict[str, Any] = {"__name__": "example"}
    exec(example, names)  # noqa: S102 (our own document)
    source: Source = names["Constant"]()
    began, _, *pieces, ended = source.steps(threading.Event())
    assert isinstance(began, Began)
    assert len([piece for piece in pieces if isinstance(piece, Piece)]) == 60
    assert isinstance(ended, Ended)
    assert source.look()


def test_every_source_is_in_the_table() -> None:
    assert all(f"`{kind}:" in SOURCES for kind in KINDS)


def test_example_of_a_line_has_the_checksum_that_the_document_defines() -> None:
    [(body, crc)] = re.findall(r"Example: `\$(.*?)\*([0-9A-F]{8})`", SOURCES)
    assert zlib.crc32(body.encode()) == int(crc, 16)


def test_example_of_a_configuration_holds_options_only() -> None:
    path = ROOT / "deploy/agent.toml"
    options = read_options(["run", "--config", str(path)])
    for name, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert str(getattr(options, name.replace("-", "_"))) == value


def test_installation_puts_what_is_shipped_where_the_unit_looks() -> None:
    page = (ROOT / "docs/agent-install.md").read_text(encoding="utf-8")
    unit = (ROOT / "deploy/eecp-agent.service").read_text(encoding="utf-8")
    for name in re.findall(r"deploy/[\w.-]+", page):
        assert (ROOT / name).exists(), name
    assert "ExecStart=/opt/eecp-agent/bin/eecp-agent run" in unit
    assert "python3 -m venv /opt/eecp-agent" in page
