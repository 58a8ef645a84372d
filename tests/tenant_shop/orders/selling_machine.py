"""A shop in which anything may happen next, and a model of plain numbers that says what must be true after it."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from platform_core.tenancy.context import current_tenant
from smartseller.money import quantize
from tenant_shop.carts.change import set_line_quantity
from tenant_shop.carts.merge import merge_carts
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.receive import receive_stock
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.edit_order import edit_order, preview_edit
from tenant_shop.orders.editing import Change, OrderEditedMeanwhile, OrderNotEditable, mark_of
from tenant_shop.orders.errors import CartEmpty, CouponRefused, OrderNotCancellable, OutOfStock
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.payments.errors import GatewayUnavailable, PaymentUnderWay
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account
from tests.databases import WorkerDatabases, reset_shop
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import configure, stock_of, stocked, submission

PIECES = st.integers(1, 3)
WHICH = st.integers(0, 2)
INDEX = st.integers(0, 30)
METHODS = st.sampled_from(["test_card", "bank_transfer", "cash_on_delivery"])
PRICES = ("10.00", "7.33", "0.05")
LIMITS = {"ALL": 2, "EACH": 1}  # uses of all together, and of each buyer
DEMAND = st.dictionaries(WHICH, PIECES, min_size=1)
KIND = st.sampled_from(["", *LIMITS])


@dataclass
class Sold:
    """An order, as the model knows it."""

    pk: UUID
    demand: dict[int, int]
    code: str
    buyer: str
    is_cancelled: bool = False


def fresh_shop() -> None:
    """Empty, and with tax on top of prices, so that every order is rounded. What an earlier run left, be it books that
    are wrong, is nothing to this one: the same choices lead to the same run."""
    shop = current_tenant()
    assert reset_shop(shop.database_name)
    WorkerDatabases.write_sentinel(shop.database_name, shop.id)
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], tax_rate="0.19")


class Selling(RuleBasedStateMachine):
    """Two limited variants and one that may be back-ordered, two codes with limits, a guest and a customer."""

    @initialize(orders=st.lists(st.tuples(DEMAND, KIND, st.booleans(), METHODS), min_size=2, max_size=5))
    def open_shop(self, orders: list[tuple[dict[int, int], str, bool, str]]) -> None:
        """With some orders, or there would seldom be enough to go on with."""
        fresh_shop()
        name = uuid4().hex[:8]
        self.goods = [
            stocked(stock=stock, price=price, allow_backorder=backorder)
            for stock, price, backorder in zip((5, 2, 1), PRICES, (False, False, True), strict=True)
        ]
        self.received = [5, 2, 1]
        self.codes = {kind: f"{kind}{name}".upper() for kind in LIMITS}
        DiscountCodeFactory(code=self.codes["ALL"], usage_limit=2)
        DiscountCodeFactory(code=self.codes["EACH"], usage_limit_per_customer=1, type="fixed_amount", value=3)
        self.customer = account(f"customer{name}@example.com", password="not asked for", password_hash="!")
        self.guest = f"guest{name}@example.com"
        self.carts: list[UUID] = []
        self.sold: list[Sold] = []
        self.edited: set[UUID] = set()
        self.ever_done: set[UUID] = set()
        self.sent_back: set[str] = set()
        self.returned: Counter[tuple[UUID, UUID]] = Counter()
        for order in orders:
            self.buy(*order)

    def _pick(self, index: int) -> Sold | None:
        return self.sold[index % len(self.sold)] if self.sold else None

    def _order(self, index: int) -> Order | None:
        sold = self._pick(index)
        return None if sold is None else Order.objects.get(pk=sold.pk)

    @rule(which=WHICH, pieces=PIECES)
    def receive(self, which: int, pieces: int) -> None:
        receive_stock({self.goods[which].pk: pieces})
        self.received[which] += pieces

    # Straight into the cart's rows: the cart's own first look at stock and codes must not be what protects them.
    @rule(demand=DEMAND, kind=KIND, member=st.booleans())
    def fill(self, demand: dict[int, int], kind: str, member: bool) -> None:
        owner = self.customer if member else None
        cart = member and ShoppingCart.objects.filter(customer=owner, completed_at=None).first()
        cart = cart or ShoppingCart.objects.create(customer=owner, currency="EUR")
        for which, pieces in demand.items():
            variant = self.goods[which]
            line = {"product_id": variant.product_id, "quantity": pieces, "unit_price": PRICES[which]}
            CartItem.objects.update_or_create(cart=cart, variant=variant, defaults=line)
        if kind:
            ShoppingCart.objects.filter(pk=cart.pk).update(coupon_code=self.codes[kind])
        if cart.pk not in self.carts:
            self.carts.append(cart.pk)

    @rule(demand=DEMAND, kind=KIND, member=st.booleans(), method=METHODS)
    def buy(self, demand: dict[int, int], kind: str, member: bool, method: str) -> None:
        """Both at once."""
        self.fill(demand, kind, member)
        self.place(len(self.carts) - 1, method)

    @precondition(lambda self: self.carts)
    @rule(index=INDEX, which=WHICH, pieces=st.integers(0, 4))
    def edit(self, index: int, which: int, pieces: int) -> None:
        cart_id = self.carts[index % len(self.carts)]
        line = CartItem.objects.filter(cart=cart_id, variant=self.goods[which]).first()
        if line is None:
            return
        try:
            set_line_quantity(cart_id, line.pk, pieces)
        except OutOfStock:
            assert pieces > line.quantity

    @precondition(lambda self: self.carts)
    @rule(index=INDEX)
    def log_in(self, index: int) -> None:
        before = [cart for cart in self.carts if ShoppingCart.objects.filter(pk=cart).exists()]
        merged = merge_carts(self.customer.pk, self.carts[index % len(self.carts)])
        self.carts = [cart for cart in before if ShoppingCart.objects.filter(pk=cart).exists()]
        if merged.cart_id is not None and merged.cart_id not in self.carts:
            self.carts.append(merged.cart_id)

    @precondition(lambda self: self.carts)
    @rule(index=INDEX, method=METHODS)
    def place(self, index: int, method: str) -> None:
        cart = ShoppingCart.objects.get(pk=self.carts[index % len(self.carts)])
        lines = dict(CartItem.objects.filter(cart=cart).values_list("variant_id", "quantity"))
        demand = {which: lines[variant.pk] for which, variant in enumerate(self.goods) if variant.pk in lines}
        member = cart.customer_id is not None
        email = self.customer.email if member else self.guest
        kind = next((kind for kind, code in self.codes.items() if code == cart.coupon_code), "")
        left = self.expected_stock()
        possible = all(which == 2 or left[which] >= pieces for which, pieces in demand.items())
        sent = submission(cart.pk, email=email, customer_id=cart.customer_id, payment_method=method)
        try:
            order = place_order(**sent)
        except OutOfStock:
            assert not possible
            return
        except CartEmpty:
            assert not demand
            return
        except CouponRefused:
            assert self.is_used_up(kind, email)
            return
        assert possible
        assert demand
        kind = kind if order.discount_codes else ""
        assert not (kind and self.is_used_up(kind, email)), "a code was used beyond its limit"
        assert order.subtotal_amount == sum(Decimal(PRICES[which]) * pieces for which, pieces in demand.items())
        assert order.total_amount == sent["expected_total"] == quantize(order.total_amount, "EUR")
        self.sold.append(Sold(order.pk, demand, kind, email))
        self.carts.remove(cart.pk)
        assert place_order(**{**sent, "idempotency_key": str(uuid4())}) == order, "sent twice, ordered once"

    @rule(index=INDEX)
    def cancel(self, index: int) -> None:
        sold = self._pick(index)
        if sold is None:
            return
        try:
            cancel_order(sold.pk, reason="", actor="machine")
        except OrderNotCancellable:
            return
        assert not sold.is_cancelled, "cancelled twice"
        sold.is_cancelled = True

    @rule(index=INDEX, which=WHICH, pieces=st.integers(0, 4))
    def change_by_hand(self, index: int, which: int, pieces: int) -> None:
        """Staff change how many pieces of something an order has, take it out, or add it."""
        sold = self._pick(index)
        if sold is None:
            return
        order, variant = Order.objects.get(pk=sold.pk), self.goods[which]
        items = list(OrderItem.objects.filter(order=order))
        line = next((item for item in items if item.variant_id == variant.pk), None)
        change = Change(pieces={line.pk: pieces}) if line else Change(added={variant.pk: pieces} if pieces else {})
        before = sold.demand.get(which, 0)
        try:
            total = preview_edit(order, items, change).total
            seen = mark_of(order, items)
            key = {"key": uuid4().hex, "actor": "machine"}
            changed = edit_order(order.pk, change, seen=seen, expected_total=total, **key)
        except OutOfStock:
            assert pieces - before > self.expected_stock()[which]
            return
        except (OrderNotEditable, OrderEditedMeanwhile, PaymentUnderWay, GatewayUnavailable):
            return
        assert not sold.is_cancelled, "a cancelled order was changed"
        sold.demand = {each: number for each, number in {**sold.demand, which: pieces}.items() if number}
        sold.code = sold.code if changed.discount_codes else ""
        self.edited.add(sold.pk)
        assert changed.subtotal_amount == sum(Decimal(PRICES[each]) * number for each, number in sold.demand.items())

    def is_used_up(self, kind: str, buyer: str) -> bool:
        uses = [sold.buyer for sold in self.sold if sold.code == kind and not sold.is_cancelled]
        return len(uses) >= LIMITS["ALL"] if kind == "ALL" else uses.count(buyer) >= LIMITS["EACH"]

    def expected_stock(self) -> list[int]:
        """Received, less what is out with orders that stand and was not put back on sale."""
        left = list(self.received)
        for sold in self.sold:
            for which, pieces in sold.demand.items():
                if not sold.is_cancelled:
                    left[which] -= pieces - min(pieces, self._put_back(sold, self.goods[which]))
        return left

    def _put_back(self, sold: Sold, variant: ProductVariant) -> int:
        done = PaymentRefund.objects.filter(pk__in=self.ever_done, payment__order=sold.pk, restock=True)
        items = OrderItem.objects.filter(order=sold.pk, variant=variant).values_list("pk", flat=True)
        refunded = sum(line["quantity"] for refund in done for line in refund.lines if UUID(line["item"]) in items)
        return refunded + self.returned[sold.pk, variant.pk]

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "sent_back"):
            return
        mine = [sold.pk for sold in self.sold]
        refunds = PaymentRefund.objects.filter(payment__order__in=mine, state="succeeded")
        self.ever_done |= set(refunds.values_list("pk", flat=True))
        assert verify_shop() == []
        assert [stock_of(variant) for variant in self.goods] == self.expected_stock()
        for kind, code in self.codes.items():
            live = [sold for sold in self.sold if sold.code == kind and not sold.is_cancelled]
            assert DiscountCode.objects.get(code=code).usage_count == len(live)
        delivered = Order.objects.filter(customer=self.customer, status="delivered")
        totals = Customer.objects.values_list("total_orders", "total_spent").get(pk=self.customer.pk)
        assert totals == (len(delivered), sum((order.total_amount for order in delivered), Decimal(0)))
        charged = PaymentEntry.objects.filter(kind="captured", gateway="demo", payment__order__in=mine).exclude(
            payment__order__in=self.edited
        )
        assert len(charged) == len(set(charged.values_list("payment__order", flat=True))), "a card was charged twice"
