"""The demo gateway's messages: signed like those of real gateways, each shop's with a key of its own."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.sealed import derived_key
from tenant_shop.payments.errors import CallbackForged
from tenant_shop.payments.gateways.protocol import Callback, Outcome, Report

GATEWAY = "demo"
KEY = b"smartseller.payments.demo-messages"
# A message that was caught on its way is worth nothing after this long.
TOLERANCE_SECONDS = 300


def write_message(report: Report, *, payment_id: str, amount: Decimal, currency: str, at: datetime) -> bytes:
    """The body that tells `report`."""
    return json.dumps(
        {
            "shop": str(current_tenant().id),
            "payment": payment_id,
            "reference": report.reference,
            "outcome": report.outcome,
            "event": report.event_id,
            "amount": str(report.amount if report.amount is not None else amount),
            "currency": currency,
            "at": at.isoformat(),
        }
    ).encode()


def sign_message(body: bytes, *, message_id: str, at: datetime) -> dict[str, str]:
    """The headers that go with `body`. Source: the signature scheme of Standard Webhooks, over the raw bytes."""
    moment = str(int(at.timestamp()))
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": moment,
        "Webhook-Signature": _signature(message_id, moment, body),
    }


def read_message(headers: Mapping[str, str], body: bytes) -> Callback:
    """Errors: CallbackForged when it is not signed with this shop's key, is too old, or is no message of ours."""
    message_id, moment = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    given = headers.get("Webhook-Signature", "")
    if not hmac.compare_digest(given.encode(), _signature(message_id, moment, body).encode()):
        raise CallbackForged(GATEWAY)
    if not moment.isdecimal() or abs(timezone.now().timestamp() - int(moment)) > TOLERANCE_SECONDS:
        raise CallbackForged(GATEWAY)
    try:
        return _callback(json.loads(body))
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise CallbackForged(GATEWAY) from error


def _callback(said: dict[str, Any]) -> Callback:
    return Callback(
        shop_id=str(said["shop"]),
        payment_id=str(said["payment"]),
        happened_at=datetime.fromisoformat(said["at"]).astimezone(UTC),
        currency=str(said["currency"]),
        report=Report(
            outcome=Outcome(said["outcome"]),
            reference=str(said["reference"]),
            amount=Decimal(said["amount"]),
            event_id=str(said["event"]),
        ),
    )


def _signature(message_id: str, moment: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(derived_key(KEY), signed, hashlib.sha256)).decode()
