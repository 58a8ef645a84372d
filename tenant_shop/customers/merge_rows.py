"""Lists that two accounts have: what comes along in a merge, and what the account that stays has already."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Model, QuerySet

from tenant_shop.carts.models import SavedItem
from tenant_shop.customers.address_book import Role, addresses_of, choose, roles_of
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.wishlist import MOST_WISHES, WishlistItem
from tenant_shop.reviews.models import ProductReview

MARKETING = CustomerConsent.Kind.MARKETING_EMAIL
PLACE = "merge"
WRITTEN = (
    "first_name",
    "last_name",
    "company",
    "address_line_1",
    "address_line_2",
    "city",
    "state_province",
    "postal_code",
    "country",
)


def both_have(model: type[Model], thing: str, survivor: Customer, other: Customer) -> QuerySet[Model]:
    """The other account's rows of `model` for a `thing` that the survivor has a row for as well."""
    rows = model._default_manager
    theirs = rows.filter(customer=survivor).values(thing)
    return rows.filter(customer=other, **{f"{thing}__in": theirs})


def move_lists(survivor: Customer, other: Customer) -> None:
    """The wishes and what is laid aside; of what both have, the survivor's row stays."""
    for model, thing in ((WishlistItem, "product"), (SavedItem, "variant")):
        both_have(model, thing, survivor, other).delete()
        model._default_manager.filter(customer=other).update(customer=survivor)
    # As when a wish is added: the oldest make room.
    kept = WishlistItem.objects.filter(customer=survivor).values("pk")[:MOST_WISHES]
    WishlistItem.objects.filter(customer=survivor).exclude(pk__in=kept).delete()


def older_reviews(survivor: Customer, other: Customer) -> list[UUID]:
    """Of products that both have reviewed, the older review. One statement."""
    reviews = ProductReview.objects.filter(customer__in=[survivor, other]).order_by("created_at", "pk")
    latest: dict[UUID, UUID] = {}
    older = []
    for review_id, product_id in reviews.values_list("pk", "product"):
        if product_id in latest:
            older.append(latest[product_id])
        latest[product_id] = review_id
    return older


def move_reviews(survivor: Customer, other: Customer) -> None:
    """The newest review of a product stays: a customer has one."""
    ProductReview.objects.filter(pk__in=older_reviews(survivor, other)).delete()
    ProductReview.objects.filter(customer=other).update(customer=survivor)


def same_addresses(
    mine: Sequence[CustomerAddress], theirs: Sequence[CustomerAddress]
) -> dict[CustomerAddress, CustomerAddress]:
    """Those of `theirs` that say the same as one of `mine`, with that one."""
    known = {_written(address): address for address in mine}
    return {address: known[_written(address)] for address in theirs if _written(address) in known}


def move_addresses(survivor: Customer, other: Customer) -> None:
    """The addresses that the survivor does not have. What the survivor has chosen one for stays; the other account's
    choices hold where there is none. The book may be longer afterwards than one that is filled by hand.
    """
    mine, theirs = addresses_of(survivor), addresses_of(other)
    same = same_addresses(mine, theirs)
    free = frozenset(Role) - frozenset().union(*(roles_of(address) for address in mine))
    gone = [address for address in theirs if address in same]
    chosen = {same.get(address, address): roles_of(address) & free for address in theirs if roles_of(address) & free}
    CustomerAddress.objects.filter(pk__in=[address.pk for address in gone]).delete()
    changed = []
    for address in theirs:
        if address not in same:
            address.customer = survivor
            choose(address, chosen.get(address, frozenset()))
            changed.append(address)
    for address in mine:
        if address in chosen:
            choose(address, roles_of(address) | chosen[address])
            changed.append(address)
    CustomerAddress.objects.bulk_update(changed, ["customer", "is_default", "type"])


def last_answer(customer: Customer) -> CustomerConsent | None:
    """What the customer said last about marketing mails. One statement."""
    answers = CustomerConsent.objects.filter(customer=customer, kind=MARKETING)
    return answers.order_by("-created_at", "-id").first()


def move_consents(survivor: Customer, other: Customer) -> None:
    """Every answer comes along with its moment. Marketing mails go to who wants them in both accounts: where the last
    answer says otherwise, one is added that was given by the merge.
    """
    wanted = survivor.marketing_consent and other.marketing_consent
    CustomerConsent.objects.filter(customer=other).update(customer=survivor)
    last = last_answer(survivor)
    if (last.is_granted if last is not None else survivor.marketing_consent) != wanted:
        CustomerConsent.objects.create(customer=survivor, kind=MARKETING, is_granted=wanted, place=PLACE)
    survivor.marketing_consent = wanted


def _written(address: CustomerAddress) -> tuple[str, ...]:
    return tuple(" ".join((getattr(address, name) or "").split()).casefold() for name in WRITTEN)
