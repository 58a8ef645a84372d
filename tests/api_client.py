"""Talking JSON to a shop's API."""

import json
from typing import Any

from django.test import Client

API = "/api/v1"


class ApiClient:
    """`api.post("/brands/", {"name": "Stark"})`; paths are below `/api/v1`."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(_address(path), headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.client.delete(_address(path), headers=_named(headers))

    def raw(self, path: str, content: bytes, content_type: str = "application/json") -> Any:
        """Post bytes as they are."""
        return self.client.post(_address(path), content, content_type=content_type)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        content = json.dumps({} if body is None else body)
        send = getattr(self.client, method)
        return send(_address(path), content, content_type="application/json", headers=_named(headers))


def error_of(response: Any) -> tuple[int, str, str | None]:
    """Status, code and param of a refusal, whose shape is checked."""
    error = response.json()["error"]
    assert {"code", "message", "param", "request_id", "doc_url"} <= error.keys()
    assert error["message"]
    assert error["request_id"] == response.headers["X-Request-ID"]
    return response.status_code, error["code"], error["param"]


def _address(path: str) -> str:
    return path if path.startswith(("http://", API)) else API + path


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
