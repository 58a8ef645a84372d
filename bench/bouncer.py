"""A PgBouncer in front of the benchmark's cluster, configured by the project's own command."""

import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg.conninfo import make_conninfo

from smartseller.embedded.postgres import system_user

PORT = 6432
START_SECONDS = 10


def program() -> str | None:
    """The path of PgBouncer; None where it is not installed."""
    return shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")


@contextmanager
def pgbouncer(server_connections: int) -> Iterator[str]:
    """The address of a running PgBouncer, for `TENANT_DATABASE_URL`; it ends with the block."""
    binary = program()
    if binary is None:
        raise RuntimeError("PgBouncer is not installed")
    user = system_user()  # PgBouncer refuses to run as root, and the cluster's socket is its system user's
    with tempfile.TemporaryDirectory(prefix="smartseller-pgbouncer-") as name:
        folder = Path(name)
        call_command(
            "pgbouncer_config",
            folder=folder,
            listen="",
            port=PORT,
            sockets=name,
            server_connections=server_connections,
            clients=4000,
            stdout=io.StringIO(),
        )
        if user:
            for path in (folder, *folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
        process = subprocess.Popen(
            [binary, "-q", *(["-u", user.pw_name] if user else []), str(folder / "pgbouncer.ini")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = make_conninfo(host=name, port=PORT, user=settings.DATABASE_APP_ROLE, dbname="postgres")
        try:
            _await(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(address: str, process: "subprocess.Popen[bytes]") -> None:
    platform = settings.DATABASES["default"]["NAME"]
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(address, dbname=platform).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PgBouncer does not answer: {error}") from error
        time.sleep(0.05)
