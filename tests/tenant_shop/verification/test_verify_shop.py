"""The books of a shop: right after everything a shop does, and every way to be wrong is found and named."""

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Purse
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.settle import settle
from tenant_shop.verification import verify_shop as verification
from tenant_shop.verification.rules import RULES
from tenant_shop.verification.verify_shop import PAYMENT_STATUS, Finding, verify_shop
from tests.databases import owner
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import run_programme, with_points
from tests.quoting import acceptance, answered, asked, take_requests
from tests.shopping import cart_with, configure, everything, order_from, stocked

# A rule, a change that no verb of the shop would make, and the finding: what the row says and should say.
BREACHES = [
    (
        "quote_order",
        "UPDATE quote_lines SET unit_price = 7",
        "{quoted} CUP",
        "2 x 8.000",
        "2 x 7.000",
    ),
    ("quote_status", "UPDATE quote_requests SET status = 'answered'", "{quoted}", "answered", "accepted"),
    ("variant_stock", "UPDATE product_variants SET inventory_quantity = 7 WHERE sku = 'MUG'", "MUG", "7", "5"),
    ("product_stock", "UPDATE products SET inventory_quantity = 6 WHERE sku = 'MUG'", "MUG", "6", "5"),
    (
        "stock_below_zero",
        "UPDATE products SET allow_backorder = FALSE WHERE sku = 'BOOK'",
        "BOOK",
        "-2",
        "0",
    ),
    (
        "order_stock",
        "UPDATE stock_movements SET delta = -4 WHERE order_id = (SELECT id FROM orders WHERE status = 'confirmed')"
        " AND variant_id = (SELECT id FROM product_variants WHERE sku = 'MUG')",
        "{paid} MUG",
        "-4",
        "-3 to 0",
    ),
    (
        "order_stock",
        "DELETE FROM stock_movements WHERE reason = 'cancellation'",
        "{cancelled} MUG",
        "-1",
        "0",
    ),
    (
        "line_total",
        "UPDATE order_items SET total_price = total_price + 1 WHERE product_sku = 'BOOK'",
        "{paid} BOOK",
        "41.000",
        "40.000",
    ),
    (
        "order_parts",
        "UPDATE orders SET tax_amount = tax_amount + 0.01, total_amount = total_amount + 0.01 WHERE status='confirmed'",
        "{paid}",
        "70.000 / 7.500 / 12.810",
        "70.000 / 7.500 / 12.800",
    ),
    (
        "order_total",
        "UPDATE orders SET total_amount = total_amount + 1 WHERE status = 'cancelled'",
        "{cancelled}",
        "16.950",
        "15.950",
    ),
    ("refunds", "UPDATE payment_entries SET amount = 100 WHERE kind = 'refunded'", "{paid}", "100.000", "80.200"),
    (
        "refunds",
        "UPDATE payment_entries SET kind = 'refund_failed' WHERE kind = 'refunded'",
        "{paid}",
        "-10.000",
        "80.200",
    ),
    ("owed", "UPDATE orders SET owed_amount = 5 WHERE status = 'confirmed'", "{paid}", "5.000", "0"),
    ("code_uses", "UPDATE discount_codes SET usage_count = 3", "TENTH", "3", "1"),
    (
        "code_given_back",
        "UPDATE discount_redemptions SET released_at = NULL",
        "{cancelled}",
        "TENTH",
        "",
    ),
    (
        "line_discounts",
        "UPDATE order_items SET discount_amount = 4.5 WHERE product_sku = 'BOOK'",
        "{paid} BOOK",
        "4.500",
        "4.290",
    ),
    (
        "discount_shares",
        "UPDATE discount_redemptions SET amount = 6 WHERE released_at IS NULL",
        "{paid} TENTH",
        "6.000",
        "7.000",
    ),
    (
        "customer_totals",
        "UPDATE customers SET total_orders = 2, total_spent = 9.5",
        "ann@example.com",
        "2 / 9.500",
        "0 / 0.000",
    ),
    (
        "ordered_carts",
        "UPDATE shopping_carts SET completed_at = NULL "
        " WHERE id = (SELECT cart_id FROM orders WHERE status = 'confirmed')",
        "{paid}",
        "open",
        "closed",
    ),
    ("loyalty_balance", "UPDATE customers SET loyalty_points = 64", "ann@example.com", "64", "113"),
    (
        "loyalty_taken_back",
        "INSERT INTO loyalty_entries (customer_id, order_id, points, reason, actor)"
        " SELECT customer_id, id, -64, 'taken_back', 'ann' FROM orders WHERE status = 'confirmed'",
        "{paid}",
        "64 / 0",
        "63 / 50",
    ),
    (
        "loyalty_spent",
        "UPDATE orders SET points_spent = 40 WHERE status = 'confirmed'",
        "{paid}",
        "50 / 0",
        "40",
    ),
    (
        "loyalty_spent",
        "DELETE FROM loyalty_entries WHERE reason = 'given_back'",
        "{cancelled}",
        "50 / 0",
        "50 / 50",
    ),
    (
        "points_amount",
        "UPDATE orders SET points_amount = 0.4 WHERE status = 'confirmed'",
        "{paid}",
        "0.400",
        "0.500",
    ),
    (
        "approved_requests",
        "WITH company AS (INSERT INTO companies (name, country) VALUES ('Example', 'DE') RETURNING id)"
        " INSERT INTO purchase_requests"
        " (company_id, cart_id, total, currency, status, decided_at, expires_at, order_id)"
        " SELECT company.id, cart_id, 1, 'EUR', 'approved', now(), now(), orders.id FROM company, orders"
        " WHERE status = 'confirmed'",
        "{paid}",
        "t / Example",
        "t / ",
    ),
    (
        "frozen_carts",
        "UPDATE shopping_carts SET frozen_at = now(), completed_at = NULL"
        " WHERE id = (SELECT cart_id FROM orders WHERE status = 'confirmed')",
        "",
        "frozen",
        "open",
    ),
    (
        "invoices",
        "UPDATE orders SET payment_method = 'pay_later' WHERE status = 'confirmed'",
        "{paid}",
        " / t",
        "a company / t",
    ),
    (
        "payment_status",
        "UPDATE orders SET payment_status = 'paid' WHERE status = 'confirmed'",
        "{paid}",
        "paid",
        "partially_refunded",
    ),
]


@pytest.fixture
def traded(shop: TenantInfo) -> dict[str, Order]:
    """A shop that has sold, owed, cancelled and given back."""
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
    return orders


def verified(*arguments: str) -> tuple[int, Any]:
    """The command's exit code and its document."""
    out = StringIO()
    try:
        call_command("verify_shop", "--json", *arguments, stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_the_books_of_a_shop_that_traded_are_right(traded: dict[str, Order]) -> None:
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
    traded: dict[str, Order],
    shop: TenantInfo,
) -> None:
    with owner(shop.database_name) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger runs, nobody may do this but here
        connection.execute(breach)
    numbers = {key: order.order_number for key, order in traded.items()}
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
