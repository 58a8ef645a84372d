"""What Prometheus is told, and who may ask."""

import time
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connections
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as RedisDown

from platform_core.fleet.models import DatabaseServer, SpareDatabase, TemplateVersion
from platform_core.mails.models import PlatformMail
from platform_core.tenancy.awake import forget_all
from platform_core.tenancy.outbox_lag import may_wait_from
from platform_core.tenants.models import Tenant
from smartseller.observability import exposition

TOKEN = {"authorization": "Bearer a long token"}


@pytest.fixture(autouse=True)
def with_token():
    with override_settings(METRICS_TOKEN="a long token"):
        yield


def metrics(**headers: str):
    return Client().get("/metrics", headers={"host": "10.0.0.7:8000", **headers})


def numbers() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What is told now, by name and labels."""
    answer = metrics(**TOKEN)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer another"}, {"authorization": "a long token"}])
def test_whoever_does_not_know_the_token_is_told_nothing(platform, headers):
    answer = metrics(**headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"smartseller" not in answer.content


def test_without_a_token_in_the_settings_there_is_no_such_page(make_shop):
    make_shop("acme")
    with override_settings(METRICS_TOKEN=""):
        assert Client().get("/metrics", headers={"host": "acme.localhost", **TOKEN}).status_code == 404


def test_requests_are_counted_by_route_method_and_class_of_status(make_shop):
    make_shop("acme")
    labels = {"route": "/products/<slug:slug>/", "method": "GET", "status": "4xx"}
    counted = ("smartseller_requests_total", tuple(sorted(labels.items())))
    timed = ("smartseller_request_seconds_count", (("route", "/products/<slug:slug>/"),))
    before = numbers()
    for slug in ("one", "two"):
        Client().get(f"/products/{slug}/", headers={"host": "acme.localhost"})
    after = numbers()
    assert after[counted] == before.get(counted, 0) + 2
    assert after[timed] == before.get(timed, 0) + 2
    assert not [name for name, labels in after if "/one/" in dict(labels).get("route", "")]


def test_a_method_that_nobody_knows_makes_no_number_of_its_own(make_shop):
    make_shop("acme")
    Client().generic("BREW", "/", headers={"host": "acme.localhost"})
    assert {dict(labels)["method"] for name, labels in numbers() if name == "smartseller_requests_total"} <= {
        "GET",
        "other",
    }


def test_the_fleet_is_told_in_numbers_with_twelve_statements(make_shop, platform, count_statements):
    make_shop("acme")
    make_shop("globex", status="suspended")
    make_shop("behind", schema_version="0001_initial")
    server = DatabaseServer.objects.get(key="primary")
    template = TemplateVersion.objects.create(
        server=server, version="0001", database_name="t", schema_digest="0" * 64, is_current=False
    )
    for name, state in (("one", "ready"), ("two", "ready"), ("three", "building")):
        SpareDatabase.objects.create(server=server, name=name, template=template, state=state)
    invoice = PlatformMail.objects.create(
        tenant=Tenant.objects.get(slug="acme"), topic="billing.invoice_issued", key="1",
        available_at=timezone.now() - timedelta(minutes=30),
    )  # fmt: skip
    forget_all()
    may_wait_from(invoice.tenant_id, time.time() - 1200)
    with count_statements() as statements:
        told = numbers()
    forget_all()
    assert told["smartseller_platform_mail_lag_seconds", ()] == pytest.approx(1800, abs=60)
    assert told["smartseller_outbox_lag_seconds", ()] == pytest.approx(1200, abs=60)
    assert statements.count == 12
    assert 0 < told["smartseller_oldest_backup_seconds", ()] < 600  # since they were made: there is none
    assert told["smartseller_shops", (("status", "active"),)] == 2
    assert told["smartseller_shops", (("status", "suspended"),)] == 1
    assert told["smartseller_shops", (("status", "cancelled"),)] == 0
    assert told["smartseller_shops_behind", ()] == 1
    assert told["smartseller_spares", (("server", "primary"),)] == 2
    assert told["smartseller_rollups", (("state", "never rolled up"),)] == 1
    assert told["smartseller_provisioning_runs", (("state", "failed"),)] == 0
    assert {dict(labels)["queue"] for name, labels in told if name == "smartseller_queue_messages"} == {
        "people",
        "shops",
        "files",
        "outside",
        "upkeep",
    }
    assert told["smartseller_up", (("part", "platform_database"),)] == 1
    assert told["smartseller_up", (("part", "queue"),)] == 1


def test_what_cannot_be_asked_is_said_and_the_rest_is_told(platform):
    with (
        mock.patch.object(exposition, "fleet_gauges", side_effect=OperationalError("the server is away")),
        mock.patch.object(exposition, "queue_lengths", side_effect=RedisDown("the queue is away")),
    ):
        told = numbers()
    assert told["smartseller_up", (("part", "platform_database"),)] == 0
    assert told["smartseller_up", (("part", "queue"),)] == 0
    assert not [name for name, _ in told if name in ("smartseller_shops", "smartseller_queue_messages")]


def test_a_slow_statement_is_logged_with_its_text_and_without_its_parameters(shop, caplog):
    for alias in (shop.alias, "default"):
        connections[alias].ensure_connection()
    with override_settings(SLOW_STATEMENT_MS=1), connections[shop.alias].cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.002), %s::text", ["a secret"])
    with override_settings(SLOW_STATEMENT_MS=1), connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.002), %s::text", ["a secret"])
    lines = [record for record in caplog.records if record.name == "smartseller.slow_statements"]
    assert [(line.statement, line.database) for line in lines] == [
        ("SELECT pg_sleep(0.002), %s::text", "shop"),
        ("SELECT pg_sleep(0.002), %s::text", "platform"),
    ]
    assert "a secret" not in caplog.text


def test_a_quick_statement_and_one_that_nobody_asks_about_are_not(shop, caplog):
    for limit in (60_000, 0):
        with override_settings(SLOW_STATEMENT_MS=limit), connections[shop.alias].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.002)")
    assert not [record for record in caplog.records if record.name == "smartseller.slow_statements"]
