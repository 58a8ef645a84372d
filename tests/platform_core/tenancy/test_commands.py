"""Commands of shops with servers that refuse or hang: one clear line, exit code 1, no traceback."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.management import call_command, load_command_class
from django.core.management.base import CommandError

from platform_core.tenancy import directory
from platform_core.tenancy.commands import TenantCommand
from platform_core.tenancy.context import TenantInfo
from tests.databases import WorkerDatabases

# Seconds after which a command hangs for good: no rule of the product, only a way out for the test.
GIVE_UP = 120
COMMANDS = (
    ("tenant_shell", "--tenant", "acme", "-c", "1"),
    ("dbshell_tenant", "--tenant", "acme", "--", "-c", "SELECT 1"),
    ("import_products", "--tenant", "acme", "products.csv"),
    ("tenant", "list"),
)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://app:secret@127.0.0.1:{server.getsockname()[1]}/platform?connect_timeout=2"


@pytest.fixture
def absent_server() -> str:
    """The address of no server: nobody listens there, and nobody else is given it as a free port."""
    return "postgresql://app:secret@127.0.0.1:1/platform"


def manage(command: tuple[str, ...], address: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "DJANGO_SETTINGS_MODULE": "smartseller.settings.local",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=GIVE_UP,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("server", ["absent_server", pytest.param("silent_server", marks=pytest.mark.slow)])
def test_a_platform_that_does_not_answer_is_said_in_one_line(
    command: tuple[str, ...], server: str, request: pytest.FixtureRequest
) -> None:
    done = manage(command, request.getfixturevalue(server))

    last_line = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "directory of shops cannot be read" in last_line or "database server did not do it" in last_line
    assert "secret" not in done.stderr


@pytest.mark.parametrize("command", ["tenant_shell", "dbshell_tenant"])
def test_examples_stand_on_lines_of_their_own_in_the_help(command: str) -> None:
    read = load_command_class("platform_core", command).create_parser("manage.py", command).format_help()
    assert f"  manage.py {command} --tenant acme\n" in read


@pytest.mark.parametrize("command", ["tenant_shell", "dbshell_tenant"])
@pytest.mark.parametrize("status", ["cancelled", "pending_setup"])
def test_a_shop_that_is_not_there_to_work_in_is_refused(
    command: str, status: str, shop: TenantInfo, platform: WorkerDatabases
) -> None:
    platform.update_tenant("acme", status=status)
    directory.clear()
    arguments = ("-c", "raise AssertionError") if command == "tenant_shell" else ("--", "-c", "SELECT 1")
    with pytest.raises(CommandError, match=r"^The shop acme is (closed for good|being prepared)\.$") as refused:
        call_command(command, "--tenant", "acme", *arguments)
    assert refused.value.returncode == 1


def test_a_shell_in_a_shop_whose_database_refuses_ends_before_it_opens(
    shop: TenantInfo, platform: WorkerDatabases
) -> None:
    with (
        platform.unreachable(shop),
        pytest.raises(CommandError, match=r"^The database server did not do it: ") as failed,
    ):
        call_command("tenant_shell", "--tenant", "acme", "-c", "raise AssertionError")
    assert len(str(failed.value).splitlines()) == 1


def test_all_tenants_leaves_out_the_shops_that_cannot_be_worked_in(
    shop: TenantInfo, platform: WorkerDatabases, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.make_shop("bolt", availability="maintenance")
    visited: list[str] = []

    class Visit(TenantCommand):
        def handle_tenant(self, tenant: TenantInfo, **options: object) -> None:
            visited.append(tenant.slug)

    call_command(Visit(), "--all-tenants")

    assert visited == ["acme"]
    assert "bolt is unavailable for a moment; it is left out." in capsys.readouterr().err
