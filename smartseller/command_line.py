"""What `manage.py` does around Django's own command line: the embedded servers, and errors in one line."""

import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError

from smartseller import embedded

# These only read or write files of the checkout.
WITHOUT_SERVERS = {"help", "version", "--help", "-h", "--version", "makemessages", "compilemessages", "collectstatic"}
# These prepare the platform's database themselves, or must be able to look at one that is not prepared.
WITHOUT_SETUP = {
    "setup",
    "restore_platform",
    "migrate",
    "showmigrations",
    "sqlmigrate",
    "check",
    "dbshell",
    "diffsettings",
}
# As shells say it of a program that Ctrl-C ended.
INTERRUPTED = 130


def run(argv: list[str]) -> int:
    """Run `argv` as a management command; the exit code of the process."""
    from django.conf import settings

    command = argv[1] if len(argv) > 1 else "help"
    try:
        servers = settings.EMBEDDED
        if servers and command not in WITHOUT_SERVERS and "--help" not in argv and "-h" not in argv:
            embedded.ensure_running(servers)
            if command not in WITHOUT_SETUP:
                _set_up_once(settings.PLATFORM_OWNER_DSN)
    except (embedded.EmbeddedServerError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot write to the data folder: {error}", file=sys.stderr)
        return 1
    try:
        execute_from_command_line(argv)
    except (OperationalError, InterfaceError) as error:
        # A command that did not say more of it itself; --traceback shows where.
        if "--traceback" in argv:
            raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"The database server did not do it: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if "--traceback" in argv:
            raise
        print(
            "\nInterrupted. The same command, or `manage.py reconcile --fix`, carries on or tidies up.", file=sys.stderr
        )
        return INTERRUPTED
    return 0


def _set_up_once(owner_dsn: str) -> None:
    """In a fresh checkout, any command finds the platform and its template ready."""
    import psycopg
    from django.core.management import call_command

    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        row = connection.execute("SELECT to_regclass('tenants') IS NULL").fetchone()
    if row == (True,):
        print("Preparing the databases of this checkout, once …", file=sys.stderr)
        django.setup()
        call_command("setup", stdout=sys.stderr)
