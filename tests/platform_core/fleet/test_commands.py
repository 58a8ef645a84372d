"""The operator's commands: one JSON document on stdout, refusals in one line, exit codes that scripts can trust."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from platform_core.accounts.models import PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.models import SpareDatabase
from platform_core.fleet.provision.steps import STEPS
from platform_core.fleet.spares import refill_spares
from platform_core.management.operator import Failed, Refused
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX, WorkerDatabases
from tests.platform_core.fleet.conftest import Fleet

CREATE = ("create", "--slug", "acme", "--name", "Acme Outdoor", "--owner-email", "ann@acme.example")
GERMAN = ("--currency", "EUR", "--timezone", "Europe/Berlin", "--country", "DE", "--plan", "premium")


def run(*arguments: str) -> tuple[str, str]:
    """What a command writes to stdout and to stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_create_answers_with_the_shop_and_its_timings(fleet: Fleet) -> None:
    refill_spares("primary", wanted=1)
    out, err = run("tenant", *CREATE, *GERMAN, "--json")
    document = json.loads(out)
    assert set(document) == {"slug", "url", "database_name", "spare_used", "steps", "total_ms"}
    assert (document["slug"], document["url"]) == ("acme", "http://acme.localhost:8000/")
    assert (document["database_name"], document["spare_used"]) == (f"{PREFIX}acme", True)
    assert [set(step) for step in document["steps"]] == [{"name", "ms"}] * len(STEPS)
    assert [step["name"] for step in document["steps"]] == [step.name for step in STEPS]
    assert "changepassword ann@acme.example" in err
    assert SpareDatabase.objects.filter(state="ready").count() == 2  # the pool is full again


def test_create_tells_people_where_the_shop_answers(fleet: Fleet) -> None:
    out, _ = run("tenant", *CREATE)
    assert out.startswith("The shop answers at http://acme.localhost:8000/\n")
    assert f"Database {PREFIX}acme, from a fresh copy of the template" in out
    assert all(step.name in out for step in STEPS)


def test_create_reads_a_new_owners_password_from_stdin(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    _, err = run("tenant", *CREATE, "--password-stdin")
    assert PlatformUser.objects.get().check_password("correct horse battery")
    assert "changepassword" not in err


def test_create_refuses_a_weak_password_and_nothing_moves(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    with pytest.raises(Refused, match="too short"):
        run("tenant", *CREATE, "--password-stdin")
    assert not Tenant.objects.exists()
    assert fleet.names() == set()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*CREATE, "--currency", "EUROS"), "'EUROS' is no ISO 4217 code of a currency in use, such as EUR."),
        ((*CREATE, "--theme", "[]"), "'[]' is no JSON object."),
        (("show", "nope"), "There is no shop “nope”."),
        (("suspend", "nope"), "There is no shop “nope”."),
        (("cancel", "nope"), "There is no shop “nope”."),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(fleet: Fleet, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        run("tenant", *arguments)
    assert str(refusal.value) == sentence
    assert refusal.value.returncode == 1
    assert not Tenant.objects.exists()


def test_without_a_template_create_fails_with_what_to_do(fleet: Fleet) -> None:
    from platform_core.fleet.models import TemplateVersion

    TemplateVersion.objects.all().delete()
    with pytest.raises(Failed, match="is missing on the server primary"):
        run("tenant", *CREATE)


def test_create_with_the_same_arguments_goes_on_after_an_interruption(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from platform_core.fleet.provision import steps

    def interrupt(site: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "STEPS", (*steps.STEPS[:3], steps.Step("seed_shop", interrupt), *steps.STEPS[4:]))
        with pytest.raises(KeyboardInterrupt):
            run("tenant", *CREATE)
    assert Tenant.objects.get().status == "pending_setup"
    run("tenant", *CREATE)
    assert Tenant.objects.get().status == "active"


def test_list_is_a_list_of_shops_with_stable_names(fleet: Fleet) -> None:
    assert json.loads(run("tenant", "list", "--json")[0]) == []
    run("tenant", *CREATE, *GERMAN)
    assert json.loads(run("tenant", "list", "--json")[0]) == [
        {
            "slug": "acme",
            "name": "Acme Outdoor",
            "status": "active",
            "plan": "premium",
            "url": "http://acme.localhost:8000/",
            "database_name": f"{PREFIX}acme",
            "schema_version": shop_hooks.schema_version,
            "sandbox_of": None,
        }
    ]
    assert json.loads(run("tenant", "list", "--status", "suspended", "--json")[0]) == []
    assert "Acme Outdoor" in run("tenant", "list")[0]


def test_a_shops_standing_changes_by_command(fleet: Fleet) -> None:
    run("tenant", *CREATE)
    assert json.loads(run("tenant", "suspend", "acme", "--reason", "late", "--yes", "--json")[0]) == {
        "slug": "acme",
        "status": "suspended",
        "url": "http://acme.localhost:8000/",
    }
    with pytest.raises(Refused, match="The shop acme is suspended already"):
        run("tenant", "suspend", "acme", "--yes")
    assert run("tenant", "resume", "acme", "--yes")[0] == "acme is active.\n"
    assert run("tenant", "cancel", "acme", "--yes")[0] == "acme is cancelled.\n"
    assert fleet.names() == {"acme"} | {name for name in fleet.names() if name.startswith("spare_")}


@pytest.mark.parametrize("word", ["suspend", "resume", "cancel", "drop", "keep"])
def test_no_step_is_taken_before_the_shops_address_was_typed(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    run("tenant", *CREATE)
    before = Tenant.objects.values().get()
    with platform_scope():
        entries = AuditLog.objects.count()

    with pytest.raises(Refused, match=r"acme.* Nothing was done: say --yes where nobody can answer") as unsaid:
        run("tenant", word, "acme")
    assert unsaid.value.returncode == 2
    for typed in ("acne\n", "\n", ""):
        terminal = io.StringIO(typed)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        with pytest.raises(Refused, match="acme is left as it was"):
            run("tenant", word, "acme")

    assert Tenant.objects.values().get() == before
    with platform_scope():
        assert AuditLog.objects.count() == entries


def test_the_typed_address_is_enough(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    run("tenant", *CREATE)
    terminal = io.StringIO("acme\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)

    answer, said = run("tenant", "suspend", "acme")

    assert answer == "acme is suspended.\n"
    assert "Close acme for a while? Nobody can buy there until it is resumed. Type its address to confirm:" in said


def test_show_tells_how_a_shop_was_made(fleet: Fleet) -> None:
    run("tenant", *CREATE)
    document = json.loads(run("tenant", "show", "acme", "--json")[0])
    assert document["people"] == [{"email": "ann@acme.example", "role": "owner"}]
    assert (document["run"]["state"], document["run"]["attempt"]) == ("succeeded", 1)
    assert [step["state"] for step in document["run"]["steps"]] == ["succeeded"] * len(STEPS)
    assert "claim_database" in run("tenant", "show", "acme")[0]


def test_spares_are_shown_and_filled_up(fleet: Fleet) -> None:
    assert json.loads(run("spares", "--json")[0]) == [
        {"server": "primary", "wanted": 2, "made": 0, "dropped": 0, "spares": []}
    ]
    [line] = json.loads(run("spares", "--refill", "--count", "1", "--json")[0])
    assert (line["made"], len(line["spares"]), line["spares"][0]["state"]) == (1, 1, "ready")
    [line] = json.loads(run("spares", "--rebuild", "--count", "1", "--json")[0])
    assert (line["made"], line["dropped"]) == (1, 1)


def test_reconcile_reports_and_mends(fleet: Fleet) -> None:
    assert json.loads(run("reconcile", "--json")[0]) == {"clean": True, "findings": []}
    assert run("reconcile")[0] == "Everything agrees.\n"
    fleet.make_database("lost")
    with pytest.raises(Refused, match="1 of 1 finding is left"):
        run("reconcile")
    [finding] = json.loads(run("reconcile", "--fix", "--json")[0])["findings"]
    assert (finding["kind"], finding["database"], finding["fixed"]) == ("orphan_database", f"{PREFIX}lost", True)


def test_backups_of_a_shop_that_is_none_are_refused_and_not_an_empty_list(fleet: Fleet) -> None:
    run("tenant", *CREATE)
    assert run("backups", "--tenant", "acme")[0] == "There is none.\n"
    with pytest.raises(Refused, match="There is no shop “nope”"):
        run("backups", "--tenant", "nope", "--json")


def test_a_shops_shell_reads_that_shops_database(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    run("tenant", *CREATE, *GERMAN)
    code = "from tenant_shop.models import Setting; print(Setting.objects.get(key='currency').value)"
    run("tenant_shell", "--tenant", "acme", "--no-imports", "-c", code)
    assert capsys.readouterr().out == "EUR\n"
    with pytest.raises(CommandError, match="There is no shop nope"):
        run("tenant_shell", "--tenant", "nope", "-c", "1")


def test_psql_opens_the_shops_database_as_the_requests_role(fleet: Fleet, capfd: pytest.CaptureFixture[str]) -> None:
    run("tenant", *CREATE)
    query = ["-Atc", "SELECT current_user, current_database()"]
    call_command("dbshell_tenant", "--tenant", "acme", "--", *query)
    assert capfd.readouterr().out == f"smartseller_app|{PREFIX}acme\n"
    call_command("dbshell_tenant", "--tenant", "acme", "--owner", "--", *query)
    assert capfd.readouterr().out == f"smartseller_owner|{PREFIX}acme\n"
    with pytest.raises(SystemExit) as exit_:
        call_command("dbshell_tenant", "--tenant", "acme", "--", "-v", "ON_ERROR_STOP=1", "-c", "DROP TABLE products")
    assert exit_.value.code == 1


def test_setting_up_twice_does_nothing_the_second_time(fleet: Fleet) -> None:
    assert json.loads(run("setup", "--json")[0])["spares"] == 2
    again = json.loads(run("setup", "--json")[0])
    assert {name: again[name] for name in ("migrations", "servers", "templates", "spares")} == {
        "migrations": 0,
        "servers": 0,
        "templates": 0,
        "spares": 0,
    }


def test_a_list_that_is_piped_has_a_line_for_each_shop_however_long(platform: WorkerDatabases) -> None:
    shop = platform.make_shop("a" * 30, name="N" * 200)
    header, line = run("tenant", "list")[0].splitlines()
    assert header.split()[0] == "slug"
    assert [part for part in line.split() if part] == [
        shop.slug, shop.name, "active", "premium", f"http://{shop.slug}.localhost:8000/", shop.database_name,
        shop.schema_version,
    ]  # fmt: skip
