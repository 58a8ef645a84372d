"""Stripe's own client. It is an extra of this project (`requirements/stripe.txt`), loaded when it is first needed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import stripe

HAS_STRIPE = find_spec("stripe") is not None
TIMEOUT_SECONDS = 8.0
# Once more, under the same key, when the line breaks or Stripe is busy.
RETRIES = 1


def client_of(secret: str) -> "stripe.StripeClient":
    """A client of the account that `secret` belongs to; `STRIPE_API_URL` points it somewhere else."""
    import stripe

    return stripe.StripeClient(
        secret,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        base_addresses={"api": settings.STRIPE_API_URL} if settings.STRIPE_API_URL else None,
    )
