"""What the finished description gets besides: names of its parts, and examples that are made of their own schemas,
so that they cannot fall behind. A view with `examples` says better what is sent to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

JSON: Final = "application/json"
SAMPLE_ID: Final = "01a21bb3-da45-710f-9570-d6b551c45dc6"
SAMPLE_MOMENT: Final = "2026-11-27T09:30:00.000000Z"
ADDRESS = {"first_name": "Ann", "last_name": "Example", "address_line_1": "1 Main Street", "city": "Berlin",
           "postal_code": "10115", "country": "DE"}  # fmt: skip
# What a schema alone does not say. The first that fits is taken.
BY_NAME: Mapping[str, tuple[Any, ...]] = {
    **{name: (value,) for name, value in ADDRESS.items()},
    "address_line_2": ("2nd floor",),
    "agreed_to": ("I agree to the terms.",),
    "answer": ("Send it back with the label in the parcel.",),
    "as_of": (SAMPLE_MOMENT,),
    "barcode": ("4006381333931",),
    "billing_address": (ADDRESS,),
    "carrier": ("DHL",),
    "code": ("SUMMER",),
    "company": ("Example & Co.",),
    "content": ("Light, and it keeps its shape.",),
    "coupon_code": ("SUMMER",),
    "currency": ("EUR",),
    "custom_fields": ({},),
    "customer_email": ("ann@example.com",),
    "customs_code": ("62052000",),
    "data": ({"id": SAMPLE_ID, "name": "Linen shirt"},),
    "description": ("A light shirt for warm days.",),
    "email": ("ann@example.com",),
    "expected_currency": ("EUR",),
    "image_url": ("https://example.com/linen-shirt.jpg",),
    "language": ("en",),
    "logo_url": ("https://example.com/logo.png",),
    "meta_description": ("Linen shirts for warm days.",),
    "meta_keywords": ("linen, shirt",),
    "meta_title": ("Linen shirt",),
    "name": ("Linen shirt",),
    "next": (None,),
    "options": ({"Size": "M"}, {"Size": ["S", "M"]}),
    "order_number": ("202611000001",),
    "origin_country": ("PT",),
    "payment_method": ("bank_transfer",),
    "phone": ("+49 30 123456",),
    "product_name": ("Linen shirt",),
    "problems": ([],),
    "product_sku": ("SHIRT-M",),
    "reason": ("Ordered twice",),
    "reference": ("Delivery 4711",),
    "reply": ("Thank you!",),
    "shipping_address": (ADDRESS,),
    "shipping_code": ("standard",),
    "short_description": ("A light shirt.",),
    "sku": ("SHIRT-M",),
    "slug": ("linen-shirt",),
    "specifications": ([{"name": "Material", "values": ["Linen"]}],),
    "state_province": ("Berlin",),
    "tags": (["summer"],),
    "tax_class": ("standard",),
    "title": ("Sound",),
    "tracking_number": ("00340434161094042557",),
    "type": ("product.updated",),
    "tracking_url": ("https://example.com/track/00340434161094042557",),
    "version": ("1",),
    "website_url": ("https://example.com/",),
}
# For texts that have to look like something.
TEXTS = ("text", "DE", "12.50", "1", "#336699", "text@example.com", "https://example.com/")
BY_FORMAT = {"uuid": SAMPLE_ID, "date-time": SAMPLE_MOMENT, "date": "2026-11-27", "uri": "https://example.com/"}
# A refusal with each status, as its code and its message.
REFUSALS = {
    "400": ("unknown_field", "There is no such field.", "nmae"),
    "401": ("key_unknown", "There is no such key.", None),
    "403": ("scope_missing", "The key needs the scope write_products.", None),
    "404": ("not_found", "There is nothing here.", None),
    "406": ("not_acceptable", "Only application/json is spoken.", None),
    "409": ("in_use", "Something else needs this: it cannot be deleted.", None),
    "410": ("gone", "It is not kept any more: begin anew.", None),
    "412": ("changed_meanwhile", "This was changed since you read it. Read it again, and decide anew.", None),
    "413": ("too_large", "A body may have 1 MB.", None),
    "415": ("unsupported_media_type", "Bodies are application/json.", None),
    "422": ("idempotency_key_reused", "This Idempotency-Key was another call's. Give each call its own.", None),
    "429": ("rate_limited", "There were 10000 calls within an hour. Try again in 2 seconds.", None),
    "503": ("not_ready", "A part of the system cannot answer now. Trying again later may help.", None),
}


class NoExample(ValueError):
    """Nothing that is made up fits the schema: the view has to give an example of its own."""


def with_examples(result: dict[str, Any], **about: Any) -> dict[str, Any]:
    """The document with an example of each body. Errors: NoExample."""
    schemas = result["components"]
    for content, status in _contents(result):
        if "examples" in content:
            continue
        if status in REFUSALS:
            content["example"] = _refusal(*REFUSALS[status])
            continue
        made = _sample(content["schema"], "", schemas)
        if not _fits(made, content["schema"], schemas):
            made = _sample(content["schema"], "", schemas, only_required=True)
        if not _fits(made, content["schema"], schemas):
            raise NoExample(f"give an example of {content['schema']}")
        content["example"] = made
    return result


def with_tags(result: dict[str, Any], **about: Any) -> dict[str, Any]:
    """The document with what its parts are called, in the order of their addresses."""
    used = (tag for methods in result["paths"].values() for operation in methods.values() for tag in operation["tags"])
    result["tags"] = [
        {"name": name, "x-displayName": name.replace("_", " ").capitalize()} for name in dict.fromkeys(used)
    ]
    return result


def _contents(document: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """What is sent (without a status) and what is answered, in JSON."""
    for methods in document["paths"].values():
        for operation in methods.values():
            told = [("", operation.get("requestBody", {})), *operation["responses"].items()]
            yield from ((body["content"][JSON], status) for status, body in told if JSON in body.get("content", {}))


def _refusal(code: str, message: str, param: str | None) -> dict[str, Any]:
    about = {"request_id": SAMPLE_ID.replace("-", ""), "doc_url": "/api/v1/docs/#section/Errors"}
    return {"error": {"code": code, "message": message, "param": param, **about}}


def _fits(value: Any, schema: Mapping[str, Any], components: Mapping[str, Any]) -> bool:
    return bool(Draft202012Validator({**schema, "components": components}).is_valid(value))


def _sample(schema: Mapping[str, Any], name: str, components: Mapping[str, Any], *, only_required: bool = False) -> Any:
    """A value of the schema, with all of its fields or only those that it needs."""
    for known in BY_NAME.get(name, ()):
        if _fits(known, schema, components):
            return known
    if "$ref" in schema:
        schema = components["schemas"][schema["$ref"].rpartition("/")[2]]
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema and "properties" not in schema:
            return _sample(schema[word][0], name, components, only_required=only_required)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    types = schema.get("type", "object")
    match types if isinstance(types, str) else next(each for each in types if each != "null"):
        case "array":
            return [_sample(schema["items"], "", components, only_required=only_required)]
        case "object":
            wanted = schema.get("required", ()) if only_required else schema.get("properties", {})
            return {
                each: _sample(schema["properties"][each], each, components, only_required=only_required)
                for each in wanted
            }
        case "boolean":
            return True
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case _ if schema.get("format") in BY_FORMAT:
            return BY_FORMAT[schema["format"]]
        case _:
            return next((text for text in TEXTS if _fits(text, schema, components)), None)
