"""Prepare a fresh checkout: uv, the Python packages of uv.lock, and the system libraries that wheels do not bring.

Standard library only; run by ``make install``. A second run finds everything in place and changes nothing. What
needs rights that are not ours (system packages) is named in one message and is not an error: the rest works.
"""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
UV = "uv>=0.9,<1"
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Do all of it; the exit status."""
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        say(
            f"Python {sys.version.split()[0]} is too old. Name a newer one: make install PYTHON=python{wanted}"
        )
        return 1
    try:
        sync(find_uv())
    except subprocess.CalledProcessError as error:
        say(f"This step failed (status {error.returncode}): {' '.join(map(str, error.cmd))}")
        return 1
    provide_system_packages()
    say("Installed.")
    return 0


def find_uv() -> Path:
    """uv from PATH, or else one of our own in .tools/uv."""
    found = shutil.which("uv")
    if found:
        return Path(found)
    own = ROOT / ".tools" / "uv"
    if not (own / "bin" / "uv").exists():
        say("Getting uv into .tools/uv")
        venv.create(own, with_pip=True, clear=True)
        run_twice(
            [own / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]
        )
    return own / "bin" / "uv"


def sync(uv: Path) -> None:
    """Make .venv hold exactly what uv.lock names."""
    say("Installing the Python packages of uv.lock")
    # A Python newer than we support may have started us; then uv looks for a fitting one by itself.
    ours = ["--python", sys.executable] if sys.version_info[:2] <= NEWEST and not in_a_venv_of_ours() else []
    run_twice([uv, "sync", "--frozen", "--quiet", *ours])


def provide_system_packages() -> None:
    """Install what is missing where apt and the right to use it exist; name it otherwise."""
    missing = [package for package, is_there in SYSTEM_PACKAGES.items() if not is_there()]
    apt = apt_command() if missing else None
    if missing and apt is not None:
        say(f"Installing system packages: {' '.join(missing)}")
        run_quietly([*apt, "update"]) or run_quietly([*apt, "update"])
        run_quietly([*apt, "install", "--yes", "--no-install-recommends", *missing])
        missing = [package for package, is_there in SYSTEM_PACKAGES.items() if not is_there()]
    if missing:
        say(
            f"Not found on this machine: {', '.join(missing)} (names as in Debian and Ubuntu).\n"
            "Without Pango, HarfBuzz and a font no PDF is made; without Chromium the browser tests do not run.\n"
            f"On Debian or Ubuntu:  sudo apt-get install {' '.join(missing)}\n"
            "On macOS:             brew install pango harfbuzz; Chromium or Chrome as an application"
        )


def apt_command() -> list[str] | None:
    """apt-get with the right to use it, or None."""
    apt = shutil.which("apt-get")
    if apt is None:
        return None
    if os.geteuid() == 0:
        return [apt, "--quiet", "--quiet"]
    sudo = shutil.which("sudo")
    if sudo and run_quietly([sudo, "-n", "true"]):
        return [sudo, "-n", apt, "--quiet", "--quiet"]
    return None


def library(name: str, *files: str) -> Callable[[], bool]:
    """A check that the dynamic library loads."""

    def loads() -> bool:
        for candidate in (*files, ctypes.util.find_library(name)):
            try:
                if candidate and ctypes.CDLL(candidate):
                    return True
            except OSError:
                continue
        return False

    return loads


def has_font() -> bool:
    """Whether DejaVu, or on a Mac any font, is there."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    pattern = "*.ttf" if sys.platform == "darwin" else "DejaVuSans*.ttf"
    return any(next(folder.rglob(pattern), None) for folder in folders if folder.is_dir())


def has_browser() -> bool:
    """Whether one of the browsers is on PATH, or in a Mac's applications."""
    applications = ("Chromium.app", "Google Chrome.app")
    return any(map(shutil.which, BROWSERS)) or any(
        (Path("/Applications") / name).exists() for name in applications
    )


SYSTEM_PACKAGES: dict[str, Callable[[], bool]] = {
    "libpango-1.0-0": library("pango-1.0", "libpango-1.0.so.0"),
    "libpangoft2-1.0-0": library("pangoft2-1.0", "libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": library("harfbuzz-subset", "libharfbuzz-subset.so.0"),
    "fonts-dejavu-core": has_font,
    "chromium": has_browser,
}


def in_a_venv_of_ours() -> bool:
    return Path(sys.prefix).is_relative_to(ROOT)


def run_twice(command: list[str | Path]) -> None:
    """Run, and once more if it fails: most failures here are those of a network."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:  # noqa: S603  our own commands
        say("That failed; trying once more")
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603


def run_quietly(command: list[str]) -> bool:
    """Run without output or questions; whether it succeeded."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(  # noqa: S603  our own commands
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
