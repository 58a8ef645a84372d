"""`/api/v1/webhooks/`: the endpoints of other systems, and what is done with them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api import filters
from smartseller.api.etags import etag_of
from smartseller.api.inputs import Flag, Input, Text, Whole
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import RowOutput, represent
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Deletes, Edits, Lists, Resource, Shows, Values
from tenant_shop.configuration.sealed import SealBroken
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.headers import LONGEST_VALUE, MOST_HEADERS
from tenant_shop.integrations.webhooks.keep_endpoint import (
    LONGEST_TIMEOUT,
    SHORTEST_TIMEOUT,
    EndpointFields,
    change_endpoint,
    make_endpoint,
    remove_endpoint,
)
from tenant_shop.integrations.webhooks.rotate_secret import LONGEST_OVERLAP, USUAL_OVERLAP, rotate_secret
from tenant_shop.integrations.webhooks.schedule import MOST_RETRIES
from tenant_shop.integrations.webhooks.secrets import own_headers
from tenant_shop.integrations.webhooks.switch import switch_off, switch_on

AN_HOUR = timedelta(hours=1)


class WebhookOutput(RowOutput):
    """An endpoint. Of its own headers the names are told; `failure_count` is attempts that failed since one went well.

    Two secrets sign until `previous_secret_until`.
    """

    events = serializers.ListField(child=serializers.CharField(), read_only=True)
    header_names = serializers.SerializerMethodField()
    off_because = serializers.CharField(read_only=True, help_text="by_hand, gone or failing; empty while it is on.")

    class Meta:
        model = Webhook
        fields = (
            "id",
            "name",
            "url",
            "events",
            "header_names",
            "retry_count",
            "timeout_seconds",
            "is_active",
            "off_because",
            "last_success_at",
            "last_failure_at",
            "failure_count",
            "failing_since",
            "paused_until",
            "previous_secret_until",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_header_names(self, webhook: Webhook) -> list[str]:
        return sorted(webhook.custom_headers)


class WebhookWithSecretOutput(WebhookOutput):
    """An endpoint, and the secret that signs: told now and never again, null when the same call is answered again."""

    secret = serializers.CharField(allow_null=True, read_only=True)

    class Meta(WebhookOutput.Meta):
        fields = (*WebhookOutput.Meta.fields, "secret")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class Headers(serializers.DictField):
    """Headers of an endpoint's own, by name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Text(max_length=LONGEST_VALUE), **options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MOST_HEADERS:
            raise serializers.ValidationError(f"At most {MOST_HEADERS} headers.", "max_length")
        return super().to_internal_value(data)


class WebhookInput(Input):
    """`events` are names as in `docs/webhooks.md`. `retry_count` is attempts after the first."""

    name = Text(max_length=255)
    url = Text(max_length=500)
    events = serializers.ListField(
        child=Text(max_length=100), allow_empty=False, min_length=1, max_length=len(EVENT_TYPES)
    )
    headers = Headers(required=False)
    retry_count = Whole(required=False, min_value=0, max_value=MOST_RETRIES)
    timeout_seconds = Whole(required=False, min_value=SHORTEST_TIMEOUT, max_value=LONGEST_TIMEOUT)


class WebhookChanges(WebhookInput):
    """`headers` replace those that there are. `is_active` false: nothing is sent, and what waits is given up."""

    is_active = Flag(required=False)


class WebhookRows(Resource):
    """Endpoints, in one statement."""

    model = Webhook
    output = WebhookOutput
    scopes = Scopes("webhooks")

    def answer_once(self, row: Webhook, secret: str, http_status: int) -> Response:
        """The endpoint with its secret, which is no part of its ETag."""
        shown = represent(self.output, self.find(key=row.pk))
        return Response({**shown, "secret": secret}, status=http_status, headers={"ETag": etag_of(shown)})


class WebhookList(WebhookRows, Lists):
    """The shop's endpoints, at most 20. The answer that makes one is the only one with its secret."""

    input, answer_output = WebhookInput, WebhookWithSecretOutput
    shown_once = ("secret",)
    examples = {"POST": {"name": "Books", "url": "https://books.example.com/hooks", "events": ["order.paid"]}}
    filters = {"is_active": filters.flag("is_active", "Those that are told, or are switched off.")}

    def post(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        values = self.read(self.input)
        with shop_transaction():
            webhook, secret = make_endpoint(EndpointFields(**{"headers": {}, **values}))
            self.note("make", webhook, before=None, after=represent(self.output, webhook))
        return self.answer_once(webhook, secret, status.HTTP_201_CREATED)


class WebhookItem(WebhookRows, Shows, Edits, Deletes):
    """An endpoint. Its deliveries go with it."""

    changes = WebhookChanges

    def change(self, row: Webhook, values: Values) -> None:
        is_active = values.pop("is_active", None)
        if values:
            change_endpoint(row.pk, replace(_fields_of(row, with_headers="headers" not in values), **values))
        if is_active is not None:
            (switch_on if is_active else switch_off)(row.pk)

    def remove(self, row: Webhook) -> None:
        remove_endpoint(row.pk)


class RotateInput(Input):
    """For how long the old secret signs beside the new one; 0 when it got about."""

    overlap_hours = Whole(required=False, min_value=0, max_value=LONGEST_OVERLAP // AN_HOUR)


class RotateSecret(WebhookRows):
    """Gives an endpoint a new secret. The answer is the only one that has it."""

    operation = "rotate_webhook_secret"
    input, answer_output = RotateInput, WebhookWithSecretOutput
    answers = status.HTTP_200_OK
    shown_once = ("secret",)
    examples = {"POST": {"overlap_hours": 24}}

    def post(self, request: Request, key: Any) -> Response:
        check_parameters(request.query_params, ())
        values = self.read(self.input)
        overlap = AN_HOUR * values.get("overlap_hours", USUAL_OVERLAP // AN_HOUR)
        with shop_transaction():
            row = self.locked(key=key)
            webhook, secret = rotate_secret(row.pk, at=timezone.now(), overlap=overlap)
            until = str(webhook.previous_secret_until or "now")
            self.note("rotate", webhook, before=None, after={"old_one_until": until})
        return self.answer_once(webhook, secret, self.answers)


def _fields_of(webhook: Webhook, *, with_headers: bool) -> EndpointFields:
    return EndpointFields(
        name=webhook.name,
        url=webhook.url,
        events=webhook.events,
        headers=_kept_headers(webhook) if with_headers else {},
        retry_count=webhook.retry_count,
        timeout_seconds=webhook.timeout_seconds,
    )


def _kept_headers(webhook: Webhook) -> dict[str, str]:
    try:
        return own_headers(webhook)
    except SealBroken:  # of a copy, or after the installation's secret was lost: they are written anew
        return {}
