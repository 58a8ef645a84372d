"""How the description of the API is written: read off the resources, so that it cannot say anything else."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from inflection import singularize
from rest_framework import serializers

from smartseller.api.idempotency import HEADER as NAME
from smartseller.api.idempotency import LONGEST
from smartseller.api.lists import LONGEST_CURSOR, MOST, MOST_EXPANSIONS, USUAL, Filter, pattern_of_list
from smartseller.api.outputs import Output

QUERY: Final = "query"
HEADER: Final = "header"
CURSOR = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": LONGEST_CURSOR}
VERBS = {"GET": "retrieve", "POST": "create", "PATCH": "update", "PUT": "replace", "DELETE": "delete"}
# Why a request may be refused, by status.
WHY = {
    400: "The address or the body is not valid; `param` names the part that is meant.",
    401: "Nobody is logged in, or the key is not known.",
    403: "The scope, the right or a feature of the plan is missing; the message names it.",
    404: "There is nothing here.",
    406: "Only `application/json` is spoken.",
    409: "A rule of the business refuses it, or another change came in between. Nothing was changed.",
    410: "It is not kept any more: begin anew.",
    412: "`If-Match` names another state than the present one. Nothing was changed.",
    413: "The body is too large.",
    415: "Bodies are `application/json`.",
    422: "A value is refused by a rule of the business. Nothing was changed.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "A part of the system cannot answer now; `Retry-After` says when to try again.",
}


class DetailOutput(serializers.Serializer[Any]):
    """One thing that is wrong with a body."""

    param = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()


class ErrorFacts(serializers.Serializer[Any]):
    """What went wrong: `code` for programs, `message` for people, `param` for the part of the request."""

    code = serializers.CharField()
    message = serializers.CharField()
    param = serializers.CharField(allow_null=True)
    request_id = serializers.CharField()
    doc_url = serializers.CharField()
    details = DetailOutput(many=True, required=False)


class Refusal(serializers.Serializer[Any]):
    """Every refusal has this shape."""

    error = ErrorFacts()


class ApiSchema(AutoSchema):
    """Reads `output`, `input`, `changes`, `filters`, `examples` and `answers` of a view."""

    view: Any

    def is_excluded(self) -> bool:
        return not getattr(self.view, "is_documented", True)

    def get_operation_id(self) -> str:
        """`list_products`, `create_product_variants`, `cancel_order`."""
        words = [word for word in self.path.strip("/").replace("-", "_").split("/") if not word.startswith("{")]
        own = getattr(self.view, "operation", None)
        if own:
            return str(own)
        if self._lists():
            return "_".join(("list", *words))
        return "_".join((VERBS[self.method], *map(singularize, words)))

    def get_summary(self) -> str:
        return self.get_operation_id().replace("_", " ").capitalize()

    def get_description(self) -> str:  # type: ignore[override]
        written = (type(self.view).__doc__ or "").strip().replace("\n    ", "\n")
        if not self.view.scopes or not self.view.permission_classes:
            return written
        pages = ", or a publishable key" if self.view.scopes.is_public(self.method) else ""
        return f"{written}\n\nNeeds the scope `{self.view.scopes.needed(self.method)}`{pages}."

    def get_tags(self) -> list[str]:
        return [self.view.scopes.resource if self.view.scopes else "root"]

    def get_auth(self) -> list[dict[str, Any]]:
        """A session is good for reading alone."""
        if getattr(self.view, "key_optional", False):
            return [{}, {"key": []}]
        if not self.view.permission_classes:
            return []
        return [{"key": []}, *([{"session": []}] if self.method == "GET" and self.view.takes_sessions else [])]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _lists(self) -> bool:
        return self.method == "GET" and hasattr(self.view, "listed")

    def get_override_parameters(self) -> list[Any]:
        found: list[OpenApiParameter] = []
        own = getattr(self.view, "place_filters", None)
        if self.method == "GET" and own is not None:
            found += self._of_filters(own)
        elif self.method == "GET" and hasattr(self.view, "output"):
            found += self._of_lists() if self._lists() else []
            found += _shapes(self.view.output)
        if self.method == "GET" and hasattr(self.view, "shows_one"):
            found.append(OpenApiParameter("If-None-Match", str, HEADER, description="An ETag that you have."))
        if self.method == "POST":
            name = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[ -~]+$"}
            found.append(OpenApiParameter(NAME, name, HEADER, description="The same again is not done again (24 h)."))
        if self.method in ("PATCH", "PUT", "DELETE") and hasattr(self.view, "locked"):
            found.append(OpenApiParameter("If-Match", str, HEADER, description="The ETag of what you mean to change."))
        return found

    def _of_lists(self) -> Iterator[OpenApiParameter]:
        stamp = self.view.stamp
        yield OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            QUERY,
            description="Rows of a page.",
        )
        yield OpenApiParameter("cursor", CURSOR, QUERY, description="From `next`.")
        yield OpenApiParameter(
            "order",
            {"type": "string", "enum": [stamp, f"-{stamp}"], "default": stamp},
            QUERY,
            description="The longest unchanged first, or the newest change first.",
        )
        yield OpenApiParameter(
            "modified_since",
            {"type": "string", "format": "date-time"},
            QUERY,
            description="What changed then or later. Begin the next round with the `as_of` of this one.",
        )
        yield from self._of_filters(self.view.filters)

    def _of_filters(self, filters: Mapping[str, Filter]) -> Iterator[OpenApiParameter]:
        for name, one in filters.items():
            schema: Any = self._map_serializer_field(one.field, "request")  # type: ignore[no-untyped-call]
            self._insert_field_validators(one.field, schema)  # type: ignore[no-untyped-call]
            yield OpenApiParameter(name, schema, QUERY, description=one.help)

    def get_request_serializer(self) -> Any:
        if self.method in ("PATCH", "PUT"):
            return getattr(self.view, "changes", None)
        if self.method != "POST":
            return None
        body, form = getattr(self.view, "input", None), getattr(self.view, "form", None)
        if form is None:
            return body
        return {**({"application/json": body} if body else {}), "multipart/form-data": form}

    def get_response_serializers(self) -> Any:
        refusals = {status: OpenApiResponse(Refusal, description=WHY[status]) for status in self._refusals()}
        output = getattr(self.view, "output", None)
        if self.method == "POST":
            output = getattr(self.view, "answer_output", output)
        if output is None:
            return {200: getattr(self.view, "answer_schema", {"type": "object"}), **refusals}
        if self.method == "DELETE":
            return {204: OpenApiResponse(description="It is gone."), **refusals}
        if self._lists():
            return {200: OpenApiResponse(_page(output), description="A page."), **refusals}
        status = getattr(self.view, "answers", 201) if self.method == "POST" else 200
        known = {304: OpenApiResponse(description="You have it already.")} if self.method == "GET" else {}
        return {status: OpenApiResponse(output, description="The row in full."), **known, **refusals}

    def _refusals(self) -> list[int]:
        found = {406, 429, 503}
        if hasattr(self.view, "output") or self.view.permission_classes:
            found |= {400, 404}
        if self.view.permission_classes:
            found |= {401, 403}
        if self.method in ("POST", "PATCH", "PUT"):
            found |= {409, 413, 415, 422}
        if self.method in ("PATCH", "PUT", "DELETE"):
            found |= {409, 412, 422}
        return sorted(found | set(getattr(self.view, "refuses", ())))

    def get_examples(self) -> list[OpenApiExample]:
        value = getattr(self.view, "examples", {}).get(self.method)
        return [OpenApiExample("Example", value=value, request_only=True)] if value else []

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Where fields go together, no body at all is none that goes."""
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if body and getattr(self.get_request_serializer(), "rule", {}):
            body["required"] = True
        return body

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:  # noqa: FBT001, FBT002
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.replace("Output", "").replace("InputRequest", "Input")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """A body has no other fields than those that are named."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request":
            schema["additionalProperties"] = False
            schema.update(getattr(serializer, "rule", {}))
            for name, field in serializer.fields.items():
                if isinstance(field, serializers.ListSerializer):
                    schema["properties"][name].update(_bounds(field))
        return schema


def _bounds(field: Any) -> Iterator[tuple[str, int]]:
    """How many there may be."""
    fewest = field.min_length or (0 if field.allow_empty else 1)
    if fewest:
        yield "minItems", fewest
    if field.max_length:
        yield "maxItems", field.max_length


@cache
def _some_of(output: type[Output]) -> str:
    return pattern_of_list(output().fields)


def _shapes(output: type[Output]) -> Iterator[OpenApiParameter]:
    yield OpenApiParameter(
        "fields",
        {"type": "string", "pattern": _some_of(output)},
        QUERY,
        description="Only these fields, between commas; `id` always comes.",
    )
    if output.expansions:
        yield OpenApiParameter(
            "expand",
            {"type": "string", "pattern": pattern_of_list(output.expansions, most=MOST_EXPANSIONS)},
            QUERY,
            description=f"In full beside their ids, at most {MOST_EXPANSIONS}: {', '.join(output.expansions)}.",
        )


@cache
def _page(output: type[Output]) -> serializers.Serializer[Any]:
    name = output.__name__.removesuffix("Output")
    page: serializers.Serializer[Any] = inline_serializer(
        f"{name}Page",
        fields={
            "results": output(many=True),
            "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
            "as_of": serializers.DateTimeField(
                allow_null=True, help_text="Until when nothing is missing; on the first page only."
            ),
        },
    )
    return page
