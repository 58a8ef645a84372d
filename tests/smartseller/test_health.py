"""What load balancers are told."""

from django.test import Client, override_settings

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


@override_settings(CACHES=DEAD_REDIS)
def test_a_shop_sells_on_without_redis_and_says_so(make_shop):
    make_shop("acme")
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (200, "down")
    assert get("/products/").status_code == 200
