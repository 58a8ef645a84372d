"""Giving a card, and taking it back."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.billing.cards.errors import CardRefused, CardsNotOffered
from platform_core.billing.cards.models import MerchantCard
from platform_core.billing.cards.protocol import CardGateway, GivenCard, SetUp
from platform_core.billing.cards.stripe import StripeCards, is_offered
from platform_core.billing.errors import NothingToChange
from platform_core.tenants.models import Tenant


def gateway() -> CardGateway:
    """Errors: CardsNotOffered."""
    if not is_offered():
        raise CardsNotOffered
    return StripeCards()


def begin_card(tenant_id: UUID) -> SetUp:
    """Let a merchant give a card on the gateway's own fields. Nothing is locked while the gateway is asked.

    Errors: CardsNotOffered; CardsUnavailable.
    """
    cards, tenant = gateway(), Tenant.objects.get(pk=tenant_id)
    customer = MerchantCard.objects.filter(tenant=tenant).values_list("customer", flat=True).first()
    if customer is None:
        email = tenant.billing_email or tenant.contact_email
        made = cards.make_customer(tenant.pk, name=tenant.name, email=email)
        MerchantCard.objects.bulk_create([MerchantCard(tenant=tenant, customer=made)], ignore_conflicts=True)
        customer = MerchantCard.objects.values_list("customer", flat=True).get(tenant=tenant)
    return cards.begin_set_up(customer)


def finish_card(reference: str, *, tenant_id: UUID | None = None, actor_id: UUID | None = None) -> MerchantCard:
    """Keep the card that was given under `reference`, which the gateway is asked about: whoever brings it here. Safe to
    repeat. With `tenant_id`, only a card of that shop.

    Errors: CardsNotOffered; CardsUnavailable; CardRefused when it was not given, or is another shop's.
    """
    given = gateway().read_set_up(reference)
    with transaction.atomic():
        rows = MerchantCard.objects.select_for_update(no_key=True)
        card = rows.filter(customer=given.customer).first() if given.customer else None
        if card is None or (tenant_id is not None and card.tenant_id != tenant_id):
            raise CardRefused
        if card.method != given.method:
            _keep(card, given, actor_id)
    return card


def forget_card(tenant_id: UUID, *, actor_id: UUID | None = None) -> None:
    """Charge the card no more: bills are paid by bank transfer then. Errors: NothingToChange."""
    with transaction.atomic():
        card = MerchantCard.objects.select_for_update(no_key=True).filter(tenant=tenant_id).first()
        if card is None or not card.method:
            raise NothingToChange
        known = str(card)
        card.method, card.brand, card.last_digits, card.expires, card.given_at = "", "", "", "", None
        card.save()
        _note("forget_card", card, known, actor_id)


def public_key() -> str:
    return str(settings.BILLING_STRIPE_PUBLIC_KEY)


def _keep(card: MerchantCard, given: GivenCard, actor_id: UUID | None) -> None:
    card.method, card.brand, card.last_digits = given.method, given.brand, given.last_digits
    card.expires, card.given_at = given.expires, timezone.now()
    card.save()
    _note("give_card", card, str(card), actor_id)


def _note(action: str, card: MerchantCard, known: str, actor_id: UUID | None) -> None:
    record(
        action,
        resource_type="card",
        resource_id=card.tenant_id,
        tenant_id=card.tenant_id,
        user_id=actor_id,
        new_values={"card": known},
    )
