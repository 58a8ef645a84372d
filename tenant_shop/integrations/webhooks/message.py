"""What is sent to an endpoint: the event, and the headers that prove who says so."""

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook as Signer

from tenant_shop.integrations.models import Event, Webhook
from tenant_shop.integrations.webhooks.secrets import own_headers, signing_secrets

API_VERSION = "1"
USER_AGENT = "SmartSeller-Webhooks/1"


def envelope(event: Event) -> dict[str, Any]:
    """An event as every reader gets it, by webhook or from `/api/v1/events`; `timestamp` is when it happened."""
    return {
        "id": str(event.pk),
        "type": event.type,
        "timestamp": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "api_version": API_VERSION,
        "data": event.data,
    }


def body_of(event: Event) -> bytes:
    """The same bytes for every endpoint and every attempt."""
    return json.dumps(envelope(event), ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(webhook: Webhook, event: Event, body: bytes, *, at: datetime) -> dict[str, str]:
    """The headers of an attempt at that moment, signed with each secret that is good then (Standard Webhooks).

    Errors: SealBroken.
    """
    text, moment = body.decode(), at.astimezone(UTC)
    signatures = [Signer(secret).sign(str(event.pk), moment, text) for secret in signing_secrets(webhook, at=at)]
    return {
        **own_headers(webhook),
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": str(event.pk),
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
