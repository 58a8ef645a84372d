"""`python -m smartseller.demo`: check, start the servers, prepare the databases, run web, worker and beat."""

import http.client
import io
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from smartseller import embedded
from smartseller.demo.announce import Place, ready_page
from smartseller.demo.preflight import CannotStart, check_data_folder, check_port
from smartseller.demo.processes import Program, run_together
from smartseller.queues import Queue

# By name: the queues that a process takes from.
WORKERS = {
    "worker": f"{Queue.PEOPLE},{Queue.SHOPS}",
    "background": f"{Queue.FILES},{Queue.UPKEEP}",
    "outside": f"{Queue.OUTSIDE}",
}


def main() -> int:
    """Run the demo until it is stopped; the exit code of the process."""
    # Until the children run, TERM means what Ctrl-C means: leave through the exits, so that the servers stop. A shell
    # that starts us in the background has INT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartseller.settings.local")
    try:
        port, data_folder = _read_environment()
        check_port(port)
        check_data_folder(data_folder)
        places = _prepare()
    except (CannotStart, embedded.EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    programs = _programs(port, data_folder)
    page = ready_page(
        f"http://localhost:{port}", places, data_folder=data_folder, logs=[program.log for program in programs]
    )
    code = run_together(programs, is_ready=lambda: _answers(port), on_ready=lambda: print(page, flush=True))
    print("Stopped.", flush=True)
    return code


def _read_environment() -> tuple[int, Path]:
    """The port and the data folder, as the settings read them (from `.env` too), before anything is written."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        from smartseller.settings import base, environment
    except (ImproperlyConfigured, ValueError) as error:
        raise CannotStart(f"The environment cannot be read: {error}") from error
    return base.PLATFORM_PORT, environment.DATA_DIR


def _prepare() -> list[Place]:
    """Servers, files, databases, template, spares, demo shops. Only files are made anew, the rest is left as it is."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    print("Starting the database servers …", flush=True)
    if settings.EMBEDDED:
        embedded.ensure_running(settings.EMBEDDED)
    django.setup()
    collect_static()
    print("Preparing the platform …", flush=True)
    call_command("setup")
    migrate_older_shops()
    print("Preparing the demo shops …", flush=True)
    call_command("demo_shops")
    listing = io.StringIO()
    call_command("demo_shops", "--list", "--json", stdout=listing)
    places: list[Place] = json.loads(listing.getvalue())
    return places


def migrate_older_shops() -> None:
    """Bring the shops of an older release's data folder to this one's schema.

    Errors: CannotStart when one stays behind: it would answer 503 for ever.
    """
    from platform_core.fleet.behind import shops_behind
    from platform_core.fleet.migrate.choose import MigrationOrder
    from platform_core.fleet.migrate.run import migrate_shops

    behind = shops_behind()
    if not behind:
        return
    print(f"Migrating shops of an older release: {', '.join(behind)} …", flush=True)
    report = migrate_shops(MigrationOrder(slugs=tuple(behind)))
    if not report.is_good:
        reasons = "; ".join(f"{failure['shop']}: {failure['error']}" for failure in report.failures)
        raise CannotStart(
            f"Shops of an older release could not be migrated. {reasons}"
            " Start with another data folder (SMARTSELLER_DATA_DIR), or move this one away."
        )


def collect_static() -> None:
    """Put the static files of project and packages into `STATIC_ROOT`, compressed; anew each time, for some may go."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def _programs(port: int, data_folder: Path) -> list[Program]:
    """Web, worker and beat, as modules: a virtual environment's scripts break in paths with spaces."""
    python = sys.executable
    return [
        Program(
            "web",
            [
                python, "-m", "granian", "--interface", "wsgi", "smartseller.wsgi:application", "--host", "127.0.0.1",
                "--port", str(port), "--workers", "1", "--blocking-threads", "8",
            ],
            data_folder / "web.log",
            environment={"STATIC_COLLECTED": "true"},
        ),
        # Pictures are made beside what somebody waits for, not before it.
        *(
            Program(
                name,
                [
                    python, "-m", "celery", "-A", "smartseller", "worker", "--concurrency", "1", "--loglevel", "INFO",
                    "--queues", queues, "--hostname", f"{name}@%h",
                ],
                data_folder / f"{name}.log",
            )
            for name, queues in WORKERS.items()
        ),
        Program(
            "beat",
            [
                python, "-m", "celery", "-A", "smartseller", "beat", "--loglevel", "INFO", "--pidfile", "",
                "--schedule", str(data_folder / "beat-schedule"),
            ],
            data_folder / "beat.log",
        ),
    ]  # fmt: skip


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
