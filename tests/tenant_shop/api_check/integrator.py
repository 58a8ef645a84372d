"""A program that knows nothing of the shop but its OpenAPI document."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import jsonschema


@dataclass
class Integrator:
    """Calls operations by their ids. What it sends fits the document, and so must what it gets."""

    origin: str
    host: str
    key: str

    def __post_init__(self) -> None:
        self.document: dict[str, Any] = self._fetch("GET", "/api/v1/openapi.json")[1]
        self.base = self.document["servers"][0]["url"]
        self.operations = {
            operation["operationId"]: (path, method, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def call(self, name: str, body: Any = None, *, query: dict[str, str] | None = None, **keys: str) -> Any:
        """The body of a good answer."""
        path, method, operation = self.operations[name]
        assert {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"} == keys.keys()
        if "requestBody" in operation:
            self._check(body, operation["requestBody"])
        address = self.base + path.format(**keys) + (f"?{urlencode(query)}" if query else "")
        status, told = self._fetch(method.upper(), address, body)
        assert 200 <= status < 300
        self._check(told, operation["responses"][str(status)])
        return told

    def _check(self, body: Any, described: dict[str, Any]) -> None:
        schema = described["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": self.document["components"]}).validate(body)

    def _fetch(self, method: str, address: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Host": self.host, "Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.origin + address, content, headers, method=method)) as answer:
            return answer.status, json.loads(answer.read())
