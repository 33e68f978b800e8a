"""PostgreSQL and Valkey together: start or adopt them, remember them, stop them.

    with running(Path("var")) as services:
        ...services.database_url, services.redis_url...

Everything belongs to one folder ``var``, so checkouts beside each other have servers of their own:

    services.json    what runs: addresses and process ids (private; a hint that is always verified)
    services.lock    held while servers are started or stopped
    services.users   held in common by all who use the servers; the last to leave stops them
    postgres/  valkey/

A process that is killed leaves its servers running and its lock free: the next user adopts the servers and, being
the last, stops them. Where DATABASE_URL or REDIS_URL is set, that server is used and none is started in its place.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eecp_clinic.embedded import valkey
from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.home import home_for, possible_homes
from eecp_clinic.embedded.postgres import Cluster


@dataclass(frozen=True)
class Services:
    """Where the two servers answer; each URL carries its password."""

    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The two variables by which settings find the servers."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


@dataclass(frozen=True)
class _Record:
    """The content of services.json."""

    database_url: str = ""
    database_pid: int = 0
    redis_url: str = ""
    redis_pid: int = 0
    durable: bool = True
    kept: bool = False  # started by `up`: stays until `down`


@contextmanager
def running(
    var: Path, *, durable: bool = True, environment: Mapping[str, str] | None = None
) -> Iterator[Services]:
    """Have the two servers run for the length of the block, adopting those that run already.

    ``durable=False`` is faster and may lose the cluster when the machine crashes: for tests, in a ``var`` of their
    own. ``environment`` (by default the process's) may name servers that are used instead.
    """
    given = _given(environment)
    if len(given) == 2:
        yield Services(given["DATABASE_URL"], given["REDIS_URL"])
        return
    var = var.resolve()
    with _locked(var):
        users = _join(var)
        try:
            services = _start(var, durable=durable, given=given)
        except BaseException:
            _leave(var, users)
            raise
    try:
        yield services
    finally:
        with _locked(var):
            _leave(var, users)


@contextmanager
def temporary(*, environment: Mapping[str, str] | None = None) -> Iterator[tuple[Path, Services]]:
    """Servers and a folder of their own for the length of the block, fast and unprotected; nothing is left of them."""
    var = Path(tempfile.mkdtemp(prefix="eecp-"))
    var.chmod(0o711)  # the account that PostgreSQL runs as must be able to pass
    try:
        with running(var, durable=False, environment=environment) as services:
            yield var, services
    finally:
        reset(var)
        shutil.rmtree(var, ignore_errors=True)


def up(var: Path, *, environment: Mapping[str, str] | None = None) -> Services:
    """Start or adopt the servers and let them run until `down`."""
    var = var.resolve()
    with _locked(var):
        services = _start(var, durable=True, given=_given(environment))
        _write(var, replace(_read(var), kept=True))
    return services


def down(var: Path) -> None:
    """Stop the servers that belong to ``var``, whoever started them and whoever uses them."""
    var = var.resolve()
    with _locked(var):
        _stop(var)


def reset(var: Path) -> None:
    """Stop the servers and delete their data."""
    var = var.resolve()
    with _locked(var):
        _stop(var)
        for home in possible_homes(var):
            home.remove()
        shutil.rmtree(var / "valkey", ignore_errors=True)


def current(var: Path, *, environment: Mapping[str, str] | None = None) -> Services | None:
    """The servers that run now, or None when one of them does not."""
    var = var.resolve()
    given, record = _given(environment), _read(var)
    cluster = _running_cluster(var)
    database_url = given.get("DATABASE_URL") or (cluster.url() if cluster else None)
    redis_url = given.get("REDIS_URL") or _running_broker(record)
    return Services(database_url, redis_url) if database_url and redis_url else None


def data_folder(var: Path) -> Path | None:
    """Where the local cluster of ``var`` lies, which as root need not be in ``var``; None before it is made."""
    return next((home.path for home in possible_homes(var.resolve()) if home.has_cluster), None)


def _start(var: Path, *, durable: bool, given: Mapping[str, str]) -> Services:
    record = _read(var)
    if _running_broker(record) is None and _running_cluster(var) is None:
        record = _Record()  # of an earlier run of the machine, perhaps
    if "DATABASE_URL" not in given:
        record = _with_database(var, record, durable=durable)
    if "REDIS_URL" not in given and _running_broker(record) is None:
        redis_url, redis_pid = valkey.Broker(var / "valkey").start()
        record = replace(record, redis_url=redis_url, redis_pid=redis_pid)
    _write(var, record)
    return Services(
        given.get("DATABASE_URL", record.database_url),
        given.get("REDIS_URL", record.redis_url),
    )


def _with_database(var: Path, record: _Record, *, durable: bool) -> _Record:
    cluster = Cluster(home_for(var))
    adopted = cluster.pid() is not None
    if adopted and durable and not record.durable:
        raise EmbeddedError(
            f"The database of {var} runs without protection of its data, as for tests. "
            "Stop it with 'python -m eecp_clinic.embedded down', or give the tests an EECP_VAR of their own."
        )
    return replace(
        record,
        database_url=cluster.start(durable=durable),
        database_pid=cluster.pid() or 0,
        durable=record.durable if adopted else durable,
    )


def _stop(var: Path) -> None:
    record = _read(var)
    for home in possible_homes(var):
        if home.has_cluster:
            Cluster(home).stop()
    if _running_broker(record):
        valkey.stop(record.redis_pid)
    (var / "services.json").unlink(missing_ok=True)


def _running_cluster(var: Path) -> Cluster | None:
    clusters = [Cluster(home) for home in possible_homes(var) if home.has_cluster]
    return next((cluster for cluster in clusters if cluster.pid() is not None), None)


def _running_broker(record: _Record) -> str | None:
    return (
        record.redis_url if record.redis_pid and valkey.answers(record.redis_url, record.redis_pid) else None
    )


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    source = os.environ if environment is None else environment
    return {name: source[name] for name in ("DATABASE_URL", "REDIS_URL") if source.get(name)}


def _read(var: Path) -> _Record:
    """What services.json remembers; nothing, when it is missing or damaged."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return _Record(**json.loads((var / "services.json").read_text()))
    return _Record()


def _write(var: Path, record: _Record) -> None:
    aside = var / "services.json.new"
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(asdict(record), indent=2) + "\n")
    aside.replace(var / "services.json")


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(var / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _join(var: Path) -> int:
    descriptor = os.open(var / "services.users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _leave(var: Path, descriptor: int) -> None:
    """Leave the users; the last one stops the servers, unless `up` keeps them."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _read(var).kept:
            _stop(var)
    os.close(descriptor)
