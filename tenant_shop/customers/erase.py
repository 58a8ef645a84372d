"""Erasing a customer: what must be kept of their orders stays, and no longer says whose they were."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.forget import forget_member
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.errors import LinkSpent, OrdersUnderWay, OtherMailbox
from tenant_shop.customers.find import normal_email, not_erased
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.post import write_to
from tenant_shop.customers.scrub import forget_mailbox, nobodys_email, scrub_account
from tenant_shop.customers.tokens import CustomerToken, issue, look_at, spend_for_customer
from tenant_shop.integrations.forget import forget_told_of
from tenant_shop.integrations.idempotency.keep import forget_whom_it_names
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event
from tenant_shop.loyalty.forfeit import forfeit_points
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import OrderNote
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return

ERASE = CustomerToken.Purpose.ERASE
UNDER_WAY = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING, Order.Status.SHIPPED)
# What stays of an address: taxes are owed by country and state.
KEPT_OF_AN_ADDRESS = ("state_province", "country")


def ask_to_erase(customer: Customer) -> None:
    """Send the customer a link that erases the account. Errors: OrdersUnderWay."""
    _check_nothing_is_under_way(customer)
    with shop_transaction():
        CustomerToken.objects.filter(customer=customer, purpose=ERASE).delete()
        token = issue(ERASE, email=normal_email(customer.email), customer=customer)
        write_to(token.email, Kind.ERASE, customer=customer, token=token)


def erase(link: str) -> None:
    """Erase the customer that the link was sent to: name, mailbox, addresses, telephone, lists, carts, quotes, log-ins.

    Orders and reviews stay, nobody's. Afterwards one last mail is sent, and the outbox forgets the mailbox once it is.
    Rows are locked in this order: orders, customer, carts. An order that is placed meanwhile is waited for.
    Errors: LinkSpent; OrdersUnderWay, and the link stays good.
    """
    with shop_transaction():
        seen = look_at(link, ERASE)
        _lock_orders(seen.customer_id, seen.email)
        token, customer = spend_for_customer(link, ERASE)
        # Whoever has moved to another mailbox is not erased by the old one.
        if normal_email(customer.email) != token.email:
            raise LinkSpent
        _erase(customer, actor=str(customer.pk), reads_mailbox=True)


def erase_customer(customer_id: UUID, *, email: str, actor: str) -> None:
    """Erase a customer who asked the shop's people for it, and whom they know: `email` is how they wrote it down.

    As `erase`, whatever the account's status: who was suspended may ask for it, too. `actor` is a user's id.
    What guests did with the mailbox is the customer's only if it is proven that they read it.
    Errors, with nothing changed: Customer.DoesNotExist, also for who is erased already; OtherMailbox; OrdersUnderWay.
    """
    with shop_transaction():
        seen = not_erased().get(pk=customer_id)
        if normal_email(email) != normal_email(seen.email):
            raise OtherMailbox
        _lock_orders(customer_id, normal_email(seen.email))
        customer = not_erased().select_for_update(no_key=True).get(pk=customer_id)
        if normal_email(customer.email) != normal_email(email):
            raise OtherMailbox
        _erase(customer, actor=actor, reads_mailbox=customer.email_verified)


def _erase(customer: Customer, *, actor: str, reads_mailbox: bool) -> None:
    """Everything that an erasure does, once the orders and then the customer are locked."""
    email, language = normal_email(customer.email), customer.language
    asked = Q(customer=customer)
    if reads_mailbox:
        asked |= Q(customer=None, email__iexact=email)
    # An order that is being placed is waited for here, and seen below; one that comes later finds no cart.
    quotes = QuoteRequest.objects.filter(asked)
    carts = ShoppingCart.objects.filter(Q(customer=customer) | Q(quote__in=quotes))
    list(carts.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    carts.delete()
    quotes.delete()
    forget_member(customer.pk)
    claim_orders(customer)
    _check_nothing_is_under_way(customer)
    _scrub_orders(customer)
    _scrub_mailbox(email, customer.pk)
    Return.objects.filter(customer=customer).update(note="", answer="", customer=None)
    forfeit_points(customer.pk, actor=actor)
    forget_whom_it_names([str(customer.pk), customer.phone or ""])
    scrub_account(customer.pk)
    record_event("customer.erased", {"id": str(customer.pk)})
    write_to(email, Kind.ERASED, language=language)


def _lock_orders(customer_id: UUID | None, email: str) -> None:
    """Lock the customer's orders, and those of a guest with the mailbox: orders come before their customer."""
    orders = Order.objects.alias(address=Lower("customer_email"))
    theirs = orders.filter(Q(customer=customer_id) | Q(customer=None, address=email))
    list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _check_nothing_is_under_way(customer: Customer) -> None:
    """What is still to be paid, packed or carried needs to know where to."""
    if Order.objects.filter(customer=customer, status__in=UNDER_WAY).exists():
        raise OrdersUnderWay


def _scrub_orders(customer: Customer) -> None:
    orders = list(Order.objects.select_for_update(no_key=True).filter(customer=customer).order_by("pk"))
    for order in orders:
        order.customer_email = nobodys_email(customer.pk)
        order.customer_phone = order.notes = None
        order.shipping_address = _what_is_kept(order.shipping_address)
        order.billing_address = _what_is_kept(order.billing_address)
    Order.objects.bulk_update(
        orders,
        ["customer_email", "customer_phone", "notes", "shipping_address", "billing_address"],
        batch_size=500,
    )
    ids = [order.pk for order in orders]
    redemptions = DiscountRedemption.objects.filter(order__in=ids)
    redemptions.update(customer_email=nobodys_email(customer.pk), customer=None)
    OrderNote.objects.filter(order__in=ids).delete()
    # Whatever mailbox they named: it may be one that the customer had before.
    about = [str(order_id) for order_id in ids]
    OutboxEvent.objects.filter(Q(payload__order_id__in=about) | Q(payload__id__in=about)).delete()
    forget_told_of(customer.pk, subjects=ids)


def _what_is_kept(address: dict[str, str]) -> dict[str, str]:
    return {name: value if name in KEPT_OF_AN_ADDRESS else "" for name, value in address.items()}


def _scrub_mailbox(email: str, customer_id: UUID) -> None:
    """What only the mailbox leads to, and the outbox: letters went to mailboxes that the customer had before, too."""
    forget_mailbox(email)
    events = OutboxEvent.objects.filter(Q(payload__email__iexact=email) | Q(payload__customer_id=str(customer_id)))
    events.delete()
