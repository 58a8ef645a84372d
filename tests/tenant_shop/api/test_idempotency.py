"""What a program sends again under the same name, because no answer came, is done once."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy import middleware
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.api.kept import LEASE
from tenant_shop.catalog.models import Brand, Product
from tenant_shop.integrations.idempotency.models import IdempotentCall
from tests.programs import client_with, key_of, program, publishable_key
from tests.statements import StatementCount
from tests.tenant_shop.api import probe

AT_ONCE, IN_STEPS = "/api/v1/probe/", "/api/v1/probe-in-steps/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
both = pytest.mark.parametrize("path", [AT_ONCE, IN_STEPS])


@pytest.fixture(autouse=True)
def _probed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SHOP_URLCONF", "tests.tenant_shop.api.probe")


def send(caller: Any, path: str, called: str = "n1", **body: Any) -> Any:
    data = {"name": "Harbour", **body}
    return caller.post(path, data, content_type="application/json", headers={"Idempotency-Key": called})


def brands(shop: TenantInfo) -> int:
    with tenant_context(shop):
        return Brand.objects.count()


def kept(shop: TenantInfo) -> list[tuple[str, int | None]]:
    with tenant_context(shop):
        return list(IdempotentCall.objects.order_by("name").values_list("name", "status"))


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@both
def test_sent_again_it_is_answered_the_same_and_not_done_again(path: str, acme: TenantInfo) -> None:
    caller = program(acme, "write_products")

    first, again = send(caller, path), send(caller, path)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    for header in ("Location", "Content-Type"):
        assert again.headers[header] == first.headers[header]
    assert "X-Other" not in again.headers
    assert again.headers["RateLimit-Remaining"] == "4998"
    assert brands(acme) == 1


@both
def test_without_a_name_everything_is_done_again(path: str, acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    for _ in range(2):
        assert caller.post(path, {"name": "Harbour"}, content_type="application/json").status_code == 201
    assert (brands(acme), kept(acme)) == (2, [])


@both
def test_a_name_is_one_keys_own(path: str, acme: TenantInfo) -> None:
    one, other = program(acme, "write_products"), program(acme, "write_products")

    assert send(one, path).json()["effect_key"] != send(other, path).json()["effect_key"]
    assert brands(acme) == 2


@both
@pytest.mark.parametrize("change", [{"name": "Stark"}, {"extra": 1}])
def test_another_body_under_the_same_name_is_refused_and_does_nothing(
    path: str, change: dict[str, Any], acme: TenantInfo
) -> None:
    caller = program(acme, "write_products")
    first = send(caller, path)

    assert code_of(send(caller, path, **change)) == (422, "idempotency_key_reused")
    assert code_of(send(caller, f"{path}?a=b")) == (422, "idempotency_key_reused")
    assert brands(acme) == 1
    assert send(caller, path).content == first.content


@both
def test_a_refusal_is_kept_and_leaves_nothing(path: str, acme: TenantInfo) -> None:
    caller = program(acme, "write_products")

    first, again = (send(caller, path, fail="400") for _ in range(2))

    assert (first.status_code, again.status_code, again.content) == (400, 400, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert kept(acme) == [("n1", 400)]
    if path == AT_ONCE:
        assert brands(acme) == 0


@both
@pytest.mark.parametrize("fail", ["409", "500", "fault"])
def test_what_may_go_well_the_next_time_is_not_kept(path: str, fail: str, acme: TenantInfo) -> None:
    caller = client_with(acme, key_of(acme, "write_products").secret, raise_request_exception=False)

    for _ in range(2):
        response = send(caller, path, fail=fail)
        assert response.status_code == (409 if fail == "409" else 500)
        assert "Idempotent-Replayed" not in response.headers
    assert kept(acme) == []
    if path == AT_ONCE:
        assert brands(acme) == 0


@both
def test_who_asks_while_it_is_being_done_is_told_to_wait(
    path: str, acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, answers = program(acme, "write_products"), []

    def ask_meanwhile(_: Any) -> None:
        monkeypatch.setattr(probe, "between", probe.nothing)
        thread = threading.Thread(target=lambda: answers.append(_alone(lambda: send(caller, path))))
        thread.start()
        thread.join()

    monkeypatch.setattr(probe, "between", ask_meanwhile)
    first = send(caller, path)

    assert first.status_code == 201
    assert code_of(answers[0]) == (409, "idempotency_key_in_use")
    assert answers[0].headers["Retry-After"] == "1"
    assert brands(acme) == 1
    assert send(caller, path).content == first.content


@both
def test_fifty_at_once_do_it_once_and_get_the_same_answer(path: str, acme: TenantInfo) -> None:
    made = key_of(acme, "write_products")

    def until_answered(_: int) -> Any:
        response = client_with(acme, made.secret)
        while (answer := send(response, path)).status_code == 409:
            pass
        return answer

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: _alone(lambda: until_answered(number)), range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert brands(acme) == 1


def _alone(do: Callable[[], Any]) -> Any:
    """In a thread, which closes what it has opened."""
    try:
        return do()
    finally:
        connections.close_all()


@pytest.mark.parametrize("path", [AT_ONCE, IN_STEPS])
def test_a_process_that_is_killed_in_the_middle_leaves_the_name_to_the_next(
    path: str, acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = program(acme, "write_products")
    connections.close_all()
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(probe, "between", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        send(caller, path)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL

    if path == AT_ONCE:
        # As soon as the database has noticed; what was done is gone with the transaction.
        while (response := send(caller, path)).status_code == 409:
            pass
        assert (response.status_code, brands(acme)) == (201, 1)
        return
    assert code_of(send(caller, path)) == (409, "idempotency_key_in_use")
    assert code_of(send(caller, path, name="Stark")) == (422, "idempotency_key_reused")
    with time_machine.travel(datetime.now(UTC) + LEASE, tick=False):
        assert code_of(send(caller, path, extra=1)) == (422, "idempotency_key_reused")
        assert send(caller, path).status_code == 201
        assert send(caller, path).headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("name", ["", "a" * 256, "é", "a\x00b", "a\nb", "a\tb"])
def test_what_is_no_name_is_refused(name: str, acme: TenantInfo) -> None:
    assert code_of(send(program(acme, "write_products"), AT_ONCE, name)) == (400, "idempotency_key_invalid")
    assert brands(acme) == 0


def test_who_may_not_do_it_takes_no_name(acme: TenantInfo) -> None:
    caller = program(acme, "read_products")
    assert code_of(send(caller, AT_ONCE)) == (403, "scope_missing")
    assert kept(acme) == []


def test_pages_with_one_publishable_key_do_not_read_each_others_answers(acme: TenantInfo) -> None:
    """Whoever guesses a name has to send what was sent with it."""
    caller = client_with(acme, publishable_key(acme).secret)
    assert send(caller, AT_ONCE).status_code == 201
    assert code_of(send(caller, AT_ONCE, email="mallory@example.com")) == (422, "idempotency_key_reused")


def test_with_a_publishable_key_a_name_is_one_visitors_own(acme: TenantInfo) -> None:
    secret = publishable_key(acme).secret
    one, other = (client_with(acme, secret, REMOTE_ADDR=address) for address in ("192.0.2.1", "192.0.2.2"))

    first = send(one, AT_ONCE)
    assert send(other, AT_ONCE).json()["id"] != first.json()["id"]
    assert send(other, AT_ONCE).json()["effect_key"] != first.json()["effect_key"]
    assert send(one, AT_ONCE).content == first.content
    assert brands(acme) == 2


def test_files_are_compared_by_what_is_in_them(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")

    def upload(content: bytes, name: str = "Harbour") -> Any:
        data = {"name": name, "file": SimpleUploadedFile("a.png", content)}
        return caller.post(AT_ONCE, data, headers={"Idempotency-Key": "n1"})

    first = upload(b"one")
    assert upload(b"one").content == first.content
    assert code_of(upload(b"two")) == (422, "idempotency_key_reused")
    assert code_of(upload(b"one", "Stark")) == (422, "idempotency_key_reused")


def test_it_costs_four_statements(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    caller.post(AT_ONCE, {"name": "A"}, content_type="application/json")
    with StatementCount() as plain:
        caller.post(AT_ONCE, {"name": "B"}, content_type="application/json")
    with StatementCount() as named:
        send(caller, AT_ONCE)
    with StatementCount() as again:
        send(caller, AT_ONCE)
    # Whose turn it is, whether it was done, what an old day left, and keeping.
    assert named.count - plain.count == 4
    assert again.count == 3  # the key, whose turn it is, the answer


def test_a_product_that_is_sent_twenty_times_at_once_is_made_once_with_one_entry_in_the_log(acme: TenantInfo) -> None:
    made, body = key_of(acme, "write_products"), {"name": "Mug", "price": "12.00", "sku": "MUG"}

    def until_answered(_: int) -> Any:
        while (answer := _post(client_with(acme, made.secret), "/api/v1/products/", body)).status_code == 409:
            pass
        return answer

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: _alone(lambda: until_answered(number)), range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    with tenant_context(acme):
        assert Product.objects.count() == 1
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="add_product").count() == 1


def _post(caller: Any, path: str, body: dict[str, Any]) -> Any:
    return caller.post(path, body, content_type="application/json", headers={"Idempotency-Key": "n1"})
