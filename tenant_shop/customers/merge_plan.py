"""What a merge of two accounts would do: shown before it is done, and the same when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Lower

from tenant_shop.carts.models import CartItem, SavedItem
from tenant_shop.companies.merge_members import Belonging, belonging_of, requests_that_end
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.customers.address_book import addresses_of
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.find import is_erased, normal_email
from tenant_shop.customers.merge_errors import CustomerGone, CustomerNotActive, SameCustomer
from tenant_shop.customers.merge_rows import both_have, last_answer, older_reviews, same_addresses
from tenant_shop.customers.models import Customer
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.wishlist import WishlistItem
from tenant_shop.loyalty.hand_over import check_room_for_points
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.restock.models import StockAlert
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """`moved` counts what comes along by kind, `ended` what does not, `stays` what names the other account for ever.

    `orders` and `spent` are the survivor's totals before and after, `points` the balance; `belonging` says for whom
    they buy. `refused` is the answer that keeps marketing mails away, where one of the two gave it.
    """

    survivor: Customer
    other: Customer
    moved: Mapping[str, int]
    ended: Mapping[str, int]
    stays: Mapping[str, int]
    orders: tuple[int, int]
    spent: tuple[Decimal, Decimal]
    points: tuple[int, int]
    wants_marketing: bool
    refused: CustomerConsent | None
    belonging: Belonging

    @property
    def told(self) -> dict[str, Any]:
        """All of it, ready for JSON: equal when nothing has changed in between."""
        stays, ends = self.belonging.stays, self.belonging.ends
        return {
            "survivor": [str(self.survivor.pk), self.survivor.email],
            "other": [str(self.other.pk), self.other.email],
            "moved": dict(self.moved),
            "ended": dict(self.ended),
            "stays": dict(self.stays),
            "orders": list(self.orders),
            "spent": [str(amount) for amount in self.spent],
            "points": list(self.points),
            "wants_marketing": self.wants_marketing,
            "companies": [None if member is None else [str(member.pk), member.role] for member in (stays, ends)],
        }


def plan_merge(survivor: Customer, other: Customer) -> MergePlan:
    """What becomes of two accounts when `other` is merged into `survivor`. A constant number of statements, all reads.

    Errors: SameCustomer; CustomerGone; CustomerNotActive; PointsOutOfRange; OnlyAdmin.
    """
    _check(survivor, other)
    check_room_for_points(other, survivor)
    belonging = belonging_of(survivor.pk, other.pk)
    orders = orders_of(other)
    counting = orders.filter(status=Order.Status.DELIVERED, is_test=False)
    sums = counting.aggregate(orders=Count("pk"), spent=Sum("total_amount", default=Decimal(0)))
    older = older_reviews(survivor, other)
    reviews = ProductReview.objects.filter(customer=other).exclude(pk__in=older).count()
    wishes = both_have(WishlistItem, "product", survivor, other).count()
    saved = both_have(SavedItem, "variant", survivor, other).count()
    theirs = addresses_of(other)
    same = len(same_addresses(addresses_of(survivor), theirs))
    asked = PurchaseRequest.objects.filter(customer=other).count()
    open_lines = CartItem.objects.filter(
        cart__customer=other, cart__completed_at=None, cart__frozen_at=None, cart__quote=None
    )
    answers = [answer for answer in (last_answer(survivor), last_answer(other)) if answer is not None]
    wants_marketing = survivor.marketing_consent and other.marketing_consent
    return MergePlan(
        survivor=survivor,
        other=other,
        moved={
            "orders": orders.count(),
            "returns": Return.objects.filter(customer=other).count(),
            "reviews": reviews,
            "addresses": len(theirs) - same,
            "wishes": WishlistItem.objects.filter(customer=other).count() - wishes,
            "laid aside": SavedItem.objects.filter(customer=other).count() - saved,
            "requests for a quote": QuoteRequest.objects.filter(customer=other).count(),
            "purchase requests": asked,
            "uses of discounts": uses_of(other).count(),
            "notes of your team": CustomerNote.objects.filter(customer=other).count(),
            "answers about terms and mails": CustomerConsent.objects.filter(customer=other).count(),
        },
        ended={
            "older reviews of a product that both reviewed": len(older),
            "addresses that both have": same,
            "wishes that both have": wishes,
            "laid aside by both": saved,
            "lines of the open cart": open_lines.count(),
            "purchase requests that wait, withdrawn": requests_that_end(other.pk, belonging).count(),
            "alerts about goods": StockAlert.objects.filter(email=normal_email(other.email)).count(),
            "log-ins": CustomerSession.objects.filter(customer=other).count(),
        },
        stays={"credit notes": CreditNote.objects.filter(customer=other).count()},
        orders=(survivor.total_orders, survivor.total_orders + sums["orders"]),
        spent=(survivor.total_spent, survivor.total_spent + sums["spent"]),
        points=(survivor.loyalty_points, survivor.loyalty_points + other.loyalty_points),
        wants_marketing=wants_marketing,
        refused=None
        if wants_marketing
        else max(
            (answer for answer in answers if not answer.is_granted), key=lambda answer: answer.created_at, default=None
        ),
        belonging=belonging,
    )


def orders_of(other: Customer) -> QuerySet[Order]:
    """The account's orders; where it is proven that they read its mail, a guest's with the mailbox too, as in
    `claim_orders`: nobody could claim them afterwards."""
    orders = Order.objects.alias(address=Lower("customer_email"))
    return orders.filter(Q(customer=other) | _of_the_mailbox(other, "address"))


def uses_of(other: Customer) -> QuerySet[DiscountRedemption]:
    """What limits of discounts count for the account: its uses and, once it is proven, those of its mailbox."""
    return DiscountRedemption.objects.filter(Q(customer=other) | _of_the_mailbox(other, "customer_email"))


def _of_the_mailbox(other: Customer, column: str) -> Q:
    if not other.email_verified:
        return Q(pk__in=())
    return Q(customer=None, **{column: normal_email(other.email)})


def _check(survivor: Customer, other: Customer) -> None:
    if survivor.pk == other.pk:
        raise SameCustomer
    if any(is_erased(customer.email) for customer in (survivor, other)):
        raise CustomerGone
    if survivor.status != Customer.Status.ACTIVE:
        raise CustomerNotActive(survivor.status)
    if other.status == Customer.Status.SUSPENDED:
        raise CustomerNotActive(other.status)
