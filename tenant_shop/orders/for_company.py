"""What is different about an order when a company buys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from smartseller.formats import amount
from tenant_shop.companies.credit import check_credit
from tenant_shop.companies.errors import ApprovalNeeded, BuyerGone
from tenant_shop.companies.membership import buying_member, buys_for, lock_buying_member
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.companies.purchase_number import read_purchase_number
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.approval import Approval
from tenant_shop.orders.editing import OrderNotEditable
from tenant_shop.orders.errors import PaymentMethodUnavailable
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Wanted
from tenant_shop.payments.methods import PAY_LATER, PaymentMethod
from tenant_shop.shipping.rates import ShippingOption
from tenant_shop.taxes.rates import LocalTaxes


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOrder:
    """For whom an order is: a member's company, as it is while the order is placed."""

    member: CompanyMember
    company: Company
    purchase_number: str
    approval: Approval | None


def company_order_of(
    customer_id: UUID | None,
    settings: ShopSettings,
    *,
    payment_method: str,
    purchase_number: str,
    approval: Approval | None,
) -> CompanyOrder | None:
    """The company that the customer buys for, locked when it is to pay later; None for who buys for themselves.

    One statement, none in a shop without company accounts.
    Errors: BuyerGone; PurchaseNumberMissing, PurchaseNumberInvalid; PaymentMethodUnavailable.
    """
    later = payment_method == PAY_LATER
    member = (lock_buying_member if later else buying_member)(customer_id, settings)
    if approval is not None and (member is None or member.company_id != approval.company_id):
        raise BuyerGone
    if member is None:
        return None
    company = member.company
    if later and not company.pay_later:
        raise PaymentMethodUnavailable(payment_method)
    number = read_purchase_number(company, purchase_number)
    return CompanyOrder(member=member, company=company, purchase_number=number, approval=approval)


def check_company_order(order: CompanyOrder, total: Decimal, currency: str, method: PaymentMethod) -> None:
    """Whether the company may order for `total`. One statement to pay later. Errors: ApprovalNeeded, CreditExceeded."""
    if order.approval is None and order.member.needs_approval(total):
        raise ApprovalNeeded(total, currency)
    if method.code == PAY_LATER:
        check_credit(order.company, total, currency)


def check_company_rise(order: Order, total: Decimal) -> None:
    """Whether an order of a company may cost `total`, more than it does, without asking anybody there once more.

    What was approved before holds up to what it was approved at. At most three statements. Errors: OrderNotEditable.
    """
    company = order.company
    if company is None:
        return
    member = CompanyMember.objects.select_related("company").filter(customer=order.customer_id, company=company).first()
    if member is None or buys_for(member) is None:
        raise OrderNotEditable(order.order_number, f"Who ordered it does not buy for {company.name} any more.")
    if not member.needs_approval(total):
        return
    if PurchaseRequest.objects.filter(order=order, currency=order.currency, total__gte=total).exists():
        return
    raise OrderNotEditable(
        order.order_number,
        f"It would cost {amount(total, order.currency)}, which somebody else at {company.name} has to approve. "
        "Have what is added ordered on its own, and approved.",
    )


def net_prices(wanted: Sequence[Wanted], taxes: LocalTaxes, currency: str) -> list[Wanted]:
    """The lines as who owes the tax instead of the shop pays them: without the tax that the prices contain.

    Rounding: half up, the price of one piece; a line is that price times its pieces. docs/taxes.md has numbers.
    """
    before = taxes.reversed_from
    if before is None:
        return list(wanted)
    return [
        replace(line, unit_price=before.on_goods(line.variant.product.tax_class).net(line.unit_price, currency))
        for line in wanted
    ]


def net_delivery(delivery: ShippingOption, taxes: LocalTaxes, currency: str) -> ShippingOption:
    """As `net_prices`, of what delivery costs."""
    before = taxes.reversed_from
    return delivery if before is None else replace(delivery, amount=before.on_delivery.net(delivery.amount, currency))
