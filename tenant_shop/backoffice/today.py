"""What waits for the shop's people: the counts on the back office's first page, each leading to its list."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from tenant_shop.catalog.models import Product
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.beyond_plan import customers_of_plan
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import PAY_LATER
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.reviews.models import ProductReview

Status = Order.Status
TO_SEND = Q(status__in=[Status.CONFIRMED, Status.PROCESSING]) & ~Q(fulfillment_status=Order.FulfillmentStatus.FULFILLED)
LOW = Q(status=Product.Status.ACTIVE, track_inventory=True, inventory_quantity__lte=F("low_stock_threshold"))


INVOICES = Q(payment_method=PAY_LATER, payment_status=Order.PaymentStatus.PENDING) & ~Q(
    status__in=[Status.CANCELLED, Status.REFUNDED]
)
UNSURE = Q(status=Company.Status.APPROVED, tax_id_state__in=[Company.TaxIdState.FORMAT_OK, Company.TaxIdState.REFUSED])


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how many, what they are, and the list of them."""

    count: int
    title: str
    explanation: str
    url: str


def what_waits(request: HttpRequest) -> list[Waiting]:
    """What the request's user may see; one statement for each of orders, products, reviews, companies and quotes,
    two for customers. Of companies and their invoices nothing is said in a shop that has none.
    """
    found: list[Waiting] = []
    if request.user.has_perm("tenant_shop.view_order"):
        live = Q(status__in=[Status.PENDING, Status.CONFIRMED, Status.PROCESSING])
        orders = Order.objects.filter(live | Q(owed_amount__gt=0) | INVOICES).aggregate(
            invoices=Count("pk", filter=INVOICES),
            overdue=Count("pk", filter=INVOICES & Q(payment_due_at__lte=timezone.now())),
            to_send=Count("pk", filter=TO_SEND),
            unpaid=Count("pk", filter=Q(status=Status.PENDING)),
            owed=Count("pk", filter=Q(owed_amount__gt=0)),
        )
        found += [
            Waiting(
                orders["to_send"],
                "Orders to send",
                "confirmed, not yet sent",
                _list("order", "status__in=confirmed,processing&fulfillment_status__in=unfulfilled,partial"),
            ),
            Waiting(
                orders["unpaid"], "Orders unpaid", "waiting for the money", _list("order", "status__exact=pending")
            ),
            Waiting(
                orders["owed"],
                "Money to give back",
                "paid too late, twice or before cancelling",
                _list("order", "owed=yes"),
            ),
        ]
        if orders["invoices"]:
            found.append(
                Waiting(
                    orders["overdue"],
                    "Invoices overdue",
                    "delivered on account and not paid in time",
                    _list("order", "invoices=overdue"),
                )
            )
    if request.user.has_perm("tenant_shop.view_product"):
        products = Product.objects.aggregate(
            low=Count("pk", filter=LOW), drafts=Count("pk", filter=Q(status=Product.Status.DRAFT))
        )
        found += [
            Waiting(
                products["low"],
                "Products running low",
                "on sale, at or below their threshold",
                _list("product", "stock=low"),
            ),
            Waiting(products["drafts"], "Drafts", "products not yet on sale", _list("product", "status__exact=draft")),
        ]
    if request.user.has_perm("tenant_shop.view_productreview"):
        reviews = ProductReview.objects.filter(status=ProductReview.Status.PENDING).count()
        found.append(
            Waiting(reviews, "Reviews", "to be read and shown", _list("productreview", "status__exact=pending"))
        )
    if request.user.has_perm("tenant_shop.view_quoterequest") and shop_settings().quote_requests:
        asked = QuoteRequest.objects.filter(status=QuoteRequest.Status.REQUESTED).count()
        found.append(Waiting(asked, "Quotes", "to be answered", _list("quoterequest", "status__exact=requested")))
    if request.user.has_perm("tenant_shop.view_customer"):
        found += _beyond_plan()
    if request.user.has_perm("tenant_shop.view_company"):
        found += _companies()
    return found


def _companies() -> list[Waiting]:
    """One statement."""
    companies = Company.objects.aggregate(
        all=Count("pk"),
        pending=Count("pk", filter=Q(status=Company.Status.PENDING)),
        unsure=Count("pk", filter=UNSURE),
    )
    if not companies["all"]:
        return []
    return [
        Waiting(
            companies["pending"], "Companies", "want to order on an account", _list("company", "status__exact=pending")
        ),
        Waiting(
            companies["unsure"],
            "Tax ids",
            "of companies that order, not confirmed or refused",
            _list("company", "status__exact=approved&tax_id_state__in=format_ok,refused"),
        ),
    ]


def _beyond_plan() -> list[Waiting]:
    """A warning, as long as there are more customers than the plan includes."""
    stands = customers_of_plan()
    if not stands.beyond:
        return []
    explanation = (
        f"the plan {stands.plan} includes {stands.included}, you have {stands.there}. "
        "Nobody is turned away; please choose a larger plan"
    )
    return [Waiting(stands.beyond, "Customers beyond your plan", explanation, _list("customer", ""))]


def low_stock(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those on sale at or below their threshold."""
    return products.filter(LOW)


def _list(model: str, query: str) -> str:
    return f"{reverse(f'admin:tenant_shop_{model}_changelist')}?{query}"
