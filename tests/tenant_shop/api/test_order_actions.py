"""What programs do with orders."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund
from tests.api_client import ApiClient, error_of
from tests.paying import take_cards
from tests.refunding import paid as paid_by_card
from tests.shopping import configure, order_of, stock_of, stocked

Program = Callable[..., ApiClient]


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    with tenant_context(acme):
        configure()
    return program(acme, "write_orders")


def test_an_order_is_paid_sent_in_parts_and_delivered(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        order = order_of((stocked(price="10.00"), 3))
    path = f"/orders/{order.pk}"
    [line] = api.get(f"{path}/").json()["items"]

    paid = api.post(f"{path}/mark-paid/").json()
    part = api.post(
        f"{path}/fulfil/", {"lines": [{"item_id": line["id"], "quantity": 1}], "carrier": "DHL", "tracking_number": "1"}
    ).json()
    sent = api.post(f"{path}/fulfil/").json()
    arrived = api.post(f"{path}/deliver/").json()

    steps = [
        (each["status"], each["payment_status"], each["fulfillment_status"]) for each in (paid, part, sent, arrived)
    ]
    assert steps == [
        ("confirmed", "paid", "unfulfilled"),
        ("processing", "paid", "partial"),
        ("shipped", "paid", "fulfilled"),
        ("delivered", "paid", "fulfilled"),
    ]
    assert [payment["captured_amount"] for payment in paid["payments"]] == ["34.90"]
    assert [(parcel["carrier"], parcel["lines"]) for parcel in sent["shipments"]] == [
        ("DHL", [{"item_id": line["id"], "quantity": 1}]),
        ("", [{"item_id": line["id"], "quantity": 2}]),
    ]
    with tenant_scope(acme.id):
        noted = list(AuditLog.objects.order_by("created_at").values_list("action", flat=True))
    assert noted == ["pay_order", "send_order", "send_order", "deliver_order"]


def test_a_parcel_that_is_sent_twice_under_one_name_is_sent_once(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        order = order_of((stocked(), 3))
    [line] = api.get(f"/orders/{order.pk}/").json()["items"]
    api.post(f"/orders/{order.pk}/mark-paid/")
    body = {"lines": [{"item_id": line["id"], "quantity": 1}]}

    once, again = (api.post(f"/orders/{order.pk}/fulfil/", body, Idempotency_Key="parcel 1") for _ in range(2))

    assert once.content == again.content
    assert len(api.get(f"/orders/{order.pk}/").json()["shipments"]) == 1


@pytest.mark.parametrize(
    ("verb", "body", "refusal"),
    [
        ("confirm", {"why": "known"}, (400, "unknown_field", "why")),
        ("deliver", {}, (409, "order_not_deliverable", None)),
        ("fulfil", {}, (409, "order_not_fulfillable", None)),
        ("fulfil", {"lines": [{"item_id": "x", "quantity": 1}]}, (400, "invalid", "lines.0.item_id")),
        ("fulfil", {"carrier": 5}, (400, "invalid", "carrier")),
        ("capture", {}, (404, "payment_not_found", None)),
        ("cancel", {"restock": "no"}, (400, "invalid", "restock")),
        ("cancel", {"why": "because"}, (400, "unknown_field", "why")),
        ("refund", {}, (400, "one_of_two", None)),
        ("refund", {"amount": "5"}, (400, "one_of_two", None)),
        ("refund", {"shipping": True, "amount": "5"}, (400, "one_of_two", None)),
        ("mark-paid", {"amount": "5"}, (400, "unknown_field", "amount")),
    ],
)
def test_what_cannot_be_done_leaves_the_order_as_it_was(
    verb: str, body: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        order = order_of((stocked(), 2))
    before = api.get(f"/orders/{order.pk}/").json()

    assert error_of(api.post(f"/orders/{order.pk}/{verb}/", body)) == refusal

    assert api.get(f"/orders/{order.pk}/").json() == before


def test_an_order_is_accepted_unpaid_and_sent(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        order = order_of((stocked(), 2))
    path = f"/orders/{order.pk}"

    once, again = (api.post(f"{path}/confirm/", {}, Idempotency_Key="trusted") for _ in range(2))

    assert (once.status_code, once.content) == (200, again.content)
    assert (once.json()["status"], once.json()["payment_status"]) == ("confirmed", "pending")
    assert api.post(f"{path}/fulfil/").json()["status"] == "shipped"
    assert error_of(api.post(f"{path}/confirm/")) == (409, "order_not_confirmable", None)
    with tenant_scope(acme.id):
        noted = list(AuditLog.objects.order_by("created_at").values_list("action", flat=True))
    assert noted == ["confirm_order", "send_order"]


def test_a_cancelled_order_gives_its_goods_back(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        variant = stocked(stock=10)
        order = order_of((variant, 2))

    cancelled = api.post(f"/orders/{order.pk}/cancel/", {"reason": "Ordered twice"}).json()

    assert cancelled["status"] == "cancelled"
    assert error_of(api.post(f"/orders/{order.pk}/cancel/")) == (409, "order_not_cancellable", None)
    with tenant_context(acme):
        assert stock_of(variant) == 10


def test_money_goes_back_once_and_never_more_than_came(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        take_cards()
        order, payment = paid_by_card()
    path = f"/orders/{order.pk}/refund/"
    body = {"payment_id": str(payment.pk), "amount": "4.00", "reason": "Came late"}

    once, again = (api.post(path, body, Idempotency_Key="refund 1") for _ in range(2))
    refused = [
        api.post(path, {**body, "amount": "10.91"}),
        api.post(path, {**body, "amount": "0"}),
        api.post(path, {**body, "payment_id": str(order.pk)}),
    ]

    assert (once.status_code, once.content) == (200, again.content)
    assert (once.json()["payment_status"], once.json()["refunded_amount"]) == ("partially_refunded", "4.00")
    assert [error_of(response) for response in refused] == [
        (409, "refund_too_large", None),
        (422, "refund_invalid", None),
        (400, "does_not_exist", "payment_id"),
    ]
    with tenant_context(acme):
        assert [str(refund.amount) for refund in PaymentRefund.objects.all()] == ["4.000"]


def test_lines_go_back_for_what_they_cost(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        variant = stocked(price="10.00", stock=10)
        order = order_of((variant, 2))
    api.post(f"/orders/{order.pk}/mark-paid/")
    [line] = api.get(f"/orders/{order.pk}/").json()["items"]

    given = api.post(
        f"/orders/{order.pk}/refund/", {"lines": [{"item_id": line["id"], "quantity": 1}], "restock": True}
    ).json()

    assert given["refunded_amount"] == "10.00"
    with tenant_context(acme):
        assert stock_of(variant) == 9
    twice = {"lines": [{"item_id": line["id"], "quantity": 1}] * 2}
    assert error_of(api.post(f"/orders/{order.pk}/refund/", twice)) == (400, "duplicate_line", "lines")


def test_goods_are_taken_back(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        order = order_of((stocked(), 2))
    path = f"/orders/{order.pk}"
    [line] = api.get(f"{path}/").json()["items"]
    body = {"lines": [{"item_id": line["id"], "quantity": 1}], "reason": "damaged", "answer": "Send it back, please."}
    early = api.post(f"{path}/returns/", body)
    for verb in ("mark-paid", "fulfil", "deliver"):
        api.post(f"{path}/{verb}/")

    made = api.post(f"{path}/returns/", body)

    assert error_of(early)[:2] == (409, "not_returnable")
    assert (made.status_code, made.json()["status"]) == (201, "approved")
    assert made.json()["lines"] == [{"order_item_id": line["id"], "quantity": 1}]
    assert api.get(f"/returns/?order_id={order.pk}").json()["results"] == [made.json()]
    again = {**body, "lines": [{"item_id": line["id"], "quantity": 2}]}
    assert error_of(api.post(f"{path}/returns/", again))[:2] == (422, "nothing_to_return")


def test_who_has_not_seen_the_order_as_it_is_does_nothing_with_it(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        order = order_of((stocked(), 2))
    etag = api.get(f"/orders/{order.pk}/").headers["ETag"]
    api.post(f"/orders/{order.pk}/mark-paid/")

    refused = api.post(f"/orders/{order.pk}/cancel/", {}, If_Match=etag)

    assert error_of(refused) == (412, "changed_meanwhile", None)
    with tenant_context(acme):
        assert Order.objects.get().status == "confirmed"


@pytest.mark.parametrize(
    "verb", ["confirm", "mark-paid", "capture", "fulfil", "deliver", "cancel", "refund", "returns"]
)
def test_doing_needs_the_scope_and_ones_own_order(
    verb: str, acme: TenantInfo, make_shop: Callable[..., TenantInfo], program: Program
) -> None:
    bolt = make_shop("bolt")
    with tenant_context(bolt):
        configure()
        theirs = order_of((stocked(), 2))
    path = f"/orders/{theirs.pk}/{verb}/"
    reader, writer = program(bolt, "read_orders"), program(acme, "write_orders")
    body = {
        "refund": {"shipping": True},
        "returns": {"lines": [{"item_id": str(theirs.pk), "quantity": 1}], "reason": "damaged"},
    }

    assert error_of(reader.post(path, body.get(verb)))[:2] == (403, "scope_missing")
    assert error_of(writer.post(path, body.get(verb)))[0] == 404
    with tenant_context(bolt):
        assert Order.objects.get().status == "pending"
