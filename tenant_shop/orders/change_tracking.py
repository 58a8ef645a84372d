"""Correcting how a parcel is followed: a number is often known only after the parcel has left, or was mistyped."""

import hashlib
import json
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.carriers import tracking_link
from tenant_shop.orders.errors import OrderNotFound, ParcelChangedMeanwhile
from tenant_shop.orders.fulfil import check_link, shipment_snapshot
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.remark import remark
from tenant_shop.orders.shipments import Shipment
from tenant_shop.orders.shipped_mail import request_shipped_mail
from tenant_shop.orders.snapshot import order_snapshot


def mark_of_parcel(parcel: Shipment) -> str:
    """A short mark of what can be corrected: another one, and somebody corrected it. Pure."""
    facts = [parcel.carrier, parcel.tracking_number, parcel.tracking_url]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def change_tracking(
    order_id: UUID,
    parcel_id: UUID,
    *,
    carrier: str,
    tracking_number: str,
    tracking_url: str,
    seen: str,
    actor: str,
    tell: bool,
) -> Shipment:
    """Note how a parcel of the order is followed; what is in it stays. What says the same changes nothing.

    Without `tracking_url` the carrier's own page is linked, if the carrier is known. `seen` is the `mark_of_parcel`
    that was looked at. `actor` is a user's id.
    After commit, with `tell`: the customer is mailed the parcel as it is then.
    Errors, with nothing changed: OrderNotFound, also for another order's parcel; ParcelChangedMeanwhile;
        NotSentLikeThis for a link that is none.
    """
    link = check_link(tracking_url)
    with shop_transaction():
        order = lock_order(order_id)
        parcels = list(Shipment.objects.filter(order=order))
        parcel = next((each for each in parcels if each.pk == parcel_id), None)
        if parcel is None:
            raise OrderNotFound(parcel_id)
        if mark_of_parcel(parcel) != seen:
            raise ParcelChangedMeanwhile
        before = _followed(parcel)
        parcel.carrier, parcel.tracking_number = carrier.strip(), tracking_number.strip()
        parcel.tracking_url = link or tracking_link(parcel.carrier, parcel.tracking_number)
        if mark_of_parcel(parcel) == seen:
            return parcel
        parcel.save(update_fields=["carrier", "tracking_number", "tracking_url"])
        # The order itself shows the last parcel's.
        if parcel == parcels[-1]:
            order.shipping_carrier, order.tracking_number = parcel.carrier or None, parcel.tracking_number or None
            order.save(update_fields=["shipping_carrier", "tracking_number"])
        which = parcels.index(parcel) + 1
        remark(order, f"Tracking of parcel {which}: {before} \N{RIGHTWARDS ARROW} {_followed(parcel)}", actor=actor)
        record_event("order.tracking_changed", {**order_snapshot(order), "shipment": shipment_snapshot(parcel)})
        if tell:
            request_shipped_mail(parcel)
    return parcel


def _followed(parcel: Shipment) -> str:
    return " ".join(part for part in (parcel.carrier, parcel.tracking_number) if part) or "no number"
