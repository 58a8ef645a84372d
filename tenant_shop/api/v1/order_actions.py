"""What is done with an order: `POST /api/v1/orders/<id>/<verb>/`."""

import secrets
from typing import Any
from uuid import UUID

from rest_framework import serializers

from smartseller.api.errors import BadRequest
from smartseller.api.inputs import Flag, Id, Input, Text, Whole
from tenant_shop.api.gate.idempotency import effect_key
from tenant_shop.api.v1.amounts import OrderAmount
from tenant_shop.api.v1.orders import OrderRows
from tenant_shop.api.v1.resource import Acts, Values
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirm import confirm_order
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.payments.capture import capture_order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount, refund_lines

LARGEST_ORDER = 1_000_000
MOST_LINES = 1_000


class LineInput(Input):
    """Pieces of a line of the order."""

    item_id = Id()
    quantity = Whole(min_value=1, max_value=LARGEST_ORDER)


def pieces_of(lines: list[Values], *, param: str = "lines") -> dict[UUID, int]:
    """By line. Errors: BadRequest for a line that is there twice."""
    if len({line["item_id"] for line in lines}) < len(lines):
        raise BadRequest("A line is there twice.", code="duplicate_line", param=param)
    return {line["item_id"]: line["quantity"] for line in lines}


class OrderAction(OrderRows, Acts):
    """Something that is done with an order."""

    def effect(self) -> str:
        """What names the effect: the same for a call that is sent again."""
        return effect_key(self.request) or secrets.token_urlsafe(24)


class Confirm(OrderAction):
    """Accepts an order before its money has come by bank transfer: it is sent without waiting, and not cancelled by
    itself any more. What is open of it stays open.
    """

    operation = "confirm_order"
    verb = "confirm"

    def act(self, row: Order, values: Values) -> None:
        confirm_order(row.pk, actor=self.actor)


class MarkPaid(OrderAction):
    """Enters that what was open of the order has been paid by hand, by bank transfer for instance."""

    operation = "mark_order_paid"
    verb = "pay"

    def act(self, row: Order, values: Values) -> None:
        mark_as_paid(row.pk, actor=self.actor)


class Capture(OrderAction):
    """Takes all the money that a card has promised for the order."""

    operation = "capture_order"
    verb = "capture"
    commits_in_steps = True

    def act(self, row: Order, values: Values) -> None:
        capture_order(row.pk, actor=self.actor)


class FulfilInput(Input):
    """Without `lines`, all that is not sent yet."""

    lines = LineInput(many=True, required=False)
    carrier = Text(max_length=100, required=False, allow_blank=True)
    tracking_number = Text(max_length=100, required=False, allow_blank=True)
    tracking_url = Text(max_length=500, required=False, allow_blank=True)


class Fulfil(OrderAction):
    """Notes that the order, or some of it, is sent. The customer is mailed what is on its way."""

    operation = "fulfil_order"
    verb = "send"
    input = FulfilInput
    examples = {"POST": {"carrier": "DHL", "tracking_number": "00340434161094042557"}}

    def act(self, row: Order, values: Values) -> None:
        lines = values.pop("lines", None)
        pieces = unsent_pieces(row) if lines is None else pieces_of(lines)
        fulfil_order(row.pk, pieces=pieces, key=self.effect(), actor=self.actor, **values)


class Deliver(OrderAction):
    """Notes that a shipped order has arrived."""

    operation = "deliver_order"
    verb = "deliver"

    def act(self, row: Order, values: Values) -> None:
        deliver_order(row.pk, actor=self.actor)


class CancelInput(Input):
    """Without `restock` false the goods go back on sale; without `notify` false the customer is mailed."""

    reason = Text(max_length=200, required=False, allow_blank=True)
    restock = Flag(required=False)
    notify = Flag(required=False)


class Cancel(OrderAction):
    """Cancels an order of which nothing was sent. What was paid is owed: give it back by a refund."""

    operation = "cancel_order"
    verb = "cancel"
    input = CancelInput
    examples = {"POST": {"reason": "Ordered twice"}}

    def act(self, row: Order, values: Values) -> None:
        cancel_order(
            row.pk,
            reason=values.get("reason", ""),
            restock=values.get("restock", True),
            tell=values.get("notify", True),
            actor=self.actor,
        )


class RefundInput(Input):
    """Either `lines`, with `shipping` if the delivery is given back, too, or `amount` of the payment `payment_id`."""

    rule = {
        "if": {"anyOf": [{"required": ["payment_id"]}, {"required": ["amount"]}]},
        "then": {
            "required": ["payment_id", "amount"],
            "properties": {"lines": False, "shipping": False, "restock": False},
        },
        "else": {"anyOf": [{"required": ["lines"]}, {"required": ["shipping"]}, {"required": ["restock"]}]},
    }

    lines = LineInput(many=True, required=False)
    shipping = Flag(required=False)
    restock = Flag(required=False)
    payment_id = Id(required=False)
    amount = OrderAmount(required=False)
    reason = Text(max_length=200, required=False, allow_blank=True)

    def validate(self, attrs: Values) -> Values:
        by_lines = {"lines", "shipping", "restock"} & attrs.keys()
        by_amount = {"payment_id", "amount"} & attrs.keys()
        if bool(by_lines) == bool(by_amount) or (by_amount and len(by_amount) < 2):
            raise serializers.ValidationError("Say either lines or shipping, or payment_id with amount.", "one_of_two")
        return attrs


class Refund(OrderAction):
    """Gives money back: what pieces of lines cost, the delivery, or a plain amount of one payment.

    Never more than was taken. The same `Idempotency-Key` gives back once.
    """

    operation = "refund_order"
    verb = "refund"
    input = RefundInput
    commits_in_steps = True
    examples = {"POST": {"shipping": True, "reason": "Came late"}}

    def act(self, row: Order, values: Values) -> None:
        told: dict[str, Any] = {"key": self.effect(), "actor": self.actor, "reason": values.get("reason", "")}
        if "amount" in values:
            if not Payment.objects.filter(pk=values["payment_id"], order=row).exists():
                raise BadRequest("The order has no such payment.", code="does_not_exist", param="payment_id")
            refund_amount(values["payment_id"], amount=values["amount"], **told)
            return
        refund_lines(
            row.pk,
            wanted=pieces_of(values.get("lines", [])),
            shipping=values.get("shipping", False),
            restock=values.get("restock", False),
            **told,
        )
