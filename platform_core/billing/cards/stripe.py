"""Stripe as the gateway of the platform: one PaymentIntent for each attempt to charge a card."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.conf import settings

from platform_core.billing.cards.errors import CardCallbackForged, CardRefused, CardsNotOffered, CardsUnavailable
from platform_core.billing.cards.protocol import GivenCard, GivingBack, Outcome, Report, SetUp, Told, Wanted
from smartseller.stripe.amounts import minor_amount
from smartseller.stripe.client import HAS_STRIPE, client_of

if TYPE_CHECKING:
    import stripe

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
CONFIRM = "authentication_required"


def is_offered() -> bool:
    return HAS_STRIPE and bool(settings.BILLING_STRIPE_SECRET_KEY and settings.BILLING_STRIPE_PUBLIC_KEY)


class StripeCards:
    """An intent is made first and confirmed when its id is kept here: a worker that dies in between leaves one that
    takes nothing, and one that dies later is asked for by its id."""

    def make_customer(self, tenant_id: UUID, *, name: str, email: str) -> str:
        params: Any = {"name": name, "email": email, "metadata": {"tenant": str(tenant_id)}}
        key: Any = {"idempotency_key": f"customer.{tenant_id}"}
        return _ask(lambda client: client.v1.customers.create(params, key)).id

    def begin_set_up(self, customer: str) -> SetUp:
        params: Any = {"customer": customer, "usage": "off_session", "payment_method_types": ["card"]}
        intent = _ask(lambda client: client.v1.setup_intents.create(params))
        return SetUp(reference=intent.id, secret=str(intent.client_secret))

    def read_set_up(self, reference: str) -> GivenCard:
        intent = _ask(lambda client: client.v1.setup_intents.retrieve(reference))
        method = str(intent.payment_method or "")
        if intent.status != "succeeded" or not method:
            raise CardRefused
        card: Any = _ask(lambda client: client.v1.payment_methods.retrieve(method)).card
        return GivenCard(
            customer=str(intent.customer or ""),
            method=method,
            brand=str(card["brand"]),
            last_digits=str(card["last4"]),
            expires=f"{int(card['exp_year'])}-{int(card['exp_month']):02d}",
        )

    def announce(self, wanted: Wanted) -> str:
        params: Any = {
            "amount": minor_amount(wanted.amount, wanted.currency),
            "currency": wanted.currency.lower(),
            "customer": wanted.customer,
            "payment_method": wanted.method,
            "payment_method_types": ["card"],
            "metadata": {"charge": str(wanted.charge_id), "invoice": wanted.invoice},
        }
        key: Any = {"idempotency_key": str(wanted.charge_id)}
        return _ask(lambda client: client.v1.payment_intents.create(params, key)).id

    def take(self, wanted: Wanted, reference: str) -> Report:
        found = report_of(_ask(lambda client: client.v1.payment_intents.retrieve(reference)))
        if found.outcome is not Outcome.READY:
            return found
        params: Any = {"off_session": True}
        key: Any = {"idempotency_key": f"{wanted.charge_id}.confirm"}
        try:
            intent = _ask(lambda client: client.v1.payment_intents.confirm(reference, params, key))
        except CardRefused:
            # A card error, or somebody confirmed it first: what became of it says the intent.
            intent = _ask(lambda client: client.v1.payment_intents.retrieve(reference))
        return report_of(intent)

    def confirmation(self, reference: str) -> str:
        return str(_ask(lambda client: client.v1.payment_intents.retrieve(reference)).client_secret)

    def withdraw(self, reference: str) -> Report:
        try:
            return report_of(_ask(lambda client: client.v1.payment_intents.cancel(reference)))
        except CardRefused:  # it is over, or under way: the intent says which
            return report_of(_ask(lambda client: client.v1.payment_intents.retrieve(reference)))

    def give_back(self, wanted: GivingBack) -> Report:
        # Stripe forgets keys after a day, and refunds never.
        found = self._given_back(wanted) if wanted.is_again else None
        if found is None:
            params: Any = {
                "payment_intent": wanted.charge,
                "amount": minor_amount(wanted.amount, wanted.currency),
                "metadata": {"refund": str(wanted.refund_id), "note": wanted.note},
            }
            key: Any = {"idempotency_key": str(wanted.refund_id)}
            try:
                found = _ask(lambda client: client.v1.refunds.create(params, key))
            except CardRefused:
                # Nothing is left to give back, perhaps because another worker was faster.
                found = self._given_back(wanted)
                if found is None:
                    raise
        return refund_report_of(found)

    def _given_back(self, wanted: GivingBack) -> Any:
        """What was given back for this before; None."""
        ours = _ask(lambda client: client.v1.refunds.list({"payment_intent": wanted.charge, "limit": 100})).data
        return next((each for each in ours if _get(each.metadata, "refund") == str(wanted.refund_id)), None)

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Told:
        from stripe import SignatureVerificationError

        if not is_offered() or not settings.BILLING_STRIPE_WEBHOOK_SECRET:
            raise CardCallbackForged
        try:
            event = client_of(settings.BILLING_STRIPE_SECRET_KEY).construct_event(
                body, headers.get("Stripe-Signature"), settings.BILLING_STRIPE_WEBHOOK_SECRET
            )
        except (SignatureVerificationError, ValueError, KeyError) as error:
            raise CardCallbackForged from error
        told: Any = event.data.object
        if event.type.startswith("payment_intent."):
            return Told(charge_id=str(_get(_get(told, "metadata"), "charge") or ""))
        if event.type.startswith("refund.") or event.type == "charge.refund.updated":
            return Told(refund_id=str(_get(_get(told, "metadata"), "refund") or ""))
        if event.type == "setup_intent.succeeded":
            return Told(set_up=str(told["id"]))
        return Told()


def report_of(intent: Any) -> Report:
    """What a PaymentIntent says. Source: https://docs.stripe.com/payments/paymentintents/lifecycle"""
    reference, error = str(intent["id"]), _get(intent, "last_payment_error")
    match intent["status"]:
        case "succeeded":
            return Report(outcome=Outcome.SUCCEEDED, reference=reference)
        case "processing":
            return Report(outcome=Outcome.WAITING, reference=reference)
        case "requires_confirmation":
            return Report(outcome=Outcome.READY, reference=reference)
        case "requires_action":
            return Report(outcome=Outcome.CONFIRM, reference=reference, reason=CONFIRM)
        case "canceled":
            return Report(outcome=Outcome.WITHDRAWN, reference=reference, reason="withdrawn")
    code = str((_get(error, "decline_code") or _get(error, "code") or "card_declined") if error else "card_declined")
    if code == CONFIRM:
        # Nobody was there who could confirm to the bank; with the payer there, the same intent is confirmed.
        return Report(outcome=Outcome.CONFIRM, reference=reference, reason=CONFIRM)
    return Report(outcome=Outcome.DECLINED, reference=reference, reason=code[:60])


def refund_report_of(refund: Any) -> Report:
    """What a refund says. Source: https://docs.stripe.com/api/refunds/object"""
    outcomes = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.DECLINED, "canceled": Outcome.DECLINED}
    reason = str(_get(refund, "failure_reason") or "")[:60]
    return Report(outcome=outcomes.get(refund["status"], Outcome.WAITING), reference=str(refund["id"]), reason=reason)


def _get(found: Any, name: str) -> Any:
    """A field that is not always there."""
    return found[name] if found is not None and name in found else None


def _ask(question: "Callable[[stripe.StripeClient], Answer]") -> Answer:
    """Errors: CardsNotOffered; CardsUnavailable when Stripe did not answer, is busy or lets us not in; CardRefused for
    a no."""
    if not is_offered():
        raise CardsNotOffered
    import stripe

    try:
        return question(client_of(settings.BILLING_STRIPE_SECRET_KEY))
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        logger.info("Stripe said no: %s", error.user_message or type(error).__name__)
        if error.http_status == HTTPStatus.TOO_MANY_REQUESTS:
            raise CardsUnavailable("it is busy") from error
        raise CardRefused from error
    except stripe.StripeError as error:
        raise CardsUnavailable(type(error).__name__) from error
