"""What the audit log never keeps: secrets."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "•••"
SECRET = re.compile(r"password|secret|token|key_hash|api_key", re.IGNORECASE)


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by field, those of secret fields masked, also deep inside of others; that there was one, or none, is
    seen."""
    return {
        name: MASK if value not in (None, "") and SECRET.search(name) else _inside(value)
        for name, value in values.items()
    }


def _inside(value: Any) -> Any:
    match value:
        case Mapping():
            return without_secrets(value)
        case list() | tuple():
            return [_inside(part) for part in value]
    return value
