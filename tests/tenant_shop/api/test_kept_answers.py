"""Kept answers end: after a day, with whom they name, and with their key."""

from datetime import timedelta

import pytest
import time_machine

from platform_core.tenancy import middleware
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.api.kept import LEASE
from tenant_shop.integrations.idempotency.keep import ANSWERS, forget_whom_it_names
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.upkeep import forget_what_is_over
from tests.programs import key_of, program
from tests.tenant_shop.api.test_idempotency import AT_ONCE, NOON, both, brands, code_of, kept, send


@pytest.fixture(autouse=True)
def _probed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SHOP_URLCONF", "tests.tenant_shop.api.probe")


@both
def test_a_name_is_free_after_a_day(path: str, acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    with time_machine.travel(NOON, tick=False):
        first = send(caller, path)
    with time_machine.travel(NOON + timedelta(hours=23, minutes=59), tick=False):
        assert send(caller, path).content == first.content
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        assert send(caller, path).content != first.content
    assert brands(acme) == 2


def test_answers_whose_day_is_over_are_deleted(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    with time_machine.travel(NOON, tick=False):
        send(caller, AT_ONCE, "old")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        send(caller, AT_ONCE, "new")
    with tenant_context(acme):
        assert ANSWERS.forget(NOON + timedelta(hours=24)) == 1
    assert kept(acme) == [("new", 201)]


def test_a_row_without_an_answer_and_without_a_lease_is_taken_by_nobody_twice(acme: TenantInfo) -> None:
    made = key_of(acme, "write_products")
    with tenant_context(acme):
        assert ANSWERS.lease(made.key.pk, "n1", "0" * 64, at=NOON) is not None
        assert ANSWERS.lease(made.key.pk, "n1", "0" * 64, at=NOON + LEASE - timedelta(seconds=1)) is None
        assert ANSWERS.lease(made.key.pk, "n1", "1" * 64, at=NOON + LEASE) is None
        assert ANSWERS.lease(made.key.pk, "n1", "0" * 64, at=NOON + LEASE) is not None


def test_an_answer_that_names_somebody_who_is_erased_is_gone_and_nothing_is_done_again(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    send(caller, AT_ONCE, name="ann@example.com")
    with tenant_context(acme):
        forget_whom_it_names(["Ann@example.com", ""])
        with shop_connection().cursor() as cursor:
            cursor.execute("SELECT string_agg(t::text, '') FROM api_idempotency t")
            assert "ann@" not in cursor.fetchone()[0]
    assert code_of(send(caller, AT_ONCE, name="ann@example.com")) == (410, "answer_erased")
    assert brands(acme) == 1


def test_keys_that_opened_nothing_for_long_are_forgotten(acme: TenantInfo) -> None:
    long_ago = NOON - timedelta(days=90)
    ends = {"live": {}, "revoked": {"revoked_at": long_ago}, "over": {"expires_at": long_ago}}
    ends |= {"lately": {"revoked_at": long_ago + timedelta(seconds=1)}, "later": {"expires_at": NOON}}
    with tenant_context(acme):
        for name, values in ends.items():
            ApiKey.objects.create(name=name, prefix=f"sk_live_{name}", digest="0" * 64, **values)

        forget_what_is_over(NOON)

        assert set(ApiKey.objects.values_list("name", flat=True)) == {"live", "lately", "later"}
