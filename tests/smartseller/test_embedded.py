"""The embedded servers, in processes of their own: a lease belongs to a process."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest
import redis

from smartseller.embedded import APP_ROLE, OWNER_ROLE, Embedded, ensure_running, lease, stop_if_unused
from smartseller.embedded.folder import LONGEST_SOCKET_FOLDER

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
import tempfile
from pathlib import Path
from smartseller.embedded import Embedded, EmbeddedServerError, ensure_running
try:
    ensure_running(Embedded(Path(sys.argv[1]), durable=len(sys.argv) > 2))
except EmbeddedServerError as error:
    sys.exit(str(error))
print("holds", flush=True)
sys.stdin.read()
"""


class Holder:
    """A process that holds a lease until it is told to leave."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder), *(["durable"] if durable else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def wait_until_it_holds(self) -> "Holder":
        output: IO[str] = self.process.stdout  # type: ignore[assignment]
        assert output.readline() == "holds\n"
        return self

    def leave(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def refused(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", HOLDER, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, input="", cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose first start is over, to copy from: the first start costs more than all the others."""
    folder = tmp_path_factory.mktemp("initialised") / "data"
    Holder(folder).wait_until_it_holds().leave()
    return folder


@pytest.fixture
def embedded(tmp_path: Path, initialised: Path) -> Iterator[Embedded]:
    with prepared(tmp_path / "data", initialised) as embedded:
        yield embedded


@contextmanager
def prepared(folder: Path, source: Path) -> Iterator[Embedded]:
    """The servers of a copy of `source`; whatever a failed test leaves running is stopped."""
    folder.mkdir(parents=True)
    subprocess.run(["cp", "-a", source / "postgres", folder], check=True)
    embedded = Embedded(folder, durable=False)
    try:
        yield embedded
    finally:
        ensure_running(embedded)
        assert stop_if_unused(embedded)


@contextmanager
def connected(embedded: Embedded, role: str = APP_ROLE) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(embedded.conninfo(role), autocommit=True) as connection:
        yield connection


def postmaster_pid(embedded: Embedded) -> int:
    return int((embedded.postgres_dir / "postmaster.pid").read_text().split()[0])


def both_answer(embedded: Embedded) -> bool:
    with connected(embedded) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    client = redis.Redis.from_url(embedded.redis_url(), retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0))
    return bool(client.ping())


def nothing_runs(embedded: Embedded) -> bool:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(embedded.conninfo(APP_ROLE))
    with pytest.raises(redis.exceptions.ConnectionError):
        redis.Redis.from_url(embedded.redis_url(), retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0)).ping()
    return not (embedded.postgres_dir / "postmaster.pid").exists()


@pytest.mark.slow
def test_the_servers_stay_for_the_second_process_and_stop_after_the_last(embedded: Embedded) -> None:
    first = Holder(embedded.data_dir).wait_until_it_holds()
    second = Holder(embedded.data_dir).wait_until_it_holds()
    server = postmaster_pid(embedded)

    first.leave()
    assert both_answer(embedded)
    assert postmaster_pid(embedded) == server

    second.leave()
    assert nothing_runs(embedded)


@pytest.mark.slow
def test_processes_that_start_at_once_share_one_server(embedded: Embedded) -> None:
    holders = [Holder(embedded.data_dir) for _ in range(3)]
    for holder in holders:
        holder.wait_until_it_holds()

    assert both_answer(embedded)
    for holder in holders:
        holder.leave()
    assert nothing_runs(embedded)


def test_who_leaves_a_folder_that_was_made_anew_meanwhile_stops_nothing_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Embedded] = []
    for server in (lease.postgres, lease.valkey):
        monkeypatch.setattr(server, "start", lambda embedded: None)
        monkeypatch.setattr(server, "stop", stopped.append)
    folder = Embedded(tmp_path, durable=False)
    ensure_running(folder)
    shutil.rmtree(folder.run_dir)
    folder.run_dir.mkdir()
    (folder.run_dir / "lease.lock").touch()
    assert stop_if_unused(folder) is False
    assert stopped == []
    ensure_running(folder)
    assert stop_if_unused(folder) is True
    assert stopped == [folder, folder]


@pytest.mark.slow
def test_a_killed_holder_leaves_no_stale_count(embedded: Embedded) -> None:
    killed = Holder(embedded.data_dir).wait_until_it_holds()
    server = postmaster_pid(embedded)
    killed.kill()

    last = Holder(embedded.data_dir).wait_until_it_holds()
    assert postmaster_pid(embedded) == server  # found and used again
    last.leave()
    assert nothing_runs(embedded)


@pytest.mark.slow
def test_what_was_committed_outlives_a_killed_server_with_open_sessions(embedded: Embedded) -> None:
    holder = Holder(embedded.data_dir, durable=True).wait_until_it_holds()
    with connected(embedded, OWNER_ROLE) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(postmaster_pid(embedded), signal.SIGKILL)
        holder.kill()

        again = Holder(embedded.data_dir).wait_until_it_holds()
        with connected(embedded, OWNER_ROLE) as new_connection:
            assert new_connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        again.leave()


@pytest.mark.slow
def test_the_number_of_a_dead_server_may_belong_to_another_program_by_now(embedded: Embedded) -> None:
    Holder(embedded.data_dir).wait_until_it_holds().leave()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        pid_file = embedded.postgres_dir / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{embedded.postgres_dir}\n0\n5432\n{embedded.run_dir}\n\n 1 1\nready\n")
        pid_file.chmod(0o666)

        again = Holder(embedded.data_dir).wait_until_it_holds()

        assert both_answer(embedded)
        again.leave()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
def test_a_first_start_that_was_killed_half_way_is_begun_anew(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "data", durable=False)
    half_made = embedded.data_dir / "postgres.new-killed"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    holder = Holder(embedded.data_dir).wait_until_it_holds()

    assert both_answer(embedded)
    assert not half_made.exists()
    holder.leave()


def test_the_roles_have_what_they_need_and_strangers_nothing(embedded: Embedded) -> None:
    holder = Holder(embedded.data_dir).wait_until_it_holds()
    with connected(embedded, OWNER_ROLE) as connection:
        assert connection.execute(
            "SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (
            True,
            False,
        )
        assert connection.execute(
            "SELECT has_database_privilege('public', current_database(), 'CONNECT')"
        ).fetchone() == (False,)
    with connected(embedded, APP_ROLE) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE public.mine (id int)")
    assert (embedded.run_dir / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    assert embedded.redis_socket.stat().st_mode & 0o077 == 0
    holder.leave()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "data"

    done = refused(folder)

    assert done.returncode == 1
    assert done.stderr == f"Cannot write to the data folder {folder}: Not a directory.\n"


@pytest.mark.slow
def test_a_server_that_cannot_start_says_why_in_one_line(embedded: Embedded) -> None:
    Holder(embedded.data_dir).wait_until_it_holds().leave()
    with (embedded.postgres_dir / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'plenty'\n")
    try:
        done = refused(embedded.data_dir)

        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "pg_ctl failed" in done.stderr
        assert "configuration file" in done.stderr
        assert nothing_runs(embedded)
    finally:
        with (embedded.postgres_dir / "postgresql.conf").open("a") as configuration:
            configuration.write("shared_buffers = '128MB'\n")


@pytest.mark.slow
def test_a_path_may_be_long_and_hold_spaces_and_quotes(tmp_path: Path, initialised: Path) -> None:
    with prepared(tmp_path / "it's a data folder" / ("long " * 30).strip(), initialised) as embedded:
        holder = Holder(embedded.data_dir).wait_until_it_holds()

        assert embedded.run_dir.parent == Path("/tmp")
        assert both_answer(embedded)
        holder.leave()
        assert nothing_runs(embedded)
        shutil.rmtree(embedded.run_dir)


@pytest.mark.slow
def test_a_path_that_just_fits_is_used_as_it_is(initialised: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="it's ") as start:
        folder = Path(start) / ("x" * (LONGEST_SOCKET_FOLDER - len(os.fsencode(start)) - len("//run")))
        with prepared(folder, initialised) as embedded:
            holder = Holder(embedded.data_dir).wait_until_it_holds()

            assert embedded.run_dir == folder / "run"
            assert both_answer(embedded)
            holder.leave()
