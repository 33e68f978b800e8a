# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["linuxforhealth-x12==0.57.0", "pydantic[dotenv]<2"]
# ///
"""A second judge of 837P files beside pyx12: linuxforhealth-x12, which also adds up each claim.

In an environment of its own, because it needs a pydantic that the application is past. ``make judge-claims`` judges the
golden files of the tests; each is judged again with its first total changed, to see that it is judged at all.
"""

import re
import sys
from pathlib import Path

from linuxforhealth.x12.io import X12ModelReader  # type: ignore[import-not-found]  # in an environment of its own


def complaint(content: str) -> str:
    """What the judge says against a file; empty where it accepts."""
    try:
        with X12ModelReader(content) as reader:
            read = [type(model).__name__ for model in reader.models()]
    except Exception as error:  # noqa: BLE001  # the judge has no error class of its own: whatever it raises is its verdict
        return " ".join(str(error).split())[:200] or type(error).__name__
    return "" if read == ["HealthCareClaimProfessional"] else f"read as {read}"


def main(paths: list[str]) -> int:
    failed = 0
    for path in paths:
        content = Path(path).read_text(encoding="ascii")
        wrong = re.sub(r"(CLM\*[^*]*\*)[^*]*", r"\g<1>1.11", content, count=1)
        said = complaint(content) or ("" if complaint(wrong) else "accepts a wrong total: it judges nothing")
        sys.stdout.write(f"{path}: {said or 'accepted'}\n")
        failed += bool(said)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
