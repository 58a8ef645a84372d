"""What waits for the shop's people: counts, each leading to the list of exactly these rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from tenant_shop.backoffice.at_once import Question, how_many, is_there
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.imports.runs.needs import troubled
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.inventory.running_low import running_low
from tenant_shop.orders.models import Order
from tenant_shop.payments.failed_refunds import failed_refunds
from tenant_shop.payments.methods import PAY_LATER
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview

# Lists stop counting there, too.
MOST = 10_000

Status = Order.Status
TO_SEND = Q(status__in=[Status.CONFIRMED, Status.PROCESSING]) & ~Q(fulfillment_status=Order.FulfillmentStatus.FULFILLED)
INVOICES = Q(payment_method=PAY_LATER, payment_status=Order.PaymentStatus.PENDING) & ~Q(
    status__in=[Status.CANCELLED, Status.REFUNDED]
)
UNSURE = Q(status=Company.Status.APPROVED, tax_id_state__in=[Company.TaxIdState.FORMAT_OK, Company.TaxIdState.REFUSED])
SENT_BACK = [Return.Status.REQUESTED, Return.Status.RECEIVED]


class MayAsk(Protocol):
    """Somebody with permissions."""

    def has_perm(self, perm: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how many, what they are, and the list of them."""

    count: int
    title: str
    explanation: str
    url: str

    @property
    def is_cut_short(self) -> bool:
        """Whether there may be more: nobody counts to millions for a number on a page."""
        return self.count >= MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that may wait: which rows, who may see them, and their list (model and query, or `page` and query).

    A "no" to `only_if` keeps it off the page: a shop without companies reads nothing of them.
    """

    name: str
    title: str
    explanation: str
    model: str
    query: str
    rows: Callable[[], QuerySet[Any, Any]]
    only_if: Callable[[], Question] | None = None
    page: str = ""

    @property
    def permission(self) -> str:
        return f"tenant_shop.view_{self.model}"

    @property
    def url(self) -> str:
        return f"{reverse(self.page or f'admin:tenant_shop_{self.model}_changelist')}?{self.query}"


def with_refunds(orders: QuerySet[Order], state: str) -> QuerySet[Order]:
    """Those with a refund whose answer is not here ("pending"), or that failed and was not tried again ("failed")."""
    refunds = failed_refunds() if state == PaymentRefund.State.FAILED else PaymentRefund.objects.filter(state=state)
    return orders.filter(Exists(refunds.order_by().filter(payment__order=OuterRef("pk"))))


def with_failed_pictures(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those with a picture of which no renditions could be made."""
    failed = ProductImage.objects.order_by().filter(
        product=OuterRef("pk"), rendition_problem__isnull=False, renditions_due_at=None
    )
    return products.filter(Exists(failed))


def overdue_invoices(orders: QuerySet[Order]) -> QuerySet[Order]:
    """What companies pay later and have not paid in time."""
    return orders.filter(INVOICES, payment_due_at__lte=timezone.now())


def real_orders() -> QuerySet[Order]:
    """Those that are no try-out: nobody waits for the others."""
    return Order.objects.filter(is_test=False)


THINGS = (
    Thing(
        name="to_send",
        title="Orders to send",
        explanation="confirmed, not yet sent",
        model="order",
        query="status__in=confirmed,processing&fulfillment_status__in=unfulfilled,partial&is_test__exact=0",
        rows=lambda: real_orders().filter(TO_SEND),
    ),
    Thing(
        name="to_capture",
        title="Money to take",
        explanation="promised by a card, not yet taken",
        model="order",
        query="payment_status__exact=authorized&status__in=pending,confirmed,processing,shipped,delivered&is_test__exact=0",
        rows=lambda: (
            real_orders()
            .filter(payment_status=Order.PaymentStatus.AUTHORIZED)
            .exclude(status__in=[Status.CANCELLED, Status.REFUNDED])
        ),
    ),
    Thing(
        name="unpaid",
        title="Orders unpaid",
        explanation="waiting for the money",
        model="order",
        query="status__exact=pending&is_test__exact=0",
        rows=lambda: real_orders().filter(status=Status.PENDING),
    ),
    Thing(
        name="owed",
        title="Money to give back",
        explanation="paid too late, twice or before cancelling",
        model="order",
        query="owed=yes&is_test__exact=0",
        rows=lambda: real_orders().filter(owed_amount__gt=0),
    ),
    Thing(
        name="refunds_failed",
        title="Refunds that failed",
        explanation="the money did not arrive, and nobody has tried again",
        model="order",
        query="refunds=failed&is_test__exact=0",
        rows=lambda: with_refunds(real_orders(), "failed"),
    ),
    Thing(
        name="refunds_pending",
        title="Refunds on their way",
        explanation="the bank has not answered yet",
        model="order",
        query="refunds=pending&is_test__exact=0",
        rows=lambda: with_refunds(real_orders(), "pending"),
    ),
    Thing(
        name="overdue",
        title="Invoices overdue",
        explanation="delivered on account and not paid in time",
        model="order",
        query="invoices=overdue&is_test__exact=0",
        rows=lambda: overdue_invoices(real_orders()),
        only_if=lambda: is_there(Order.objects.filter(INVOICES)),
    ),
    Thing(
        name="returns",
        title="Returns",
        explanation="to be answered, or arrived and not paid back",
        model="return",
        query="status__in=requested,received",
        rows=lambda: Return.objects.filter(status__in=SENT_BACK),
    ),
    Thing(
        name="low",
        title="Products running low",
        explanation="on sale, with a variant sold out or at or below the threshold",
        model="product",
        query="stock=low",
        rows=lambda: running_low(Product.objects.all()),
    ),
    Thing(
        name="drafts",
        title="Drafts",
        explanation="products not yet on sale",
        model="product",
        query="status__exact=draft",
        rows=lambda: Product.objects.filter(status=Product.Status.DRAFT),
    ),
    Thing(
        name="pictures",
        title="Pictures that failed",
        explanation="imported or uploaded, and nothing could be made of them",
        model="product",
        query="pictures=failed",
        rows=lambda: with_failed_pictures(Product.objects.all()),
    ),
    Thing(
        name="imports",
        title="Imports with errors",
        explanation="rows were left out, or the file could not be read",
        model="importrun",
        query="errors=open",
        rows=lambda: troubled(ImportRun.objects.all()),
    ),
    Thing(
        name="webhooks",
        title="Failed webhooks",
        explanation="what other systems did not take, within thirty days",
        model="webhookdelivery",
        query="state=failed",
        rows=lambda: WebhookDelivery.objects.filter(state=WebhookDelivery.State.FAILED),
        only_if=lambda: is_there(Webhook.objects.all()),
        page="admin:webhook_deliveries",
    ),
    Thing(
        name="reviews",
        title="Reviews",
        explanation="to be read and shown",
        model="productreview",
        query="status__exact=pending",
        rows=lambda: ProductReview.objects.filter(status=ProductReview.Status.PENDING),
    ),
    Thing(
        name="quotes",
        title="Quotes",
        explanation="to be answered",
        model="quoterequest",
        query="status__exact=requested",
        rows=lambda: QuoteRequest.objects.filter(status=QuoteRequest.Status.REQUESTED),
    ),
    Thing(
        name="companies",
        title="Companies",
        explanation="want to order on an account",
        model="company",
        query="status__exact=pending",
        rows=lambda: Company.objects.filter(status=Company.Status.PENDING),
        only_if=lambda: is_there(Company.objects.all()),
    ),
    Thing(
        name="tax_ids",
        title="Tax ids",
        explanation="of companies that order, not confirmed or refused",
        model="company",
        query="status__exact=approved&tax_id_state__in=format_ok,refused",
        rows=lambda: Company.objects.filter(UNSURE),
        only_if=lambda: is_there(Company.objects.all()),
    ),
)


def things_for(user: MayAsk, shop: ShopSettings) -> list[Thing]:
    """What `user` may see; of quotes nothing in a shop that takes no requests."""
    return [
        thing for thing in THINGS if user.has_perm(thing.permission) and (thing.name != "quotes" or shop.quote_requests)
    ]


def questions_of(things: list[Thing]) -> dict[str, Question]:
    """What is to be asked for `waiting_of`."""
    asked = {thing.name: how_many(thing.rows(), most=MOST) for thing in things}
    conditions = {f"{thing.name}?": thing.only_if() for thing in things if thing.only_if is not None}
    return asked | conditions


def waiting_of(things: list[Thing], answers: dict[str, Any]) -> list[Waiting]:
    """What waits, in order, by the answers to `questions_of(things)`."""
    return [
        Waiting(answers[thing.name], thing.title, thing.explanation, thing.url)
        for thing in things
        if answers.get(f"{thing.name}?", True)
    ]
