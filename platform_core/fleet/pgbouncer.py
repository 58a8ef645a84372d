"""PgBouncer's configuration, written from the addresses that the settings know.

PgBouncer knows one wildcard for names of databases, `*`, so each server of shops has a PgBouncer of its own; shops
that do not exist yet are served by it too. All shops share one role, so `max_user_connections` is a true cap over all
of them.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from platform_core.fleet.errors import UnknownServer

CONFIGURATION = "pgbouncer.ini"
USERS = "userlist.txt"


@dataclass(frozen=True, kw_only=True)
class PgBouncerLimits:
    """How much a PgBouncer may hold: counts of connections, and seconds.

    `server_connections` over all shops; `per_shop` of them for one; `clients` that may be connected at once.
    """

    server_connections: int = 100
    per_shop: int = 4
    clients: int = 2000
    server_idle_seconds: int = 60
    pool_idle_seconds: int = 600


def pgbouncer_files(
    server: str, *, folder: str, listen: str, port: int, sockets: str, limits: PgBouncerLimits
) -> dict[str, str]:
    """The text of `pgbouncer.ini` and `userlist.txt` for `server` (a key of `settings.DATABASE_SERVERS`), by file name.

    It leads to the owner's address, which is always direct, and lets in the role that serves requests only. `folder`
    is where the files will lie; `listen` and `sockets` may be empty for no network and no socket.
    Errors: UnknownServer.
    """
    try:
        addresses = settings.DATABASE_SERVERS[server]
    except KeyError:
        raise UnknownServer(server) from None
    direct, app = conninfo_to_dict(addresses["owner"]), conninfo_to_dict(addresses["app"])
    user, password = str(app.get("user") or settings.DATABASE_APP_ROLE), app.get("password")
    options = {
        "listen_addr": listen,
        "listen_port": port,
        "unix_socket_dir": sockets,
        # Without a password PostgreSQL trusts whoever reaches its socket, and PgBouncer does as much.
        "auth_type": "scram-sha-256" if password else "trust",
        "auth_file": f"{folder}/{USERS}",
        "pool_mode": "transaction",
        "max_client_conn": limits.clients,
        "default_pool_size": limits.per_shop,
        "max_user_connections": limits.server_connections,
        "server_idle_timeout": limits.server_idle_seconds,
        # A shop's database that was closed and is open again is asked after a second, not after fifteen.
        "server_login_retry": 1,
        "autodb_idle_timeout": limits.pool_idle_seconds,
        "ignore_startup_parameters": "extra_float_digits,options",
        # One line for each visit would drown the rest.
        "log_connections": 0,
        "log_disconnections": 0,
    }
    lines = [
        f"; Requests to the shops on {server}: provisioning, migrations and dumps use PostgreSQL directly.",
        "; Written by `manage.py pgbouncer_config`; change the settings and write it anew.",
        "[databases]",
        f"* = {_target(direct)}",
        "",
        "[pgbouncer]",
        *(f"{name} = {value}" for name, value in options.items()),
    ]
    users = f"{_quoted(user)} {_quoted(str(password or ''))}\n"
    return {CONFIGURATION: "\n".join(lines) + "\n", USERS: users}


def _target(direct: dict[str, Any]) -> str:
    """Where the databases are, in the words of PgBouncer's connection strings."""
    words = {"host": direct.get("host"), "port": direct.get("port") or 5432}
    return " ".join(f"{name}='{str(value).replace(chr(39), chr(39) * 2)}'" for name, value in words.items() if value)


def _quoted(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""'))
