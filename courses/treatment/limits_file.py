"""Read the packaged limits once. The only part of the limits that opens a file."""

from functools import cache
from importlib.resources import files

from courses.treatment.limit_rules import Limits, parse_limits


@cache
def packaged_limits() -> Limits:
    """The limits that come with this version of the program."""
    return parse_limits(files("courses.treatment").joinpath("limits.toml").read_text(encoding="utf-8"))
