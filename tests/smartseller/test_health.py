"""What load balancers are told."""

from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from platform_core.tenancy import directory

DEAD_REDIS = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.5},
    }
}


def get(path: str, host: str = "acme.localhost"):
    return Client(raise_request_exception=False).get(path, headers={"host": host})


def test_a_shop_that_answers_is_ready(make_shop):
    make_shop("acme")
    assert get("/healthz").json() == {"status": "ok"}
    answer = get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "redis": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_a_shop_without_its_database_is_not_ready_but_alive_and_recovers(platform):
    shop = platform.make_shop("acme")
    with platform.unreachable(shop):
        answer = get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "down")
        assert get("/healthz").status_code == 200
        assert get("/products/").status_code == 503
    assert get("/readyz").status_code == 200


@pytest.mark.parametrize("host", ["10.0.0.7", "nobody.example", "bad host", "gone.localhost:8000"])
def test_a_process_says_that_it_lives_whoever_is_asked_for_and_whatever_is_down(platform, host):
    with mock.patch.object(directory, "_read", side_effect=OperationalError("the server is away")):
        assert get("/healthz", host).status_code == 200
        assert Client().post("/healthz", headers={"host": host}).status_code == 405


@pytest.mark.parametrize(
    ("values", "status", "word"),
    [
        ({"status": "pending_setup"}, 503, "being prepared"),
        ({"status": "cancelled"}, 503, "closed for good"),
        ({"availability": "moving"}, 503, "unavailable for a moment"),
        ({"status": "suspended"}, 200, "ok"),
    ],
)
def test_a_shop_that_cannot_be_served_is_not_ready(make_shop, values, status, word):
    make_shop("acme", **values)
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (status, word, "ok")


@override_settings(CACHES=DEAD_REDIS)
def test_a_shop_sells_on_without_redis_and_says_so(make_shop):
    make_shop("acme")
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (200, "down")
    assert get("/products/").status_code == 200
