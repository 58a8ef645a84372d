"""What `manage.py` does around Django's own command line: the embedded servers, and errors in one line."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from smartseller import embedded

# These only read or write files of the checkout.
WITHOUT_SERVERS = {"help", "version", "--help", "-h", "--version", "makemessages", "compilemessages", "collectstatic"}


def run(argv: list[str]) -> int:
    """Run `argv` as a management command; the exit code of the process."""
    from django.conf import settings

    command = argv[1] if len(argv) > 1 else "help"
    try:
        servers = settings.EMBEDDED
        if servers and command not in WITHOUT_SERVERS and "--help" not in argv and "-h" not in argv:
            embedded.ensure_running(servers)
    except (embedded.EmbeddedServerError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot write to the data folder: {error}", file=sys.stderr)
        return 1
    execute_from_command_line(argv)
    return 0
