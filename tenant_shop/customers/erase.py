"""Erasing a customer: what must be kept of their orders stays, and no longer says whose they were."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.carts.models import SavedItem, ShoppingCart
from tenant_shop.catalog.search.models import SearchCount
from tenant_shop.companies.forget import forget_member
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.errors import LinkSpent, OrdersUnderWay
from tenant_shop.customers.find import ERASED_AT, normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.post import write_to
from tenant_shop.customers.register import unusable_password
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.tokens import CustomerToken, issue, look_at, spend_for_customer
from tenant_shop.customers.wishlist import WishlistItem
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.loyalty.forfeit import forfeit_points
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.restock.models import StockAlert
from tenant_shop.returns.models import Return

ERASE = CustomerToken.Purpose.ERASE
UNDER_WAY = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING, Order.Status.SHIPPED)
# Tables whose rows are the customer's alone.
OWN_ROWS = (
    CustomerAddress,
    CustomerConsent,
    CustomerSession,
    CustomerToken,
    SavedItem,
    WishlistItem,
)
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
        _lock_orders(look_at(link, ERASE))
        token, customer = spend_for_customer(link, ERASE)
        email, language = normal_email(customer.email), customer.language
        # Whoever has moved to another mailbox is not erased by the old one.
        if email != token.email:
            raise LinkSpent
        # An order that is being placed is waited for here, and seen below; one that comes later finds no cart.
        quotes = QuoteRequest.objects.filter(Q(customer=customer) | Q(customer=None, email__iexact=email))
        carts = ShoppingCart.objects.filter(Q(customer=customer) | Q(quote__in=quotes))
        list(carts.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        carts.delete()
        quotes.delete()
        forget_member(customer.pk)
        claim_orders(customer)
        _check_nothing_is_under_way(customer)
        _scrub_orders(customer)
        _scrub_mailbox(email, customer.pk)
        for model in OWN_ROWS:
            model.objects.filter(customer=customer).delete()
        Return.objects.filter(customer=customer).update(note="", answer="", customer=None)
        forfeit_points(customer.pk, actor=str(customer.pk))
        Customer.objects.filter(pk=customer.pk).update(
            email=nobodys_email(customer.pk),
            password_hash=unusable_password(),
            first_name=None,
            last_name=None,
            phone=None,
            date_of_birth=None,
            status=Customer.Status.INACTIVE,
            email_verified=False,
            phone_verified=False,
            marketing_consent=False,
            failed_login_attempts=0,
            locked_until=None,
            last_login_at=None,
            loyalty_tier=Customer.LoyaltyTier.BRONZE,
            group=None,
            metadata={},
        )
        write_to(email, Kind.ERASED, language=language)


def _lock_orders(token: CustomerToken) -> None:
    """Lock the customer's orders, and those of a guest with the mailbox: orders come before their customer."""
    orders = Order.objects.alias(address=Lower("customer_email"))
    theirs = orders.filter(Q(customer=token.customer_id) | Q(customer=None, address=token.email))
    list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def nobodys_email(customer_id: UUID) -> str:
    """One for each erased customer."""
    return f"erased-{customer_id.hex}{ERASED_AT}"


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
    redemptions = DiscountRedemption.objects.filter(order__in=[order.pk for order in orders])
    redemptions.update(customer_email=nobodys_email(customer.pk), customer=None)


def _what_is_kept(address: dict[str, str]) -> dict[str, str]:
    return {name: value if name in KEPT_OF_AN_ADDRESS else "" for name, value in address.items()}


def _scrub_mailbox(email: str, customer_id: UUID) -> None:
    """What only the mailbox leads to, and the outbox: letters went to mailboxes that the customer had before, too."""
    StockAlert.objects.filter(email=email).delete()
    CustomerToken.objects.filter(email=email).delete()
    SearchCount.objects.filter(text__icontains=email).delete()
    events = OutboxEvent.objects.filter(Q(payload__email__iexact=email) | Q(payload__customer_id=str(customer_id)))
    events.delete()
