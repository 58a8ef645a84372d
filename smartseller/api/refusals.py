"""Refusals of the gate, in the framework's words."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import APIException


class Refusal(APIException):
    """An answer of its own status and code. `facts` go into the error beside its message, `headers` with the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        facts: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.facts = dict(facts or {})
        self.headers = dict(headers or {})
