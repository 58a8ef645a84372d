"""A request's name, its line in the log, and what JSON lines say."""

import json
import logging
import sys

import pytest
from django.test import Client, RequestFactory, override_settings

from smartseller.observability.log_lines import ContextFilter, json_formatter
from smartseller.observability.request_id import begin, current_request_id, forget, named, request_id_of

PROXY = ("HTTP_X_FORWARDED_PROTO", "https")
NAME = "4bf92f3577b34da6a3ce929d0e0e4736"


def get(path: str, host: str = "acme.localhost", **headers: str):
    return Client().get(path, headers={"host": host, **headers})


@pytest.fixture
def lines(caplog):
    """What is logged, as the JSON objects that an operator's system reads."""
    caplog.set_level(logging.INFO)
    context = ContextFilter()
    caplog.handler.addFilter(context)
    yield lambda name: [json.loads(json_formatter().format(record)) for record in caplog.records if record.name == name]
    caplog.handler.removeFilter(context)


def test_a_request_is_one_line_with_its_shop_its_route_and_nothing_that_could_be_a_key(make_shop, lines):
    make_shop("acme")
    with override_settings(LOG_REQUESTS=True):
        answer = get("/products/a-secret-place/?token=hush")
    [line] = lines("smartseller.requests")
    assert isinstance(line.pop("duration_ms"), float)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "smartseller.requests",
        "message": "GET /products/<slug:slug>/ 404",
        "tenant": "acme",
        "request_id": answer["X-Request-ID"],
        "method": "GET",
        "route": "/products/<slug:slug>/",
        "status": 404,
    }


def test_lines_of_requests_are_written_where_they_are_wanted_only(make_shop, lines):
    make_shop("acme")
    get("/")
    assert lines("smartseller.requests") == []


def test_what_django_says_of_a_request_carries_its_name(make_shop, lines):
    make_shop("acme")
    answer = get("/nothing-here/")
    [line] = lines("django.request")
    assert (line["request_id"], line["tenant"], line["level"]) == (answer["X-Request-ID"], "acme", "warning")


def test_a_host_that_is_nobodys_is_a_line_of_the_platform_without_a_route(platform, lines):
    with override_settings(LOG_REQUESTS=True):
        get("/orders/", host="nobody.localhost")
    [line] = lines("smartseller.requests")
    assert (line["tenant"], line["route"], line["status"]) == ("platform", "(none)", 404)


@pytest.mark.parametrize("proxy", [PROXY, None])
@pytest.mark.parametrize("given", [NAME, "", "short", "two words and more", "x" * 65, "line\nbreak-in-it"])
def test_a_name_is_taken_from_a_trusted_proxy_if_it_is_sound(given, proxy):
    request = RequestFactory().get("/", headers={"x-request-id": given})
    with override_settings(SECURE_PROXY_SSL_HEADER=proxy):
        name = request_id_of(request)
    assert (name == given) is (given == NAME and proxy is not None)
    assert len(name) == 32


def test_a_name_ends_with_what_it_names():
    with named(NAME):
        assert current_request_id() == NAME
        with named("another-name"):
            assert current_request_id() == "another-name"
        assert current_request_id() == NAME
    assert current_request_id() == ""


def test_an_error_is_one_line_with_its_traceback(lines):
    begin(NAME)
    try:
        raise ValueError("no such flower: Ärgernis")
    except ValueError:
        logging.getLogger("here").exception("it failed", exc_info=sys.exc_info(), extra={"password": "hush"})
    finally:
        forget()
    [line] = lines("here")
    assert line["exception"].endswith("ValueError: no such flower: Ärgernis")
    assert {key: line[key] for key in ("message", "level", "tenant")} == {
        "message": "it failed",
        "level": "error",
        "tenant": "platform",
    }
    assert "password" not in line
