"""The doctor: nothing is said of what is well, and each thing that is wrong is named with what mends it."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from unittest import mock

import boto3
import pytest
from celery import current_app
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from moto import mock_aws
from redis.exceptions import ConnectionError as RedisDown

from platform_core.fleet.backups import programs
from platform_core.fleet.doctor import databases, platform, services, storage
from platform_core.fleet.doctor.databases import examine_server
from platform_core.fleet.doctor.examine import examine, worst
from platform_core.fleet.doctor.finding import Finding, Level
from platform_core.fleet.doctor.platform import examine_platform
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.spares import refill_spares
from platform_core.management.operator import Refused
from platform_core.tenancy.awake import forget_all
from platform_core.tenancy.outbox_lag import may_wait_from
from smartseller.beat import Leadership
from smartseller.queues import Queue
from tests.databases import owner


def bad(findings) -> list[tuple[str, str, str]]:
    """What is not fine, in words; levels are asked where they matter."""
    return [(each.part, each.said, each.mend) for each in findings if each.level is not Level.FINE]


@pytest.fixture
def server(fleet, settings) -> DatabaseServer:
    """The first server, with a template and its spares."""
    settings.FLEET_SPARES = 1
    refill_spares("primary", wanted=1)
    return DatabaseServer.objects.get(key="primary")


def test_a_server_that_is_well(server):
    assert bad(examine_server(server)) == []


def test_a_server_without_an_address_or_an_answer(server, settings):
    far = DatabaseServer.objects.create(key="far", capacity=1)
    assert bad(examine_server(far)) == [
        (
            "server far",
            "has no address in the environment",
            "set DATABASE_SERVER_FAR_URL and DATABASE_SERVER_FAR_OWNER_URL",
        )
    ]
    nowhere = "host=/nowhere dbname=postgres password=hush"
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "far": {"app": nowhere, "owner": nowhere}}
    [(part, said, mend)] = bad(examine_server(far))
    assert (part, mend) == ("server far", "start it, or correct its address in the environment")
    assert said.startswith("does not answer: ")
    assert "hush" not in said


def test_requests_that_do_not_reach_a_server_that_answers(server, settings):
    addresses = settings.DATABASE_SERVERS["primary"]
    settings.DATABASE_SERVERS = {"primary": {**addresses, "app": "host=/nowhere dbname=postgres"}}
    [(_, said, mend)] = bad(examine_server(server))
    assert said.startswith("requests do not reach it: ")
    assert mend == "correct the address of its application role"


def test_a_server_that_shops_cannot_leave_while_they_sell(server, settings):
    DatabaseServer.objects.create(key="second")
    addresses = settings.DATABASE_SERVERS["primary"]
    settings.DATABASE_SERVERS = {"primary": addresses, "second": {**addresses, "replication": ""}}
    assert bad(examine_server(server)) == [
        (
            "server primary",
            "shops are closed while they move to second: the settings have no address for replication of the server"
            " second",
            "docs/operations/moving.md says what replication needs",
        )
    ]
    DatabaseServer.objects.filter(key="second").update(state="draining")
    assert bad(examine_server(server)) == []


@pytest.mark.parametrize(("oldest", "skew"), [(99, 2), (15, -1)])
def test_a_server_that_is_too_old_or_keeps_another_time(server, monkeypatch, oldest, skew):
    monkeypatch.setattr(databases, "OLDEST", oldest)
    monkeypatch.setattr(databases, "SKEW", skew)
    [(_, said, _)] = bad(examine_server(server))
    assert said.startswith("is PostgreSQL " if oldest == 99 else "its clock and ours differ by ")


def test_a_server_that_is_newer_than_the_programs_that_dump_it(server, monkeypatch):
    monkeypatch.setattr(programs, "installed", lambda name: ((13, Path("/usr/bin") / name),))
    found = bad(examine_server(server))
    assert [mend.rpartition(" ")[0] for _, _, mend in found] == ["install pg_dump", "install pg_restore"]
    assert all("and only 13 is installed here" in said for _, said, _ in found)


def test_a_database_that_lets_every_role_in(server, fleet, make_shop, settings):
    fleet.make_database("open")
    name = f"{settings.DATABASE_PREFIX}open"
    assert bad(examine_server(server)) == [
        ("server primary", f"1 database lets every role connect: {name}", "REVOKE ALL ON DATABASE … FROM PUBLIC")
    ]


def test_roles_that_may_too_much_or_too_little(server, settings):
    settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE = "smartseller_owner", "nobody_there"
    with owner() as connection:
        found = bad(databases._examine(connection, "server primary"))
    assert [said for _, said, _ in found] == [
        "has no role nobody_there",
        "smartseller_owner may do more than read and write rows",
    ]


def test_an_owner_that_may_not_end_sessions_or_see_statements(server, settings):
    name = f"of_a_test_{os.getpid()}"
    with owner() as connection:
        connection.execute(f"CREATE ROLE {name} CREATEDB IN ROLE pg_monitor")
        try:
            settings.DATABASE_OWNER_ROLE = name
            assert bad(databases._examine(connection, "server primary")) == [
                (
                    "server primary",
                    f"{name} may not end others' sessions, or see what they run: it lacks pg_signal_backend",
                    f"GRANT pg_signal_backend TO {name}",
                )
            ]
        finally:
            connection.execute(f"DROP ROLE {name}")


def test_a_template_of_another_release_and_too_few_spares(server, settings):
    settings.FLEET_SPARES = 10
    server.templates.filter(is_current=True).update(schema_digest="0" * 64, version="0001_initial")
    assert bad(examine_server(server)) == [
        ("server primary", "its template is older than this release (0001_initial)", "manage.py setup"),
        (
            "server primary",
            "1 of 10 spare databases ready: signing up is slower",
            "start a worker, or manage.py spares --refill",
        ),
    ]


def test_the_platform_names_what_waits_lags_and_failed(make_shop, monkeypatch):
    make_shop("acme", schema_version="0001_initial")
    monkeypatch.setattr(platform, "longest_without_backup", lambda now: timedelta(hours=40))
    assert bad(examine_platform()) == [
        ("shops", "acme behind this release", "manage.py migrate_tenants --all"),
        ("backups", "somebody has had no backup for 40 hours", "manage.py backup --all"),
        ("figures", "figures by day lag for acme", "manage.py rollup_schedule"),
    ]


def test_many_shops_are_counted_not_listed():
    assert platform._named([f"shop-{number}" for number in range(8)]) == (
        "shop-0, shop-1, shop-2, shop-3, shop-4 and 3 more"
    )


def test_a_queue_that_throws_messages_away(platform, monkeypatch):
    assert bad(services.examine_queue()) == []
    client = mock.Mock(config_get=lambda name: {name: "allkeys-lru"}, info=lambda section: {"redis_version": "6.0.16"})
    monkeypatch.setattr(services, "_queue", lambda: client)
    assert bad(services.examine_queue()) == [
        ("queue", "is Redis 6.0, which lacks commands that we need", "run Valkey, or Redis 6.2 or later"),
        ("queue", "throws messages away when its memory is full (allkeys-lru)", "maxmemory-policy noeviction"),
    ]


def test_a_queue_that_is_down_is_said_once(monkeypatch):
    monkeypatch.setattr(services, "_queue", mock.Mock(side_effect=RedisDown("no such socket")))
    monkeypatch.setattr(current_app.control, "inspect", mock.Mock(side_effect=RedisDown("no such socket")))
    found = [*services.examine_queue(), *services.examine_workers(), *services.examine_beat()]
    assert bad(found) == [
        (
            "queue",
            "does not answer: no such socket",
            "start Valkey or Redis, or correct CELERY_BROKER_URL",
        )
    ]


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (None, "people,shops,files,outside,upkeep"),
        ({"one@here": ["people", "shops"]}, "files,outside,upkeep"),
        ({"one@here": ["people", "shops"], "two@here": ["files", "outside", "upkeep"]}, ""),
    ],
)
def test_queues_that_nobody_takes_from(monkeypatch, told, missing):
    answer = told and {worker: [{"name": name} for name in names] for worker, names in told.items()}
    inspect = mock.Mock(return_value=mock.Mock(active_queues=lambda: answer))
    monkeypatch.setattr(current_app.control, "inspect", inspect)
    found = bad(services.examine_workers())
    assert [mend for _, _, mend in found] == (
        [f"python -m celery -A smartseller worker --queues {missing}"] if missing else []
    )
    assert {queue.value for queue in Queue} == {"people", "shops", "files", "outside", "upkeep"}


@pytest.mark.parametrize(("ago", "said"), [(1, ""), (120, "was last heard of 120 seconds ago")])
def test_a_scheduler_that_fell_silent(platform, ago, said):
    Leadership(services._queue()).note(datetime.now(UTC) - timedelta(seconds=ago))
    assert [found for _, found, _ in bad(services.examine_beat())] == ([said] if said else [])


@pytest.mark.parametrize("part", ["files", "backups"])
def test_a_folder_that_is_full_or_cannot_be_written(part, tmp_path, settings, monkeypatch):
    """What is found is of the folder that this part writes to, not of another."""

    def lie_in(folder):
        settings.MEDIA_ROOT = folder if part == "files" else tmp_path
        place = FileSystemStorage(folder if part == "backups" else tmp_path)
        monkeypatch.setattr(storage, "store", lambda: place)

    examine = storage.examine_files if part == "files" else storage.examine_backups
    lie_in(tmp_path / "here")
    assert bad(examine()) == []
    assert list((tmp_path / "here").iterdir()) == []
    monkeypatch.setattr(storage, "FREE_SHARE", 1.1)
    [(found, said, _)] = bad(examine())
    assert (found, said.endswith(f" of the disk under {tmp_path / 'here'} is free")) == (part, True)
    blocked = tmp_path / "a file"
    blocked.touch()
    lie_in(blocked)
    [(found, said, mend)] = bad(examine())
    assert (found, mend) == (part, "give the process the right to, or correct it")
    assert said == f"nothing can be written to {blocked}: {blocked} exists and is not a directory."


def test_a_bucket_that_is_not_there_and_one_that_is(settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of nobody")
    options = {"bucket_name": "files", "region_name": "eu-central-1", "location": "shops"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "platform_core.tenancy.bucket.TenantBucketStorage", "OPTIONS": options},
    }
    with mock_aws():
        [(part, said, _)] = bad(storage.examine_files())
        assert (part, said.startswith("nothing can be written to the bucket files: ")) == ("files", True)
        bucket = boto3.resource("s3", region_name="eu-central-1").Bucket("files")
        bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        assert bad(storage.examine_files()) == []
        assert list(bucket.objects.all()) == []


def test_backups_that_what_destroys_the_platform_would_destroy_too(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(storage, "store", lambda: FileSystemStorage(tmp_path / "backups"))
    assert [said for _, said, _ in bad(storage.examine_backups())] == [
        f"lie in the data folder, {tmp_path / 'backups'}: what destroys it destroys them"
    ]


def test_what_waits_in_an_outbox_for_too_long_is_said_with_its_shop(make_shop):
    acme = make_shop("acme")
    forget_all()
    assert bad(services.examine_outbox()) == []
    may_wait_from(acme.id, time.time() - 45 * 60)
    [(part, said, _)] = bad(services.examine_outbox())
    forget_all()
    assert (part, said) == ("outbox", "something has waited for 45 minutes in acme")


def test_mail_that_goes_nowhere_and_mail_that_cannot_leave(settings):
    assert bad(services.examine_mail()) == [
        (
            "mail",
            "goes nowhere: django.core.mail.backends.locmem.EmailBackend",
            "set EMAIL_URL to smtp+tls://…",
        )
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 5
    [(part, said, mend)] = bad(services.examine_mail())
    assert (part, mend, said.startswith("cannot leave: ")) == ("mail", "correct EMAIL_URL", True)


def test_the_command_says_what_hurts_and_how_to_mend_it_and_is_exit_code_1(server, monkeypatch):
    monkeypatch.setattr(current_app.control, "inspect", mock.Mock(return_value=mock.Mock(active_queues=dict)))
    out = StringIO()
    with pytest.raises(Refused, match=r"^\d+ of \d+ things that were looked at hurt now\.$") as refusal:
        call_command("doctor", stdout=out, stderr=StringIO())
    assert refusal.value.returncode == 1
    assert "nobody takes from people, shops, files, outside, upkeep" in out.getvalue()
    assert "python -m celery -A smartseller worker" in out.getvalue()
    assert "PostgreSQL 18 answers" not in out.getvalue(), "what is fine is not in the way"
    document = StringIO()
    with pytest.raises(Refused):
        call_command("doctor", "--json", stdout=document, stderr=StringIO())
    said = {(each["part"], each["level"]) for each in json.loads(document.getvalue())}
    assert {("workers", "error"), ("server primary", "fine")} <= said


def test_the_worst_level_of_nothing_is_fine(server):
    assert worst([]) is Level.FINE
    assert worst([Finding(part="a", level=Level.WARNING, said="b")]) is Level.WARNING
    assert len(list(examine())) > 8
