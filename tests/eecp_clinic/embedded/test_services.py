"""Both servers together, with real processes throughout."""

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import redis

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.home import possible_homes
from eecp_clinic.embedded.services import Services, current, down, running, temporary, up
from eecp_clinic.embedded.system import is_alive
from tests.eecp_clinic.embedded.conftest import NO_SERVERS_GIVEN, execute, kill, value_of

OTHERS = {"DATABASE_URL": "postgresql://db.invalid/eecp", "REDIS_URL": "redis://broker.invalid/0"}


def pids(var: Path) -> tuple[int, int]:
    record = json.loads((var / "services.json").read_text())
    return record["database_pid"], record["redis_pid"]


def start(var: Path) -> AbstractContextManager[Services]:
    return running(var, durable=False, environment=NO_SERVERS_GIVEN)


def test_servers_answer_inside_the_block_and_are_gone_after_it(var: Path) -> None:
    with start(var) as services:
        assert value_of(services.database_url, "SELECT current_database()") == "eecp"
        assert redis.Redis.from_url(services.redis_url).ping()
        assert current(var, environment=NO_SERVERS_GIVEN) == services
        started = pids(var)
    assert not any(is_alive(pid) for pid in started)
    assert current(var, environment=NO_SERVERS_GIVEN) is None
    assert not (var / "services.json").exists()


def test_database_has_utf8_utc_and_the_extensions(var: Path) -> None:
    with start(var) as services:
        assert value_of(services.database_url, "SHOW server_encoding") == "UTF8"
        assert value_of(services.database_url, "SHOW timezone") == "UTC"
        extensions = value_of(services.database_url, "SELECT array_agg(extname) FROM pg_extension")
        assert isinstance(extensions, list)
        assert {"btree_gist", "pg_trgm"} <= set(extensions)


def test_servers_listen_on_loopback_and_want_the_password(var: Path) -> None:
    with start(var) as services:
        assert value_of(services.database_url, "SHOW listen_addresses") == "127.0.0.1"
        assert services.database_url.count(":") == 3
        without = services.redis_url.split("@")[1]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{without}").ping()
        assert stat.S_IMODE((var / "services.json").stat().st_mode) == 0o600


def test_committed_row_survives_kill_of_both_servers(var: Path) -> None:
    with start(var) as services:
        execute(services.database_url, "CREATE TABLE IF NOT EXISTS kept AS SELECT 35 AS sessions")
        first = pids(var)
        for pid in first:
            kill(pid)
        assert current(var, environment=NO_SERVERS_GIVEN) is None
        with start(var) as again:
            assert value_of(again.database_url, "SELECT sessions FROM kept") == 35
            assert redis.Redis.from_url(again.redis_url).ping()
            assert not set(first) & set(pids(var))


def test_second_user_adopts_and_only_the_last_to_leave_stops(var: Path) -> None:
    first = start(var)
    services = first.__enter__()
    with start(var) as adopted:
        assert adopted == services
        first.__exit__(None, None, None)
        assert value_of(adopted.database_url, "SELECT 1") == 1
    assert current(var, environment=NO_SERVERS_GIVEN) is None


def test_servers_of_a_killed_starter_are_adopted_and_then_stopped(var: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from eecp_clinic.embedded.services import running\n"
        "with running(pathlib.Path(sys.argv[1]), durable=False, environment={}) as services:\n"
        "    print(services.database_url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(var)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        database_url = starter.stdout.readline().strip()
        starter.send_signal(signal.SIGKILL)
    orphans = pids(var)
    assert all(is_alive(pid) for pid in orphans)
    with start(var) as services:
        assert services.database_url == database_url
        assert pids(var) == orphans
    assert not any(is_alive(pid) for pid in orphans)


@pytest.mark.parametrize("content", ["", "{", '{"unknown": 1}', '{"redis_pid": 1}'])
def test_damaged_record_is_no_obstacle(var: Path, content: str) -> None:
    (var).mkdir(exist_ok=True)
    (var / "services.json").write_text(content)
    with start(var) as services:
        assert value_of(services.database_url, "SELECT 1") == 1


def test_process_ids_that_went_to_strangers_are_left_alone(var: Path) -> None:
    with start(var):
        pass
    (var / "services.json").write_text(
        json.dumps({"redis_pid": os.getpid(), "redis_url": "redis://127.0.0.1:1/0", "kept": True})
    )
    down(var)
    with start(var) as services:
        assert redis.Redis.from_url(services.redis_url).ping()
        assert os.getpid() not in pids(var)


def test_servers_started_by_up_outlive_a_user_and_end_with_down(var: Path) -> None:
    services = up(var, environment=NO_SERVERS_GIVEN)
    with running(var, environment=NO_SERVERS_GIVEN) as adopted:
        assert adopted == services
    assert current(var, environment=NO_SERVERS_GIVEN) == services
    down(var)
    assert current(var, environment=NO_SERVERS_GIVEN) is None


def test_protected_data_are_not_entrusted_to_a_server_started_for_tests(var: Path) -> None:
    with start(var), pytest.raises(EmbeddedError, match="without protection"):
        up(var, environment=NO_SERVERS_GIVEN)


def test_nothing_is_started_where_both_servers_are_named(tmp_path: Path) -> None:
    with running(tmp_path / "var", environment=OTHERS) as services:
        assert services.environment() == OTHERS
    assert not (tmp_path / "var").exists()


def test_only_the_broker_is_started_where_the_database_is_named(var: Path) -> None:
    given = {"DATABASE_URL": OTHERS["DATABASE_URL"]}
    with running(var, environment=given) as services:
        assert services.database_url == OTHERS["DATABASE_URL"]
        assert redis.Redis.from_url(services.redis_url).ping()
        assert pids(var)[0] == 0
        assert "db.invalid" not in (var / "services.json").read_text()


def test_two_folders_have_servers_of_their_own(var: Path, tmp_path: Path) -> None:
    beside = tmp_path / "var"
    given = {"DATABASE_URL": OTHERS["DATABASE_URL"]}
    with running(var, environment=given) as one, running(beside, environment=given) as other:
        assert one.redis_url != other.redis_url
        redis.Redis.from_url(one.redis_url).set("patient", "one")
        assert redis.Redis.from_url(other.redis_url).get("patient") is None


def test_nothing_is_left_of_temporary_servers() -> None:
    with temporary(environment=NO_SERVERS_GIVEN) as (var, services):
        assert value_of(services.database_url, "SELECT 1") == 1
        started = pids(var)
    assert not var.exists()
    assert not any(home.path.exists() for home in possible_homes(var))
    assert not any(is_alive(pid) for pid in started)
