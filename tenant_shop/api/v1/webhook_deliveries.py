"""`/api/v1/webhook-deliveries/`: what was sent where, what came back, and sending it again."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api import filters
from smartseller.api.inputs import Choice, Input
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import Expansion, Output, RowOutput, represent
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.events import EventOutput
from tenant_shop.api.v1.resource import Acts, Lists, Resource, Shows, Values
from tenant_shop.api.v1.webhooks import WebhookRows
from tenant_shop.integrations.catalogue import EVENT_TYPES, TEST
from tenant_shop.integrations.models import Event, Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.message import envelope
from tenant_shop.integrations.webhooks.resend import MOST_AT_ONCE, resend
from tenant_shop.integrations.webhooks.send_test import send_test

State = WebhookDelivery.State


class SentEventOutput(EventOutput):
    """What was sent."""

    def to_representation(self, instance: Event) -> dict[str, Any]:
        return envelope(instance)


class AttemptOutput(serializers.Serializer[Any]):
    """One attempt: `status` of the answer, or why there was none."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    milliseconds = serializers.IntegerField()


class WebhookDeliveryOutput(RowOutput):
    """An event on its way to an endpoint. `attempts` counts since it was queued (anew), `log` has the last ones."""

    webhook_id = serializers.UUIDField(read_only=True)
    event_id = serializers.UUIDField(read_only=True)
    event_type = serializers.CharField(source="event.type", read_only=True)
    log = AttemptOutput(many=True, read_only=True)
    expansions = {"event": Expansion(SentEventOutput)}

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "webhook_id",
            "event_id",
            "event_type",
            "state",
            "attempts",
            "next_attempt_at",
            "last_attempt_at",
            "delivered_at",
            "response_status",
            "response_body",
            "error",
            "milliseconds",
            "log",
            "created_at",
        )
        read_only_fields = fields


class DeliveryRows(Resource):
    """Deliveries with their events, in one statement."""

    model = WebhookDelivery
    output = WebhookDeliveryOutput
    scopes = Scopes("webhooks")

    def rows(self) -> QuerySet[WebhookDelivery]:
        return WebhookDelivery.objects.select_related("event")


class WebhookDeliveryList(DeliveryRows, Lists):
    """What is on its way to endpoints, was delivered or given up, of the last days."""

    stamp = "created_at"
    filters = {
        "webhook_id": filters.key("webhook_id", "Those to this endpoint."),
        "event_id": filters.key("event_id", "Those of this event."),
        "state": filters.choice("state", State.choices, "Those that stand so."),
    }


class WebhookDeliveryItem(DeliveryRows, Shows):
    """A delivery; with what was sent by `expand=event`."""


class ResendDelivery(DeliveryRows, Acts):
    """Sends a delivery again, under the id of its event. One that waits already is left as it is."""

    operation = "resend_webhook_delivery"
    verb = "resend"

    def act(self, row: WebhookDelivery, values: Values) -> None:
        resend([row.pk], at=timezone.now())


class TestWebhook(WebhookRows):
    """Sends a signed event of the type `webhook.test` to this endpoint alone; answered with the delivery."""

    operation = "test_webhook"
    input, answer_output = Input, WebhookDeliveryOutput

    def post(self, request: Request, key: Any) -> Response:
        check_parameters(request.query_params, ())
        self.read(self.input)
        with shop_transaction():
            row = self.find(key=key)
            delivery = send_test(row.pk, at=timezone.now())
            self.note("test", row, before=None, after={"delivery": str(delivery.pk)})
        shown = represent(WebhookDeliveryOutput, DeliveryRows().rows().get(pk=delivery.pk))
        return Response(shown, status=status.HTTP_201_CREATED)


class ResendInput(Input):
    """Which of the endpoint's deliveries; those that failed unless `state` says otherwise."""

    state = Choice([State.FAILED, State.DELIVERED], required=False)
    type = Choice(sorted((*EVENT_TYPES, TEST)), required=False)
    created_from = serializers.DateTimeField(required=False)
    created_until = serializers.DateTimeField(required=False)


class ResentOutput(Output):
    """How many deliveries are sent again."""

    queued = serializers.IntegerField()


class ResendRange(WebhookRows):
    """Sends again what an endpoint missed, the oldest thousand at most."""

    operation = "resend_webhook_deliveries"
    input, answer_output = ResendInput, ResentOutput
    answers = status.HTTP_200_OK
    examples = {"POST": {"state": "failed", "created_from": "2026-11-27T00:00:00Z"}}

    def post(self, request: Request, key: Any) -> Response:
        check_parameters(request.query_params, ())
        given = self.read(self.input)
        with shop_transaction():
            row = self.find(key=key)
            chosen = list(_chosen(row, given).values_list("pk", flat=True)[:MOST_AT_ONCE])
            number = resend(chosen, at=timezone.now())
            self.note("resend", row, before=None, after={"deliveries": number})
        return Response({"queued": number})


def _chosen(webhook: Webhook, given: Values) -> QuerySet[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(webhook=webhook, state=given.get("state", State.FAILED))
    words = {"type": "event__type", "created_from": "created_at__gte", "created_until": "created_at__lte"}
    rows = rows.filter(**{lookup: given[name] for name, lookup in words.items() if name in given})
    return rows.order_by("created_at", "pk")
