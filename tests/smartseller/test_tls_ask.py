"""Caddy gets certificates for our names and no others, and asking costs little."""

from typing import Any

import pytest
from django.test import Client

from platform_core.tenancy import certificates, directory
from platform_core.tenancy.certificates import LOOKUPS_A_SECOND

MACHINE = {"headers": {"host": "web:8000"}}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    directory.clear()
    monkeypatch.setattr(certificates, "_second", 0)


@pytest.fixture
def same_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates.time, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(certificates, "_second", 0)


def ask(name: str) -> int:
    return Client().get("/tls-ask", {"domain": name}, **MACHINE).status_code


def test_names_of_the_platform_and_of_its_shops_may_have_one(make_shop: Any) -> None:
    make_shop("acme", domain="chairs.example")
    make_shop("late", status="suspended")
    make_shop("soon", status="pending_setup")
    names = ("localhost", "www.localhost", "acme.localhost", "ACME.localhost.", "chairs.example", "late.localhost")
    assert [ask(name) for name in (*names, "soon.localhost")] == [200] * 7


@pytest.mark.parametrize(
    "name",
    ["", "evil.example", "nobody.localhost", "a.acme.localhost", "acme.localhost:443", "acme.localhost@evil", "..",
     "acme.localhost/x", "[::1]", "x" * 300 + ".example"],
)  # fmt: skip
def test_any_other_name_may_not(make_shop: Any, name: str) -> None:
    make_shop("acme")
    assert ask(name) == 404


def test_a_shop_that_is_gone_may_not(make_shop: Any) -> None:
    make_shop("acme", status="cancelled", domain="chairs.example")
    assert [ask("acme.localhost"), ask("chairs.example")] == [404, 404]


def test_a_name_that_is_known_costs_no_statement(make_shop: Any, count_statements: Any) -> None:
    make_shop("acme")
    assert ask("acme.localhost") == 200
    with count_statements() as statements:
        assert [ask("acme.localhost"), ask("localhost"), ask("not a name")] == [200, 200, 404]
    assert statements.count == 0


def test_invented_names_are_looked_up_twenty_times_a_second_and_known_ones_are_answered_all_the_same(
    make_shop: Any, same_second: None, count_statements: Any
) -> None:
    make_shop("acme")
    assert ask("acme.localhost") == 200
    with count_statements() as statements:
        answers = [ask(f"n{number}.example") for number in range(LOOKUPS_A_SECOND + 5)]
    assert answers == [404] * (LOOKUPS_A_SECOND - 1) + [429] * 6
    assert statements.count == LOOKUPS_A_SECOND - 1
    assert ask("acme.localhost") == 200


def test_only_questions_are_answered(platform: Any) -> None:
    assert Client().post("/tls-ask?domain=localhost", **MACHINE).status_code == 405
