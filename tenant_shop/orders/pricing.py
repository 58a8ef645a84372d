"""What an order costs. Pure: the quote and the order are priced by the same function, so they cannot differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.loyalty.spending import Spending
from tenant_shop.pricing.terms import Terms
from tenant_shop.promotions.assess import Discount, Goods
from tenant_shop.promotions.combine import Savings
from tenant_shop.taxes.rates import LocalTaxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many pieces of a variant (with its product), at `unit_price` rounded to the currency."""

    variant: ProductVariant
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def goods(self) -> Goods:
        product = self.variant.product
        return Goods(
            product_id=product.pk,
            category_id=product.category_id,
            amount=self.total,
            on_sale=self.variant.effective_compare_at_price is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line as it will stand in the order. `total` is before the discount; `points` is what of `discount` points take
    off; `tax` is in or on `total` - `discount`, at `tax_rate` (a fraction).
    """

    variant_id: UUID
    product_id: UUID
    name: str
    sku: str
    options: Mapping[str, str]
    quantity: int
    unit_price: Decimal
    total: Decimal
    discount: Decimal
    points: Decimal
    tax: Decimal
    tax_rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """An order's amounts in `currency`. `tax` is the sum over the lines plus `shipping_tax`, at `shipping_tax_rate`;
    `points_amount` is what of `discount` the `points` take off.

    `total` = `subtotal` - `discount` + `shipping`, plus `tax` unless the prices contain it (`tax_included`).
    """

    lines: tuple[PricedLine, ...]
    currency: str
    subtotal: Decimal
    discount: Decimal
    points: int
    points_amount: Decimal
    shipping: Decimal
    shipping_tax: Decimal
    shipping_tax_rate: Decimal
    tax: Decimal
    tax_included: bool
    total: Decimal
    reverse_charge: bool = False


def want(variant: ProductVariant, quantity: int, terms: Terms) -> Wanted:
    """A demand at what it costs the buyer today."""
    return Wanted(variant=variant, quantity=quantity, unit_price=terms.price(variant, quantity))


def weight_grams(wanted: Sequence[Wanted]) -> Decimal:
    """What the goods weigh; a variant without a weight weighs what its product does, or nothing."""
    total = Decimal(0)
    for line in wanted:
        own, of_product = line.variant.weight, line.variant.product.weight
        weight = own if own is not None else of_product
        total += (weight or Decimal(0)) * line.quantity
    return total


def price_order(
    wanted: Sequence[Wanted],
    *,
    discount: Discount | Savings | None,
    shipping: Decimal,
    taxes: LocalTaxes,
    currency: str,
    spending: Spending | None = None,
) -> Pricing:
    """The amounts of an order for `wanted`, delivered for `shipping` to where `taxes` hold.

    What `spending` takes off is a discount like the others: no tax is owed on it.

    Rounding: unit prices come rounded; discounts were shared over the lines when they were assessed; tax is rounded
        half up for each line and for delivery, after the discount. The sums are sums of rounded parts, never rounded
        again.
    """
    nothing = quantize(Decimal(0), currency)
    none = tuple(nothing for _ in wanted)
    parts, by_points = discount.parts if discount else none, spending.parts if spending else none
    lines = tuple(
        _priced(line, part + points, points, taxes, currency)
        for line, part, points in zip(wanted, parts, by_points, strict=True)
    )
    subtotal = sum((line.total for line in lines), nothing)
    saved = sum((line.discount for line in lines), nothing)
    delivery = nothing if discount and discount.free_shipping else quantize(shipping, currency)
    on_delivery = taxes.on_delivery
    shipping_tax = on_delivery.on(delivery, currency)
    tax_sum = sum((line.tax for line in lines), shipping_tax)
    return Pricing(
        lines=lines,
        currency=currency,
        subtotal=subtotal,
        discount=saved,
        points=spending.points if spending else 0,
        points_amount=sum(by_points, nothing),
        shipping=delivery,
        shipping_tax=shipping_tax,
        shipping_tax_rate=on_delivery.rate,
        tax=tax_sum,
        tax_included=taxes.included,
        total=subtotal - saved + delivery + (nothing if taxes.included else tax_sum),
        reverse_charge=taxes.reversed_from is not None,
    )


def _priced(line: Wanted, discount: Decimal, points: Decimal, taxes: LocalTaxes, currency: str) -> PricedLine:
    product = line.variant.product
    rule = taxes.on_goods(product.tax_class)
    return PricedLine(
        variant_id=line.variant.pk,
        product_id=product.pk,
        name=product.name,
        sku=line.variant.sku,
        options=line.variant.options,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.total,
        discount=discount,
        points=points,
        tax=rule.on(line.total - discount, currency),
        tax_rate=rule.rate,
    )
