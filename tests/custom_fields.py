"""Fields of a merchant's own, for the tests that need some."""

from typing import Any

from tenant_shop.configuration.custom_fields.define import define_field
from tenant_shop.configuration.custom_fields.models import CustomField

FIELDS = "/admin/tenant_shop/customfield/"
HOSTILE = "\"><script>alert('x')</script>'; DROP TABLE products; --"


def field(name: str, kind: str = "text", *, owner: str = "product", **values: Any) -> CustomField:
    """A field of products unless said otherwise; one of several is Easy or Hard."""
    if kind == "choice":
        values.setdefault("choices", ["Easy", "Hard"])
    return define_field(CustomField(name=name, kind=kind, owner=owner, **values))


def definition(**changes: Any) -> dict[str, Any]:
    """What the form of a new field sends."""
    return {
        "owner": "product",
        "kind": "choice",
        "name": "Care",
        "choices": "Easy\n Hard \nEasy",
        "position": 0,
    } | changes
