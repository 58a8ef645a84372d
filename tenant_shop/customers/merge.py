"""Merging two accounts of one person: one stays, with all that both had, and the other is nobody's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.merge_members import lock_companies_of, merge_members
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.configuration.custom_fields.values import values_in, with_values
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.letters import TOPIC as LETTERS
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.merge_errors import MergeChanged, SameCustomer
from tenant_shop.customers.merge_plan import MergePlan, orders_of, plan_merge, uses_of
from tenant_shop.customers.merge_rows import move_addresses, move_consents, move_lists, move_reviews
from tenant_shop.customers.merged import ended_by, with_account
from tenant_shop.customers.models import Customer
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.customers.post import write_to
from tenant_shop.customers.scrub import forget_mailbox, scrub_account
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.integrations.record import record_event
from tenant_shop.loyalty.hand_over import hand_over_points
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.tiers import assign_tiers
from tenant_shop.orders.notes import MOST_TAGS
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return


def merge_customers(
    survivor_id: UUID, other_id: UUID, *, actor: str, looked_at: Mapping[str, Any] | None = None
) -> MergePlan:
    """Give `survivor_id` all that `other_id` has, and scrub that one as an erasure does; what was done.

    The survivor keeps e-mail address, password, language, group and open cart. What the other account's links, log-ins
    and changes of address were good for ends. Points change hands by a pair of entries; credit notes, which are never
    changed, go on to name the other account, whose page leads to the survivor's. `actor` is a user's id; `looked_at`
    is what was shown before (`MergePlan.told`).
    After commit: the mailbox of the account that ends is told.
    Rows are locked in the order of `place_order`: orders, customers, carts, companies, of each in the order of their
    keys. An order that is being placed is waited for, and comes along.
    Errors, with nothing changed: Customer.DoesNotExist; SameCustomer; CustomerGone, also for the second of two merges;
        CustomerNotActive; OnlyAdmin; PointsOutOfRange; MergeChanged when it is not what was looked at.
    """
    if survivor_id == other_id:
        raise SameCustomer
    with shop_transaction():
        survivor, other = _locked(survivor_id, other_id)
        plan = plan_merge(survivor, other)
        if looked_at is not None and looked_at != plan.told:
            raise MergeChanged
        email = normal_email(other.email)
        _drop_open_cart(other)
        merge_members(survivor.pk, other.pk, plan.belonging)
        ShoppingCart.objects.filter(customer=other).update(customer=survivor)
        orders_of(other).update(customer=survivor)
        Return.objects.filter(customer=other).update(customer=survivor)
        QuoteRequest.objects.filter(customer=other).update(customer=survivor)
        uses_of(other).update(customer=survivor)
        move_reviews(survivor, other)
        move_lists(survivor, other)
        move_addresses(survivor, other)
        move_consents(survivor, other)
        CustomerNote.objects.filter(customer=other).update(customer=survivor)
        points = hand_over_points(other, survivor, actor=actor)
        forget_mailbox(email)
        OutboxEvent.objects.filter(topic=LETTERS, payload__email__iexact=email).delete()
        scrub_account(other.pk, metadata=ended_by(survivor))
        write_to(email, Kind.MERGED, language=other.language)
        _complete(survivor, other)
        _assign_tier(survivor)
        record_event(
            "customer.merged",
            {
                "customer_id": str(survivor.pk),
                "merged_id": str(other.pk),
                "orders": plan.moved["orders"],
                "points": points,
            },
        )
    return plan


def _locked(survivor_id: UUID, other_id: UUID) -> tuple[Customer, Customer]:
    """Both accounts as they are once nobody can change them, what the other one ordered, and for whom either buys.

    Errors: Customer.DoesNotExist.
    """
    theirs = orders_of(Customer.objects.get(pk=other_id))
    list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=[survivor_id, other_id])
    customers = {customer.pk: customer for customer in locked.order_by("pk")}
    if survivor_id not in customers or other_id not in customers:
        raise Customer.DoesNotExist
    asked = PurchaseRequest.objects.filter(customer=other_id, status=PurchaseRequest.Status.PENDING)
    carts = ShoppingCart.objects.filter(Q(customer=other_id) | Q(pk__in=asked.values("cart_id")))
    list(carts.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
    lock_companies_of(survivor_id, other_id)
    return customers[survivor_id], customers[other_id]


def _drop_open_cart(other: Customer) -> None:
    """The survivor's is the one that stays. Offers are nobody's carts until they are accepted."""
    ShoppingCart.objects.filter(customer=other, completed_at=None, frozen_at=None).delete()


def _complete(survivor: Customer, other: Customer) -> None:
    """What the survivor does not say of themselves, the other account does; what it says stands."""
    metadata = with_account(survivor, other)
    named = survivor if survivor.full_name else other
    Customer.objects.filter(pk=survivor.pk).update(
        first_name=named.first_name,
        last_name=named.last_name,
        phone=survivor.phone or other.phone,
        date_of_birth=survivor.date_of_birth or other.date_of_birth,
        marketing_consent=survivor.marketing_consent,
        tags=_tags_of(survivor, other),
        metadata=with_values(metadata, {**values_in(other.metadata), **values_in(survivor.metadata)}),
    )


def _tags_of(survivor: Customer, other: Customer) -> list[str] | None:
    """Those of both, as many as there is room for."""
    kept = {tag.casefold(): tag for tag in [*(other.tags or ()), *(survivor.tags or ())]}
    mine = [tag for tag in survivor.tags or () if tag in kept.values()]
    return [*mine, *(tag for tag in kept.values() if tag not in mine)][:MOST_TAGS] or None


def _assign_tier(survivor: Customer) -> None:
    """By what both have spent within the year, while there is a programme."""
    settings = shop_settings()
    rules = loyalty_rules(settings.loyalty)
    if rules.is_on:
        assign_tiers(rules, currency=settings.currency, at=timezone.now(), customer_id=survivor.pk)
