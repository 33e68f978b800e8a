"""Read the packaged codes once. The package ``x12`` itself opens no file."""

from functools import cache
from importlib.resources import files

from courses.billing.x12.codes import CodeBook, parse_codes


@cache
def packaged_codes() -> CodeBook:
    """The codes that come with this version of the program."""
    return parse_codes(files("courses.billing.x12").joinpath("codes.toml").read_text(encoding="utf-8"))
