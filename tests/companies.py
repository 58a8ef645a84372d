"""Companies that buy: for the tests of every door."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tenant_shop.carts.change import add_line
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tests.accounts import account
from tests.shopping import ADDRESS, stocked

# Ids that could be real, and one that could not.
DE_ID, AT_ID, FR_ID = "DE136695976", "ATU13585627", "FR40303265045"
VIENNA = {**ADDRESS, "address_line_1": "1 Ring", "postal_code": "1010", "city": "Vienna", "country": "AT"}


def company_of(admin: Customer, **values: Any) -> Company:
    """An approved German company whose admin is `admin`."""
    company = Company.objects.create(
        **{"name": "Example Ltd", "country": "DE", "status": "approved", "city": "Berlin", **values}
    )
    CompanyMember.objects.create(company=company, customer=admin, role="admin")
    return company


def joined(company: Company, email: str, role: str = "buyer", **values: Any) -> CompanyMember:
    """Somebody who buys for the company, with an account that is made unless it is given."""
    customer = values.pop("customer", None) or account(email)
    return CompanyMember.objects.create(company=company, customer=customer, role=role, **values)


def membership(customer: Customer) -> CompanyMember:
    return CompanyMember.objects.select_related("company", "customer").get(customer=customer)


def cart_of(customer: Customer, *wanted: tuple[ProductVariant, int]) -> UUID:
    """The customer's cart, holding the variants."""
    cart_id: UUID | None = None
    for variant, quantity in wanted:
        cart_id = add_line(cart_id, variant_id=variant.pk, quantity=quantity, session_id="", customer_id=customer.pk)
    assert cart_id is not None
    return cart_id


def answers(cart_id: UUID, buyer: Customer, company: Company | None, **changes: Any) -> dict[str, Any]:
    """What a member who saw the current quote sends: the arguments of `place_order` and `send_for_approval`."""
    values: dict[str, Any] = {
        "cart_id": cart_id,
        "idempotency_key": str(uuid4()),
        "email": buyer.email,
        "phone": "",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_code": "standard",
        "payment_method": "bank_transfer",
        "customer_id": buyer.pk,
        **changes,
    }
    if "expected_total" not in values:
        values["expected_total"] = quote(
            cart_id,
            country=values["shipping_address"]["country"],
            shipping_code=values["shipping_code"],
            company=company,
        ).total
    return values


def ordered_by(member: CompanyMember, *wanted: tuple[ProductVariant, int], **changes: Any) -> Order:
    """An order of a member."""
    cart_id = cart_of(member.customer, *wanted)
    company = Company.objects.get(pk=member.company_id)
    return place_order(**answers(cart_id, member.customer, company, **changes))


def asked_by(
    company: Company, *, email: str = "buyer@example.com", price: str = "10.00", **changes: Any
) -> PurchaseRequest:
    """A buyer's request for one mug at `price`, delivered for what the shop asks; the buyer is made if need be."""
    member = CompanyMember.objects.filter(customer__email=email).first() or joined(company, email)
    cart_id = cart_of(member.customer, (stocked(price=price, name="Mug"), 1))
    return send_for_approval(**answers(cart_id, member.customer, company, **changes))


def total_of(asked: PurchaseRequest) -> Decimal:
    return asked.total
