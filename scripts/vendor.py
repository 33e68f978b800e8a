"""Copy the browser libraries of package.json from node_modules to static/vendor/NAME-VERSION/.

    npm ci && python3 scripts/vendor.py

The copies are committed, so neither npm nor a network is needed to run the clinic. ``static/vendor/vendor.json``
names each library's version, licence and the SHA-256 of each file; a test compares all of it.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor"

#: What is needed of each library; the licence comes along always.
FILES = {
    "@event-calendar/build": ("dist/event-calendar.min.js", "dist/event-calendar.min.css"),
    "uplot": ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE"),
}
SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*\n?", re.MULTILINE)
#: Packages that name their licence without its text; the text is kept beside this script.
LICENCES = {"@event-calendar/build": "event-calendar.LICENSE"}


def main() -> int:
    """Copy all libraries, drop those no longer named; the exit status."""
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    if set(wanted) != set(FILES):
        sys.stderr.write("package.json and FILES in scripts/vendor.py name different libraries.\n")
        return 1
    try:
        manifest = [copy(name, version) for name, version in sorted(wanted.items())]
    except (FileNotFoundError, ValueError) as error:
        sys.stderr.write(f"{error}\nRun 'npm ci' first.\n")
        return 1
    keep = {folder_of(entry["name"], entry["version"]) for entry in manifest}
    for folder in TARGET.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder)
    (TARGET / "vendor.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return 0


def folder_of(name: str, version: str) -> str:
    """Where a library's files stand; '@owner/part' becomes 'owner-part'."""
    return f"{name.removeprefix('@').replace('/', '-')}-{version}"


def copy(name: str, version: str) -> dict[str, Any]:
    """Copy one library; its entry in vendor.json. Raises ValueError when another version is installed."""
    source = ROOT / "node_modules" / name
    package = json.loads((source / "package.json").read_text())
    if package["version"] != version:
        raise ValueError(f"node_modules holds {name} {package['version']}, package.json names {version}.")
    folder = TARGET / folder_of(name, version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    hashes = {}
    for path in FILES[name]:
        copied = folder / Path(path).name
        # The map is not shipped, and a reference to a missing file stops the collection of static files.
        copied.write_bytes(SOURCE_MAP.sub(b"", (source / path).read_bytes()))
        hashes[copied.name] = hashlib.sha256(copied.read_bytes()).hexdigest()
    if name in LICENCES:
        copied = folder / "LICENSE"
        shutil.copyfile(Path(__file__).parent / LICENCES[name], copied)
        hashes[copied.name] = hashlib.sha256(copied.read_bytes()).hexdigest()
    return {"name": name, "version": version, "licence": package["license"], "files": hashes}


if __name__ == "__main__":
    sys.exit(main())
