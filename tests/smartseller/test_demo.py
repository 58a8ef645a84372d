"""The demo's own machinery: what it refuses before it starts, and that no child outlives it."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from platform_core.tenants.models import Tenant
from smartseller.demo.__main__ import _programs, migrate_older_shops
from smartseller.demo.announce import ready_page
from smartseller.demo.preflight import CannotStart, check_data_folder, check_port
from tests.platform_core.fleet.migrate.conftest import COLUMN, Fleet, Release
from tests.platform_core.fleet.migrate.conftest import fleet as fleet
from tests.platform_core.fleet.migrate.conftest import release as release

ROOT = Path(__file__).resolve().parents[2]

# A parent that runs children together, the way the demo does: they say "up" once they listen for their end.
PARENT = """
import sys
from pathlib import Path
from smartseller.demo.processes import Program, run_together

folder = Path(sys.argv[1])
programs = [Program(name, [sys.executable, "-c", code], folder / f"{name}.log")
            for name, code in zip(sys.argv[2::2], sys.argv[3::2])]
all_up = lambda: all("up" in program.log.read_text() for program in programs)
def announce():
    print("READY", *(program.log.read_text().split()[0] for program in programs), flush=True)
sys.exit(run_together(programs, is_ready=all_up, on_ready=announce, grace=0.5))
"""
OBEDIENT = "import os, signal; print(os.getpid(), 'up', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {OBEDIENT}\nwhile True: signal.pause()"
# Starts a child of its own, and tells its number instead.
WITH_A_CHILD = f"""
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])
while True: signal.pause()
"""
FAILING = "import os, sys; print(os.getpid(), 'up', flush=True); sys.stdin.read(); sys.exit(3)"


def run_parent(folder: Path, **programs: str) -> "subprocess.Popen[str]":
    arguments = [argument for name, code in programs.items() for argument in (name, code)]
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # Under nohup the whole suite ignores it, and so would the demo, rightly.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )


def children_of(parent: "subprocess.Popen[str]") -> list[int]:
    output: IO[str] = parent.stdout  # type: ignore[assignment]
    word, *numbers = output.readline().split()
    assert word == "READY"
    return [int(number) for number in numbers]


def lives(pid: int) -> bool:
    """Whether the process still runs; a zombie that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for_the_end_of(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with open(descriptor) as ended:
        assert select.select([ended], [], [], 30)[0], f"process {pid} still runs"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_every_child_and_is_no_failure(tmp_path: Path, number: signal.Signals) -> None:
    parent = run_parent(tmp_path, first=OBEDIENT, second=OBEDIENT)
    children = children_of(parent)
    assert all(lives(child) for child in children)

    parent.send_signal(number)

    assert parent.communicate()[1] == ""
    assert parent.returncode == 0
    assert [child for child in children if lives(child)] == []


def test_a_child_that_ignores_the_request_is_killed_with_its_own_children(tmp_path: Path) -> None:
    parent = run_parent(tmp_path, stubborn=STUBBORN, elder=WITH_A_CHILD, obedient=OBEDIENT)
    children = children_of(parent)

    parent.send_signal(signal.SIGINT)
    parent.communicate()

    assert parent.returncode == 0
    for child in children:
        wait_for_the_end_of(child)


def test_a_child_that_ends_by_itself_ends_the_rest_and_says_so_in_one_line(tmp_path: Path) -> None:
    parent = run_parent(tmp_path, web=OBEDIENT, worker=FAILING)

    complaint = parent.communicate()[1]

    assert parent.returncode == 1
    assert complaint == f"worker ended by itself (exit code 3); its log: {tmp_path / 'worker.log'}\n"
    started = (tmp_path / "web.log").read_text().split()
    assert not (started and lives(int(started[0])))


def test_a_child_that_is_killed_is_named_with_its_signal(tmp_path: Path) -> None:
    parent = run_parent(tmp_path, web=OBEDIENT, worker=OBEDIENT)
    web, worker = children_of(parent)

    os.kill(worker, signal.SIGKILL)

    assert (
        parent.communicate()[1] == f"worker ended by itself (killed by SIGKILL); its log: {tmp_path / 'worker.log'}\n"
    )
    assert parent.returncode == 1
    assert not lives(web)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_the_children_of_a_killed_parent_end_too(tmp_path: Path) -> None:
    parent = run_parent(tmp_path, web=OBEDIENT, worker=OBEDIENT)
    children = children_of(parent)

    parent.kill()
    parent.communicate()

    for child in children:
        wait_for_the_end_of(child)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def demo(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "smartseller.demo"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "smartseller.settings.local", **environment},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_taken_port_is_one_line_and_nothing_is_made(tmp_path: Path, taken_port: int) -> None:
    done = demo(PORT=str(taken_port), SMARTSELLER_DATA_DIR=str(tmp_path / "data"))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"Port {taken_port} is taken; choose another: PORT={taken_port + 1} make demo\n"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "data"

    done = demo(PORT=str(free_port), SMARTSELLER_DATA_DIR=str(folder))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Cannot write to the data folder {folder}: Not a directory; set SMARTSELLER_DATA_DIR to another one.\n"
    )


@pytest.mark.parametrize("port", ["0", "65536", "eight thousand"])
def test_a_port_that_is_none_is_one_line(tmp_path: Path, port: str) -> None:
    done = demo(PORT=port, SMARTSELLER_DATA_DIR=str(tmp_path / "data"))

    assert done.returncode == 1
    assert re.fullmatch(r"[^\n]*(PORT|eight thousand)[^\n]*\n", done.stderr)
    assert not (tmp_path / "data").exists()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_free_port_and_a_new_folder_are_accepted(tmp_path: Path, free_port: int) -> None:
    check_port(free_port)
    check_data_folder(tmp_path / "new" / "folder")

    assert list((tmp_path / "new" / "folder").iterdir()) == []


def test_a_port_taken_on_the_other_loopback_address_is_refused() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener, pytest.raises(CannotStart, match="is taken"):
        check_port(listener.getsockname()[1])


# The web process's view of its static files: how each of the named ones is sent to a browser that reads gzip.
SENDING = """
import sys
import django
django.setup()
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware
from smartseller.demo.__main__ import collect_static
collect_static()
web = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))
for path in sys.argv[1:]:
    answer = web(RequestFactory().get(path, headers={"Accept-Encoding": "gzip"}))
    size = len(b"".join(answer)) if answer.status_code == 200 else 0
    print(answer.status_code, answer.get("Content-Encoding", "plain"), 0 < size < 20_000)
"""


@pytest.mark.slow
def test_the_demo_sends_its_static_files_compressed(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "gone.css").write_text("/* of an older version */")
    (web,) = [program for program in _programs(8000, tmp_path) if program.name == "web"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            SENDING,
            "/static/django_htmx/htmx-2.min.js",
            "/static/css/website.css",
            "/static/gone.css",
        ],
        env={
            **os.environ,
            **web.environment,
            "DJANGO_SETTINGS_MODULE": "smartseller.settings.local",
            "SMARTSELLER_DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["200 gzip True", "200 gzip True", "404 plain False"]


def test_the_ready_page_begins_with_the_address_and_aligns_what_follows() -> None:
    page = ready_page(
        "http://localhost:8000",
        [
            {"name": "Website", "url": "http://localhost:8000/", "login": None, "password": None},
            {
                "name": "Acme, admin",
                "url": "http://acme.localhost:8000/admin/",
                "login": "ada@acme.example",
                "password": "a long one",
            },
        ],
        data_folder=Path("/srv/data"),
        logs=[Path("/srv/data/web.log"), Path("/srv/data/worker.log")],
    )

    assert page == (
        "READY http://localhost:8000\n"
        "\n"
        "  Website      http://localhost:8000/\n"
        "  Acme, admin  http://acme.localhost:8000/admin/  ada@acme.example  a long one\n"
        "\n"
        "  Data  /srv/data\n"
        "  Logs  /srv/data/web.log  /srv/data/worker.log\n"
        "  Mails  /srv/data/worker.log, unless EMAIL_URL says where else\n"
        "\n"
        "  Ctrl-C stops everything."
    )


def test_shops_of_an_older_release_are_migrated_before_it_starts(
    fleet: Fleet, release: Release, capfd: pytest.CaptureFixture[str]
) -> None:
    fleet.databases.make_shop("acme")
    migrate_older_shops()
    assert capfd.readouterr().out == ""
    release(COLUMN)

    migrate_older_shops()

    assert capfd.readouterr().out == "Migrating shops of an older release: acme …\n"
    assert Tenant.objects.get().schema_version == "9001_of_a_test"


def test_it_does_not_start_beside_a_shop_that_cannot_be_migrated(fleet: Fleet, release: Release) -> None:
    fleet.databases.make_shop("acme")
    fleet.execute("acme", "ALTER TABLE products ADD COLUMN note text")
    release(COLUMN)
    with pytest.raises(
        CannotStart, match=r"could not be migrated\. acme: tenant_shop\.9001_of_a_test: column \"note\""
    ):
        migrate_older_shops()
