"""A company that buys: its people, its prices, the orders it has placed, and what it asked the price of."""

from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from smartseller.money import quantize
from tenant_shop.carts.change import add_line
from tenant_shop.catalog.models import Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.demo.history.orders import PastOrder
from tenant_shop.demo.people import PASSWORD
from tenant_shop.demo.shops import DemoPerson, DemoShop
from tenant_shop.orders.models import Order
from tenant_shop.orders.quote import quote
from tenant_shop.payments.methods import KNOWN, PAY_LATER
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tenant_shop.promotions.limits import Shopper
from tenant_shop.quotes.answer import answer_quote
from tenant_shop.quotes.models import QuoteEvent, QuoteRequest
from tenant_shop.quotes.request import request_quote

# The demo is looked at for a while.
OFFER_HOLDS_FOR = timedelta(days=60)
REGISTERED_DAYS_AGO = 80
MOST_ORDERS = 6
# Which of them are not paid: one that is overdue, and the latest.
OPEN_INVOICES = frozenset({1, 4, 5})
SENT = (Order.Status.SHIPPED, Order.Status.DELIVERED)


@dataclass(frozen=True, kw_only=True)
class Buying:
    """The company, and its member who buys."""

    company: Company
    buyer: Customer


def write_company(shop: DemoShop, *, staff: str, now: datetime) -> Buying:
    """Write the group with its prices and rules, and the company in it with its people, who can log in.

    Its tax id counts as confirmed by `staff`, the id of a user: no register is asked.
    """
    facts, since = shop.business.company, now - timedelta(days=REGISTERED_DAYS_AGO)
    group = _write_group(shop)
    place = {name: facts.get(name, "") for name in ("address_line_1", "postal_code", "city", "state_province")}
    company = Company.objects.create(
        name=facts["name"],
        tax_id=facts["tax_id"],
        tax_id_state=Company.TaxIdState.CONFIRMED,
        tax_id_checked_at=since,
        tax_id_checked_by=staff,
        country=shop.country,
        status=Company.Status.APPROVED,
        group=group,
        pay_later=True,
        payment_days=facts["payment_days"],
        credit_limit=Decimal(facts["credit_limit"]),
        approval_rule=Company.ApprovalRule.ABOVE,
        approval_above=Decimal(facts["approval_above"]),
        purchase_number_required=True,
        created_at=since,
        **place,
    )
    buyers = {person.role: _write_member(shop, company, person, place, since) for person in shop.business.people}
    return Buying(company=company, buyer=buyers["buyer"])


def _write_group(shop: DemoShop) -> CustomerGroup:
    business = shop.business
    group = CustomerGroup.objects.create(
        name=business.group["name"],
        description=business.group["description"],
        minimum_order_amount=Decimal(business.group["minimum_order"]),
    )
    prices = PriceList.objects.create(group=group, name=business.group["name"], currency=shop.currency)
    products = Product.objects.in_bulk(
        [row["sku"] for row in (*business.prices, *business.quantities) if "sku" in row], field_name="sku"
    )
    categories = Category.objects.in_bulk(
        [row["category"] for row in business.prices if "category" in row], field_name="slug"
    )
    PriceListEntry.objects.bulk_create(
        PriceListEntry(
            price_list=prices,
            product=products[row["sku"]] if "sku" in row else None,
            category=categories[row["category"]] if "category" in row else None,
            **terms,
        )
        for row in business.prices
        for terms in _terms(row)
    )
    QuantityRule.objects.bulk_create(
        QuantityRule(
            group=group,
            product=products[row["sku"]],
            minimum=row.get("minimum", 1),
            multiple=row.get("multiple", 1),
        )
        for row in business.quantities
    )
    return group


def _terms(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the goods of a row cost: so much less, or by quantity."""
    if "off" in row:
        return [{"percent_off": Decimal(row["off"])}]
    return [{"min_quantity": int(least), "unit_price": Decimal(price)} for least, price in row["each"].items()]


def _write_member(
    shop: DemoShop, company: Company, person: DemoPerson, place: Mapping[str, str], since: datetime
) -> Customer:
    customer = Customer.objects.create(
        email=person.email,
        password_hash=make_password(PASSWORD),
        first_name=person.first_name,
        last_name=person.last_name,
        phone=shop.business.company["phone"],
        email_verified=True,
        language="en",
        timezone=shop.timezone,
        currency=shop.currency,
        password_changed_at=since,
        created_at=since,
    )
    CompanyMember.objects.create(company=company, customer=customer, role=person.role, created_at=since)
    CustomerAddress.objects.create(
        customer=customer,
        type=CustomerAddress.Type.BOTH,
        is_default=True,
        first_name=person.first_name,
        last_name=person.last_name,
        company=company.name,
        country=shop.country,
        created_at=since,
        **{name: value or None for name, value in place.items()},
    )
    return customer


def take_orders(shop: DemoShop, buying: Buying, orders: MutableSequence[PastOrder]) -> None:
    """Make orders of guests the company's, before `orders` are written; some of them are not paid."""
    suitable = [
        number
        for number, past in enumerate(orders)
        if past.order.customer is None
        and past.redemption is None
        and past.order.status in SENT
        and past.order.shipping_address["country"] == shop.country
        and not any(entry.kind == "refunded" for entry in past.entries)
        and past.order.created_at > buying.company.created_at
    ]
    chosen = suitable[:: -max(len(suitable) // MOST_ORDERS, 1)][:MOST_ORDERS][::-1]
    for place, number in enumerate(chosen):
        is_open = place in OPEN_INVOICES
        orders[number] = _as_the_companys(shop, buying, orders[number], place=place, is_open=is_open)


def _as_the_companys(shop: DemoShop, buying: Buying, past: PastOrder, *, place: int, is_open: bool) -> PastOrder:
    order, company, buyer = past.order, buying.company, buying.buyer
    order.customer, order.customer_email, order.customer_phone = buyer, buyer.email, buyer.phone
    order.company, order.company_name, order.company_tax_id = company, company.name, company.tax_id
    order.purchase_number = shop.business.company["purchase_numbers"].format(number=place + 1)
    order.shipping_address = order.billing_address = {
        "first_name": buyer.first_name or "",
        "last_name": buyer.last_name or "",
        **_place_of(company),
    }
    if not is_open:
        return past
    order.payment_method, order.payment_gateway = PAY_LATER, KNOWN[PAY_LATER].gateway
    order.payment_due_at = order.created_at + timedelta(days=company.payment_days)
    order.payment_status = Order.PaymentStatus.PENDING
    past.payment.method, past.payment.gateway = PAY_LATER, KNOWN[PAY_LATER].gateway
    return replace(past, entries=[])


def write_quotes(
    shop: DemoShop, buying: Buying, variants: Sequence[ProductVariant], *, staff: str, now: datetime
) -> int:
    """Ask for the quotes that are described, and answer those that have an answer; how many."""
    first, buyer = _first_of_each(variants), buying.buyer
    for wanted in shop.business.quotes:
        cart_id = _cart_with(wanted["goods"], first, buyer)
        asked = request_quote(
            cart_id, email=buyer.email, name=buyer.full_name, note=wanted["note"], customer_id=buyer.pk, language="en"
        )
        asked_at = now - timedelta(days=wanted["days_ago"])
        QuoteRequest.objects.filter(pk=asked.pk).update(created_at=asked_at)
        QuoteEvent.objects.filter(quote=asked).update(created_at=asked_at)
        if "answer" not in wanted:
            continue
        share = (100 - Decimal(wanted["off"])) / 100
        answer_quote(
            asked.pk,
            {line.pk: quantize(line.list_price * share, shop.currency) for line in asked.lines.all()},
            valid_until=now + OFFER_HOLDS_FOR,
            actor=staff,
            shipping=Decimal(wanted["shipping"]),
            note=wanted["answer"],
        )
    return len(shop.business.quotes)


def send_requests(shop: DemoShop, buying: Buying, variants: Sequence[ProductVariant]) -> None:
    """Have the buyer send for approval what is described. Each is a transaction of its own, and comes last: an approver
    is written to."""
    first, buyer, settings = _first_of_each(variants), buying.buyer, shop_settings()
    address = {
        "first_name": buyer.first_name or "",
        "last_name": buyer.last_name or "",
        **_place_of(buying.company),
    }
    for wanted in shop.business.requests:
        cart_id = _cart_with(wanted["goods"], first, buyer)
        priced = quote(
            cart_id,
            country=shop.country,
            state=buying.company.state_province,
            postal_code=buying.company.postal_code,
            shipping_code=None,
            shopper=Shopper(customer_id=buyer.pk),
            company=buying.company,
        )
        send_for_approval(
            cart_id=cart_id,
            customer_id=buyer.pk,
            idempotency_key=f"demo-{wanted['purchase_number']}",
            email=buyer.email,
            phone=buyer.phone,
            shipping_address=address,
            billing_address=address,
            shipping_code=priced.shipping_code or "",
            payment_method=PAY_LATER,
            expected_total=priced.total,
            notes=wanted["note"],
            purchase_number=wanted["purchase_number"],
            agreed_to=settings.terms_text,
        )


def _cart_with(goods: Mapping[str, int], first: Mapping[str, ProductVariant], buyer: Customer) -> UUID:
    """The buyer's open cart, with as many of each SKU in it besides."""
    carts = [
        add_line(None, variant_id=first[sku].pk, quantity=pieces, session_id="", customer_id=buyer.pk)
        for sku, pieces in goods.items()
    ]
    return carts[-1]


def _first_of_each(variants: Sequence[ProductVariant]) -> dict[str, ProductVariant]:
    """The first variant of each product, by the product's SKU."""
    first: dict[str, ProductVariant] = {}
    for variant in variants:
        first.setdefault(variant.product.sku, variant)
    return first


def _place_of(company: Company) -> dict[str, str]:
    """Its address, as orders have it."""
    return {
        "company": company.name,
        "address_line_1": company.address_line_1,
        "address_line_2": "",
        "postal_code": company.postal_code,
        "city": company.city,
        "state_province": company.state_province,
        "country": company.country,
    }
