"""Stripe, by its own client: one PaymentIntent for each attempt to pay.

The client is an extra of this project (`requirements/stripe.txt`), and is loaded when a shop first needs it. Cards are
given to Stripe's own fields on our page; no card ever comes here.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from platform_core.tenancy.context import current_tenant
from smartseller.stripe import amounts
from smartseller.stripe.amounts import major_amount
from smartseller.stripe.client import client_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.payments.errors import CallbackForged, GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.protocol import (
    Attempt,
    Callback,
    Outcome,
    Reason,
    RefundNews,
    RefundReport,
    Report,
)
from tenant_shop.payments.secrets import SecretsUnreadable, read_secrets

if TYPE_CHECKING:
    import stripe

logger = logging.getLogger(__name__)

REASONS = {
    "insufficient_funds": Reason.NO_FUNDS,
    "expired_card": Reason.EXPIRED,
    "payment_intent_authentication_failure": Reason.NOT_CONFIRMED,
}
Answer = TypeVar("Answer")


def minor_amount(amount: Decimal, currency: str) -> int:
    """`amount` of `currency` as Stripe counts it. Errors: GatewayRefused for one that Stripe cannot express."""
    try:
        return amounts.minor_amount(amount, currency)
    except ValueError as error:
        raise GatewayRefused(StripeGateway.code, str(error)) from error


class IntentUnknown(GatewayRefused):
    """The account that the keys belong to has never heard of what was asked about."""


class StripeGateway:
    """Every question has a key of its own, so that Stripe does once what is asked twice."""

    code = "stripe"

    def start(self, attempt: Attempt) -> Report:
        params: dict[str, Any] = {
            "amount": minor_amount(attempt.amount, attempt.currency),
            "currency": attempt.currency.lower(),
            "payment_method_types": ["card"],
            "metadata": {**_ours(attempt), "order": attempt.order_number},
        }
        key = {"idempotency_key": str(attempt.payment_id)}
        return report_of(_ask(lambda client: client.v1.payment_intents.create(params, key)))  # type: ignore[arg-type]

    def enter(self, attempt: Attempt, given: Mapping[str, str]) -> Report:
        raise GatewayRefused(self.code, "cards are given to Stripe's own fields")

    def read(self, attempt: Attempt) -> Report:
        if not attempt.reference:
            # The answer to the announcement was lost. Under its key it is given again.
            return self.start(attempt)
        return report_of(_ask(lambda client: client.v1.payment_intents.retrieve(attempt.reference)))

    def drop(self, attempt: Attempt) -> Report:
        """With whatever key there is: a shop that has left the mode in which an intent was made has to give it up."""
        if not attempt.reference:
            # If there is an intent, nobody was ever told its secret.
            return Report(outcome=Outcome.DROPPED)
        try:
            intent = _ask(lambda client: client.v1.payment_intents.cancel(attempt.reference), in_any_mode=True)
        except IntentUnknown:
            # It is another account's, or of the other mode: no page of this shop shows it any more.
            return Report(outcome=Outcome.DROPPED)
        except GatewayRefused:
            intent = _ask(lambda client: client.v1.payment_intents.retrieve(attempt.reference), in_any_mode=True)
        if not _is_real_enough(intent):
            return Report(outcome=Outcome.DROPPED, reference=attempt.reference)
        return report_of(intent)

    def capture(self, attempt: Attempt, amount: Decimal) -> Report:
        params: dict[str, Any] = {"amount_to_capture": minor_amount(amount, attempt.currency)}
        key = {"idempotency_key": f"{attempt.payment_id}.capture"}
        return report_of(
            _ask(lambda client: client.v1.payment_intents.capture(attempt.reference, params, key))  # type: ignore[arg-type]
        )

    def refund(
        self, attempt: Attempt, amount: Decimal, *, key: str, reference: str = "", again: bool = False
    ) -> RefundReport:
        found: stripe.Refund | None = None
        if reference:
            found = _ask(lambda client: client.v1.refunds.retrieve(reference))
        elif again:
            # Stripe forgets keys after a day, and refunds never.
            found = _ask(lambda client: _refund_under(client, attempt.reference, key))
        if found is None:
            params: dict[str, Any] = {
                "payment_intent": attempt.reference,
                "amount": minor_amount(amount, attempt.currency),
                "metadata": {**_ours(attempt), "refund": key},
            }
            options = {"idempotency_key": key}
            found = _ask(lambda client: client.v1.refunds.create(params, options))  # type: ignore[arg-type]
        if found.status in ("failed", "canceled"):
            raise GatewayRefused(self.code, f"the refund {found.id} is {found.status}")
        return RefundReport(reference=found.id, is_done=found.status == "succeeded")

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Callback | None:
        from stripe import SignatureVerificationError

        try:
            event = _client().construct_event(body, headers.get("Stripe-Signature"), _secrets()["webhook_secret"])
        except (SignatureVerificationError, ValueError, KeyError) as error:
            raise CallbackForged(self.code) from error
        told = event.data.object
        if not _is_real_enough(event):
            return None
        is_refund = event.type.startswith("refund.") or event.type == "charge.refund.updated"
        if not is_refund and not event.type.startswith("payment_intent."):
            return None
        names = _get(told, "metadata")
        return Callback(
            shop_id=str(_get(names, "shop") or ""),
            payment_id=str(_get(names, "payment") or ""),
            happened_at=datetime.fromtimestamp(event.created, tz=UTC),
            currency=str(told["currency"]).upper(),
            report=None if is_refund else report_of(told),
            refund=_refund(told) if is_refund else None,
        )


def report_of(intent: Any) -> Report:
    """What a PaymentIntent says. Source: https://docs.stripe.com/payments/paymentintents/lifecycle"""
    reference, currency = str(intent["id"]), str(intent["currency"]).upper()
    match intent["status"]:
        case "succeeded":
            counted = _get(intent, "amount_received") or intent["amount"]
            amount = major_amount(counted, currency)
            return Report(
                outcome=Outcome.CAPTURED, reference=reference, amount=amount, event_id=f"{reference}.captured"
            )
        case "requires_capture":
            return Report(outcome=Outcome.AUTHORIZED, reference=reference, event_id=f"{reference}.authorized")
        case "processing":
            return Report(outcome=Outcome.WAITING, reference=reference)
        case "canceled":
            return Report(outcome=Outcome.DROPPED, reference=reference)
        case "requires_payment_method" if error := _get(intent, "last_payment_error"):
            what = _get(error, "charge") or _get(error, "code") or "failed"
            code = _get(error, "decline_code") or _get(error, "code")
            return Report(
                outcome=Outcome.DECLINED,
                reference=reference,
                event_id=f"{reference}.{what}.failed",
                reason=REASONS.get(code or "", Reason.DECLINED),
            )
    page = {"client_secret": str(_get(intent, "client_secret") or "")}
    return Report(outcome=Outcome.SHOPPER, reference=reference, page=page)


def _refund(told: Any) -> RefundNews:
    amount = major_amount(told["amount"], told["currency"].upper())
    status = _get(told, "status")
    return RefundNews(
        reference=str(told["id"]),
        ours=str(_get(_get(told, "metadata"), "refund") or ""),
        intent=str(_get(told, "payment_intent") or ""),
        amount=amount,
        is_done=status == "succeeded",
        is_failed=status in ("failed", "canceled"),
    )


def _refund_under(client: "stripe.StripeClient", intent: str, key: str) -> "stripe.Refund | None":
    """The refund of the intent that was asked for under our key, if Stripe made it."""
    made = client.v1.refunds.list({"payment_intent": intent, "limit": 100})
    return next((refund for refund in made.auto_paging_iter() if _get(refund.metadata, "refund") == key), None)


def _is_real_enough(told: Any) -> bool:
    """Whether an intent or event is about money that counts: in a shop that sells for real, test money does not."""
    return _get(told, "livemode") is not False or shop_settings().test_mode


def _ours(attempt: Attempt) -> dict[str, str]:
    """By what we know our own again."""
    return {"shop": str(current_tenant().id), "payment": str(attempt.payment_id)}


def _get(found: Any, name: str) -> Any:
    """A field that is not always there."""
    return found[name] if found is not None and name in found else None


def _secrets() -> dict[str, str]:
    try:
        return read_secrets(StripeGateway.code)
    except SecretsUnreadable as error:
        logger.error("the keys of Stripe cannot be read: they were kept under another secret key")
        raise GatewayUnavailable(StripeGateway.code, "its keys cannot be read") from error


def _client(*, in_any_mode: bool = False) -> "stripe.StripeClient":
    secret = _secrets().get("secret_key", "")
    mode = "test" if shop_settings().test_mode else "live"
    if not secret or (f"_{mode}_" not in secret[:9] and not in_any_mode):
        raise GatewayUnavailable(StripeGateway.code, f"there is no key for {mode} mode")
    return client_of(secret)


def _ask(question: Callable[["stripe.StripeClient"], Answer], *, in_any_mode: bool = False) -> Answer:
    """Errors: GatewayUnavailable when Stripe did not answer, is busy or lets us not in; GatewayRefused for a no, and
    of it IntentUnknown."""
    import stripe

    client = _client(in_any_mode=in_any_mode)
    try:
        return question(client)
    except stripe.InvalidRequestError as error:
        cause = IntentUnknown if error.http_status == HTTPStatus.NOT_FOUND else GatewayRefused
        raise cause(StripeGateway.code, error.user_message or type(error).__name__) from error
    except (stripe.CardError, stripe.IdempotencyError) as error:
        raise GatewayRefused(StripeGateway.code, error.user_message or type(error).__name__) from error
    except stripe.StripeError as error:
        raise GatewayUnavailable(StripeGateway.code, type(error).__name__) from error
