"""`/api/v1/events/`: what happened, for those who ask instead of being called. What was deleted is told here, too."""

from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.inputs import Text
from smartseller.api.lists import MOST, Filter, check_parameters, pattern_of_list
from smartseller.api.outputs import Output
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.events import events_after
from tenant_shop.integrations.models import Event
from tenant_shop.integrations.webhooks.message import envelope

USUAL = 100
TYPES = pattern_of_list(EVENT_TYPES)


class TypesText(Text):
    """Types of events, between commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators[-1] = RegexValidator(TYPES, "There is no such type.", "unknown_type")


class EventOutput(Output):
    """An event as webhooks carry it. `data` is the object as it was then, as its own address shows it."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    api_version = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]


class EventPageOutput(Output):
    """Events, oldest first. While `has_more`, ask again after the last one."""

    results = EventOutput(many=True)
    has_more = serializers.BooleanField()


class EventList(ShopAPIView):
    """The events after one that was read before; without `after` from the oldest that is kept.

    Whoever goes on from the last one misses nothing. 410 says that the event is not kept any more: read the lists anew.
    """

    model = Event
    output = EventPageOutput
    scopes = Scopes("events")
    operation = "list_events"
    refuses = (410,)
    place_filters = {
        "after": Filter(serializers.UUIDField(), "", "The id of the last event that was read."),
        "limit": Filter(serializers.IntegerField(min_value=1, max_value=MOST), "", "Events of an answer."),
        "type": Filter(TypesText(max_length=500), "", "Only these types, between commas."),
    }

    def get(self, request: Request) -> Response:
        given = request.query_params
        check_parameters(given, tuple(self.place_filters))
        read = {name: one.read(name, str(given[name])) for name, one in self.place_filters.items() if name in given}
        types = frozenset(read["type"].split(",")) if "type" in read else frozenset()
        after: UUID | None = read.get("after")
        limit = int(read.get("limit", USUAL))
        found = events_after(after, limit=limit + 1, types=types)
        shown = [envelope(event) for event in found[:limit]]
        return Response({"results": shown, "has_more": len(found) > limit})
