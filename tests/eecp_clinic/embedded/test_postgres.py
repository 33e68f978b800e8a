"""One cluster: damage, taken ports, strangers, and the two kinds of users who may start it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eecp_clinic.embedded import home as homes
from eecp_clinic.embedded import postgres, valkey
from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.home import (
    SERVICE_ACCOUNT,
    SYSTEM_FOLDER,
    Home,
    home_for,
    possible_homes,
    program_folder,
)
from eecp_clinic.embedded.postgres import Cluster
from eecp_clinic.embedded.system import Account, named_account
from tests.eecp_clinic.embedded.conftest import kill, value_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as another account")


@pytest.fixture
def cluster(module_var: Path) -> Iterator[Cluster]:
    module_var.mkdir(exist_ok=True)
    cluster = Cluster(home_for(module_var))
    yield cluster
    cluster.stop()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield int(holder.getsockname()[1])


def ports(*numbers: int) -> Callable[[], int]:
    remaining = list(numbers)
    return lambda: remaining.pop(0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_starting_twice_gives_the_same_server(cluster: Cluster) -> None:
    first = cluster.start(durable=False)
    pid = cluster.pid()
    assert cluster.start(durable=False) == first
    assert cluster.pid() == pid


def test_stopping_what_does_not_run_is_no_error(cluster: Cluster) -> None:
    cluster.start(durable=False)
    cluster.stop()
    cluster.stop()
    assert cluster.pid() is None
    assert cluster.url() is None


def test_port_taken_in_between_leads_to_another(
    cluster: Cluster, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = free_port()
    monkeypatch.setattr(postgres, "free_port", ports(taken_port, another))
    assert f":{another}/" in cluster.start(durable=False)


def test_broker_finds_another_port_too(
    taken_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = free_port()
    monkeypatch.setattr(valkey, "free_port", ports(taken_port, another))
    url, pid = valkey.Broker(tmp_path / 'with space and "quotes"').start()
    assert f":{another}/" in url
    valkey.stop(pid)
    assert not valkey.answers(url, pid)


def test_server_that_never_starts_is_reported_with_its_log(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.start(durable=False)
    cluster.stop()
    monkeypatch.setattr(postgres, "START_TRIES", 1)
    monkeypatch.setattr(postgres, "NOT_DURABLE", "-c no_such_setting=1")
    with pytest.raises(EmbeddedError, match=r"no_such_setting(.|\n)*make reset"):
        cluster.start(durable=False)


def test_lock_file_with_the_id_of_a_stranger_is_removed(cluster: Cluster) -> None:
    cluster.start(durable=False)
    lock = cluster.home.data / "postmaster.pid"
    content = lock.read_text().splitlines()
    cluster.stop()
    lock.write_text("\n".join([str(os.getpid()), *content[1:]]) + "\n")
    os.chown(lock, cluster.home.account.uid, cluster.home.account.gid)
    assert cluster.pid() is None
    assert value_of(cluster.start(durable=False), "SELECT 1") == 1


def test_server_killed_before_it_was_complete_is_completed_next_time(cluster: Cluster) -> None:
    url = cluster.start(durable=False)
    with postgres._connect(url, database="postgres") as connection:
        connection.execute("DROP DATABASE eecp")
    pid = cluster.pid()
    assert pid is not None
    kill(pid)
    assert value_of(cluster.start(durable=False), "SELECT current_database()") == "eecp"


def test_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    var = tmp_path / "var"
    home = home_for(var)
    try:
        (home.path / "new-left").mkdir()
        (home.path / "new-left" / "PG_VERSION").write_text("18")
        cluster = Cluster(home)
        assert value_of(cluster.start(durable=False), "SELECT 1") == 1
        cluster.stop()
        assert sorted(path.name for path in home.path.iterdir()) == ["data", "password", "postgres.log"]
    finally:
        home.remove()


def test_cluster_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    cluster = Cluster(Home(tmp_path, Account(os.geteuid(), os.getegid())))
    cluster.home.data.mkdir()
    (cluster.home.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL 16.*make reset"):
        cluster.start()


@as_root
def test_root_hands_the_server_to_an_account_of_its_own(cluster: Cluster) -> None:
    cluster.start(durable=False)
    pid = cluster.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid == SERVICE_ACCOUNT.uid
    assert cluster.home.data.stat().st_uid == SERVICE_ACCOUNT.uid
    assert cluster.home.data.stat().st_mode & 0o077 == 0


@as_root
def test_root_goes_elsewhere_rather_than_open_a_private_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = home_for(tmp_path / "var")
    try:
        assert home.path.parent == SYSTEM_FOLDER
        assert not (tmp_path / "var" / "postgres").exists()
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        home.remove()


@as_root
def test_existing_cluster_is_found_again_even_when_a_better_place_opens(tmp_path: Path) -> None:
    elsewhere = possible_homes(tmp_path / "var")[1]
    try:
        elsewhere.data.mkdir(parents=True)
        (elsewhere.data / "PG_VERSION").write_text("18\n")
        assert home_for(tmp_path / "var") == elsewhere
    finally:
        elsewhere.remove()


@as_root
def test_programs_in_a_private_folder_are_copied_beside_the_cluster(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = homes._package()
    tmp_path.chmod(0o700)
    for name in (installed.name, f"{installed.name}.libs"):
        (tmp_path / name).symlink_to(installed.parent / name)
    monkeypatch.setattr(homes, "_package", lambda: tmp_path / installed.name)
    programs = program_folder(cluster.home)
    assert programs.is_relative_to(cluster.home.path)
    assert cluster.home.account.can_run(programs / "pg_ctl", "--version")


def test_unreachable_folder_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(homes, "SYSTEM_FOLDER", blocked)
    with pytest.raises(EmbeddedError, match=r"EECP_VAR.*DATABASE_URL"):
        home_for(blocked)


@as_root
def test_ordinary_user_runs_the_server_as_itself(world_folder: Path) -> None:
    nobody = named_account()
    os.chown(world_folder, nobody.uid, nobody.gid)
    assert (
        _in_a_child_as(nobody, lambda: _owner_of_a_started_server(world_folder / "var"))
        == f"{nobody.uid} stopped"
    )


@pytest.fixture
def world_folder() -> Iterator[Path]:
    """A folder whose parents everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _owner_of_a_started_server(var: Path) -> str:
    cluster = Cluster(home_for(var))
    assert cluster.home.path == var / "postgres"
    assert value_of(cluster.start(durable=False), "SELECT 1") == 1
    pid = cluster.pid()
    owner = Path(f"/proc/{pid}").stat().st_uid
    cluster.stop()
    return f"{owner} {'stopped' if cluster.pid() is None else 'left running'}"


def _in_a_child_as(account: Account, work: Callable[[], str]) -> str:
    """What ``work`` returns, or the error it raises, when a forked child runs it as ``account``."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            answer = work()
        except BaseException as error:  # noqa: BLE001  whatever happened belongs into the parent's assertion
            answer = repr(error)
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer
