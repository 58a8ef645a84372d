"""Making endpoints, changing and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.allowed import check_plan
from tenant_shop.integrations.webhooks.errors import OutOfRange, TooManyEndpoints, UnknownTopics
from tenant_shop.integrations.webhooks.headers import check_headers
from tenant_shop.integrations.webhooks.schedule import MOST_RETRIES
from tenant_shop.integrations.webhooks.secrets import new_secret, sealed_headers, sealed_secret
from tenant_shop.integrations.webhooks.targets import check_url

MOST_ENDPOINTS = 20
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 1, 30
TURN = "integrations.endpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFields:
    """What somebody says of an endpoint. `headers` are readable; `retry_count` is attempts after the first."""

    name: str
    url: str
    events: Sequence[str]
    headers: Mapping[str, str]
    retry_count: int = MOST_RETRIES
    timeout_seconds: int = LONGEST_TIMEOUT


def make_endpoint(fields: EndpointFields) -> tuple[Webhook, str]:
    """A new endpoint, and its secret, which is never shown again. It hears what happens from now on.

    Errors, with nothing made: UrlRefused, HeaderRefused, UnknownTopics, OutOfRange, TooManyEndpoints, ApiNotInPlan.
    """
    check_plan()
    _check(fields)
    secret = new_secret()
    with shop_transaction():
        with shop_connection().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])
        if Webhook.objects.count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints(MOST_ENDPOINTS)
        webhook = Webhook.objects.create(**_columns(fields), secret=sealed_secret(secret))
    return webhook, secret


def change_endpoint(webhook_id: UUID, fields: EndpointFields) -> Webhook:
    """The endpoint with other values; what waits for it goes to the new address.

    Errors, with nothing changed: as `make_endpoint`; Webhook.DoesNotExist.
    """
    _check(fields)
    with shop_transaction():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        is_elsewhere = webhook.url != fields.url
        for name, value in _columns(fields).items():
            setattr(webhook, name, value)
        if is_elsewhere:
            # What the old address did says nothing about the new one.
            webhook.failure_count, webhook.failing_since = 0, None
            webhook.paused_until = webhook.warned_at = None
        webhook.save(update_fields=[*_columns(fields), "failure_count", "failing_since", "paused_until", "warned_at"])
    return webhook


def remove_endpoint(webhook_id: UUID) -> None:
    """The endpoint goes, with its deliveries; what was told stays readable. Errors: Webhook.DoesNotExist."""
    with shop_transaction():
        Webhook.objects.select_for_update().get(pk=webhook_id).delete()


def _columns(fields: EndpointFields) -> dict[str, object]:
    return {
        "name": " ".join(fields.name.split())[:255],
        "url": fields.url,
        "events": sorted(set(fields.events)),
        "custom_headers": sealed_headers(fields.headers),
        "retry_count": fields.retry_count,
        "timeout_seconds": fields.timeout_seconds,
    }


def _check(fields: EndpointFields) -> None:
    check_url(fields.url)
    check_headers(fields.headers)
    unknown = sorted(set(fields.events) - EVENT_TYPES.keys())
    if unknown or not fields.events:
        raise UnknownTopics(unknown)
    if not 0 <= fields.retry_count <= MOST_RETRIES:
        raise OutOfRange(f"Between 0 and {MOST_RETRIES} attempts after the first.")
    if not SHORTEST_TIMEOUT <= fields.timeout_seconds <= LONGEST_TIMEOUT:
        raise OutOfRange(f"Between {SHORTEST_TIMEOUT} and {LONGEST_TIMEOUT} seconds.")
