"""An example of each object as integrators see it, made from what its serializer says it has: it cannot fall behind."""

from typing import Any

from rest_framework import serializers

from smartseller.api.samples import BY_NAME, SAMPLE_ID, SAMPLE_MOMENT
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.representations import OUTPUTS
from tenant_shop.integrations.catalogue import EventType


def example_of(event_type: EventType) -> dict[str, Any]:
    """The `data` of an event of this type, with made-up values."""
    if event_type.is_end:
        return {"id": SAMPLE_ID}
    return _object(OUTPUTS[event_type.kind]())


def _object(output: Any) -> dict[str, Any]:
    return {name: _value(name, field) for name, field in output.fields.items()}


def _value(name: str, field: Any) -> Any:
    if name in BY_NAME:
        return BY_NAME[name][0]
    match field:
        case serializers.ListSerializer():
            return [_object(field.child)]
        case serializers.Serializer():
            return _object(field)
        case Amount():
            return "12.50"
        case serializers.ChoiceField():
            return next(iter(field.choices), None)
        case serializers.DateTimeField():
            return SAMPLE_MOMENT
        case serializers.BooleanField():
            return True
        case serializers.IntegerField():
            return 1
        case serializers.CharField():
            return "text"
        case _ if name == "id" or name.endswith("_id"):
            return SAMPLE_ID
        case _:
            return None
