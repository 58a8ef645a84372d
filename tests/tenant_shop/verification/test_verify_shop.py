"""The books of a shop: right after everything a shop does, and every way to be wrong is found and named."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Purse
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.settle import settle
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refund import refund_return
from tenant_shop.verification import verify_shop as verification
from tenant_shop.verification.rules import RULES
from tenant_shop.verification.verify_shop import PAYMENT_STATUS, Finding, verify_shop
from tests.databases import WorkerDatabases, owner
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import run_programme, with_points
from tests.quoting import acceptance, answered, asked, take_requests
from tests.shopping import cart_with, configure, everything, order_from, stocked
from tests.tenant_shop.verification.breaches import BREACHES

TRADED = "traded"
# Its orders, by their numbers.
ORDERS = ("paid", "cancelled", "quoted")


@pytest.fixture
def traded(platform: WorkerDatabases) -> Iterator[TenantInfo]:
    """A shop that has sold, owed, cancelled and given back."""
    if TRADED not in platform.remembered:
        shop = platform.make_shop("first")
        with tenant_context(shop):
            _trade()
        platform.remember(shop, TRADED)
    shop = platform.make_shop("acme", like=TRADED)
    with tenant_context(shop):
        yield shop


def _trade() -> None:
    configure(tax_rate="0.19")
    DiscountCodeFactory(code="TENTH", type="percentage", value="10")
    mug, book = stocked(sku="MUG", stock=8), stocked(sku="BOOK", stock=0, price="20.00", allow_backorder=True)
    run_programme(may_be_spent=True, least_spent="50")
    customer = with_points(100, email="ann@example.com")
    orders = {}
    for name, wanted in {"paid": ((mug, 3), (book, 2)), "cancelled": ((mug, 1),)}.items():
        cart_id = cart_with(*wanted)
        apply_coupon(cart_id, "TENTH")
        seen = quote(cart_id, country="DE", shipping_code="standard", purse=Purse(balance=100, wanted=50))
        orders[name] = order_from(cart_id, customer_id=customer.pk, points=50, expected_total=seen.total)
    mark_as_paid(orders["paid"].pk, actor="ann")
    payment = orders["paid"].payments.get()
    settle(payment.pk, kind=PaymentEntry.Kind.REFUNDED, amount=Decimal("10.00"), actor="ann")
    LoyaltyEntry.objects.create(customer=customer, order=orders["paid"], points=63, reason="earned", actor="ann")
    cancel_order(orders["cancelled"].pk, reason="", actor="ann")
    take_requests()
    orders["quoted"] = place_order(**acceptance(answered(asked((stocked(sku="CUP", stock=4), 2)), "8.00")))
    _send_and_take_back(orders["quoted"])
    configure(tax_rate="0.19", invoice_seller="Acme\n1 Main Street")
    for name in ("paid", "quoted"):
        issue_invoice(orders[name].pk, actor="ann")
    assert list(Order.objects.order_by("order_number")) == [orders[name] for name in ORDERS]


def _send_and_take_back(order: Order) -> None:
    """One of its two cups, in a parcel of its own."""
    line = order.items.get()
    mark_as_paid(order.pk, actor="ann")
    for key in ("first", "second"):
        fulfil_order(order.pk, pieces={line.pk: 1}, key=key, actor="ann")
    back = Return.objects.create(order=order, reason="damaged", status="received")
    ReturnLine.objects.create(parent=back, order_item=line, quantity=1)
    refund_return(back.pk, shipping=False, actor="ann")


def verified(*arguments: str) -> tuple[int, Any]:
    """The command's exit code and its document."""
    out = StringIO()
    try:
        call_command("verify_shop", "--json", *arguments, stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.slow
def test_the_books_of_a_shop_that_traded_are_right(traded: TenantInfo) -> None:
    before = everything()
    assert verify_shop() == []
    assert verified("--tenant", "acme") == (
        0,
        {
            "tenant": "acme",
            "ok": True,
            "rules": [
                {"rule": rule.name, "promise": rule.promise, "findings": [], "has_more": False}
                for rule in (*RULES, PAYMENT_STATUS)
            ],
        },
    )
    assert everything() == before


@pytest.mark.parametrize(("rule", "breach", "name", "recorded", "computed"), BREACHES)
def test_a_breach_is_found_and_named(
    rule: str,
    breach: str,
    name: str,
    recorded: str,
    computed: str,
    traded: TenantInfo,
) -> None:
    with owner(traded.database_name) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger runs, nobody may do this but here
        connection.execute(breach)
    in_order = Order.objects.order_by("order_number").values_list("order_number", flat=True)
    numbers = dict(zip(ORDERS, in_order, strict=True))
    found = [finding for finding in verify_shop() if finding.rule == rule]
    assert [(finding.recorded, finding.computed) for finding in found] == [(recorded, computed)]
    assert found[0].name == name.format(**numbers)
    status, document = verified("--tenant", "acme")
    assert (status, document["ok"]) == (1, False)
    broken = {verdict["rule"]: verdict["findings"] for verdict in document["rules"]}
    assert [finding["name"] for finding in broken[rule]] == [found[0].name]


def test_every_rule_has_a_breach() -> None:
    assert {breach[0] for breach in BREACHES} == {rule.name for rule in (*RULES, PAYMENT_STATUS)}


def test_books_that_are_wrong_throughout_are_not_printed_whole(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST_NAMED", 2)
    goods = [stocked(sku=f"MUG-{number}", stock=1) for number in range(3)]
    with owner(shop.database_name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE product_variants SET inventory_quantity = 9")
    verdict = verification.verdicts()[0]
    assert (verdict.rule, len(verdict.findings), verdict.has_more) == ("variant_stock", 2, True)
    assert verdict.findings[0] == Finding("variant_stock", "variant", str(goods[0].pk), "MUG-0", "9", "1")


def test_all_shops_are_one_list_and_one_of_them_wrong_is_exit_code_1(make_shop: Any) -> None:
    make_shop("acme")
    other = make_shop("globex")
    status, documents = verified("--all-tenants")
    assert (status, [(each["tenant"], each["ok"]) for each in documents]) == (0, [("acme", True), ("globex", True)])
    with owner(other.database_name) as connection:
        connection.execute(
            "INSERT INTO discount_codes (code, name, type, value, usage_count) VALUES ('X', 'X', 'percentage', 1, 1)"
        )
    status, documents = verified("--all-tenants")
    assert (status, [(each["tenant"], each["ok"]) for each in documents]) == (1, [("acme", True), ("globex", False)])


def test_what_was_found_in_the_others_is_told_though_one_cannot_be_reached(
    make_shop: Any, platform: WorkerDatabases
) -> None:
    shops = [make_shop(slug) for slug in ("acme", "bolt", "globex")]
    with platform.unreachable(shops[1]):
        status, documents = verified("--all")
    assert (status, [(each["tenant"], each["ok"]) for each in documents]) == (1, [("acme", True), ("globex", True)])
