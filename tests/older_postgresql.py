"""Debian's PostgreSQL 15 on a socket in a folder of its own: the oldest version that is supported."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SERVER_USER = "postgres"
PASSWORD = "used on this socket only"


def can_run() -> bool:
    """Whether the server is installed, and this user may run it: a superuser only as the system's `postgres`."""
    return (PROGRAMS / "initdb").exists() and (os.getuid() != 0 or _has_server_user())


def _has_server_user() -> bool:
    return any(entry.pw_name == SERVER_USER for entry in pwd.getpwall())


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """A running server with the roles of `docker/postgres/roles.sql`; the variables that lead the product to it."""
    user = SERVER_USER if os.getuid() == 0 else None
    if user:
        for path in (folder, *folder.parents):
            path.chmod(path.stat().st_mode | 0o055)
        shutil.chown(folder, user)

    def run(program: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
        done = subprocess.run(
            [str(PROGRAMS / program), *arguments],
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stdout}")

    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync", "--encoding", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "--pgdata", data, "--wait", "--silent", "--log", str(folder / "server.log"), "-o", options, "start")
    try:
        roles = folder / "roles.sql"
        shutil.copy(ROOT / "docker" / "postgres" / "roles.sql", roles)
        roles.chmod(0o644)
        passwords = {"SMARTSELLER_OWNER_PASSWORD": PASSWORD, "SMARTSELLER_APP_PASSWORD": PASSWORD}
        run("psql", "--host", str(folder), "--username", "postgres", "--file", str(roles), environment=passwords)
        address = f"@/smartseller_platform?host={folder}"
        yield {
            "DATABASE_URL": f"postgresql://smartseller_app{address}",
            "DATABASE_OWNER_URL": f"postgresql://smartseller_owner{address}",
            "DATABASE_PREFIX": "smartseller_",
        }
    finally:
        run("pg_ctl", "--pgdata", data, "--wait", "--silent", "--mode", "immediate", "stop")


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """What `manage.py` prints on standard output, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
