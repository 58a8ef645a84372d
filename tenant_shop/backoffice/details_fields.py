"""A product's specifications and features as people write them: one a line."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget

MOST_LINES = 100
LONGEST_NAME, LONGEST_VALUE = 60, 500
# Parts the values of a specification that has several: "Material: Cotton | Linen".
BETWEEN = " | "


class _LinesField(forms.CharField):
    """Text of lines that stands for a JSON document; a document that lines cannot say is shown, and read, as JSON."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"required": False, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 6}), "strip": False, **options}
        )

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.written(value)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value or []
        text = value.replace("\r\n", "\n").strip()
        return _read_json(text) if text[:1] in ("{", "[") else self.read(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text is another; the order in which JSON keeps names is none of the merchant's doing."""
        before = str(self.prepare_value(initial or []))
        return before.strip() != str(data or "").replace("\r\n", "\n").strip()

    def written(self, value: Any) -> str:
        raise NotImplementedError

    def read(self, text: str) -> Any:
        raise NotImplementedError


class SpecificationsField(_LinesField):
    """`Name: value`, one a line; several values are parted by a bar. Kept as a list, so that the order is kept."""

    def written(self, value: Any) -> str:
        pairs = _pairs(value)
        if pairs is None:
            return json.dumps(value, ensure_ascii=False, indent=1)
        return "\n".join(f"{name}: {told}" for name, told in pairs)

    def read(self, text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number, line in _lines(text):
            name, colon, told = (part.strip() for part in line.partition(":"))
            if not (name and colon and told):
                raise ValidationError(f"Line {number}: write it as “Material: Cotton”.", code="malformed")
            if any(row["name"] == name for row in found):
                raise ValidationError(f"Line {number}: {name} is there twice.", code="twice")
            if len(name) > LONGEST_NAME or len(told) > LONGEST_VALUE:
                raise ValidationError(
                    f"Line {number}: at most {LONGEST_NAME} characters before the colon, {LONGEST_VALUE} after it.",
                    code="long",
                )
            values = [value for part in told.split("|") if (value := part.strip())]
            if not values:
                raise ValidationError(f"Line {number}: write it as “Material: Cotton”.", code="malformed")
            found.append({"name": name, "value": values if len(values) > 1 else values[0]})
        return found


class FeaturesField(_LinesField):
    """One sentence a line."""

    def written(self, value: Any) -> str:
        if isinstance(value, dict):
            value = [name if text is True else f"{name}: {text}" for name, text in value.items()]
        if isinstance(value, list) and all(isinstance(line, str) and "\n" not in line for line in value):
            return "\n".join(value)
        return json.dumps(value, ensure_ascii=False, indent=1) if value else ""

    def read(self, text: str) -> list[str]:
        lines = [line for _, line in _lines(text)]
        if long := [line for line in lines if len(line) > LONGEST_VALUE]:
            raise ValidationError(f"“{long[0][:40]}…” is longer than {LONGEST_VALUE} characters.", code="long")
        return lines


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(f"At most {MOST_LINES} lines.", code="many")
    return lines


def _pairs(value: Any) -> list[tuple[str, str]] | None:
    """The document as names and values that lines can say; None when it holds more than that."""
    match value:
        case None | "":
            return []
        case dict():
            rows = list(value.items())
        case list() if all(isinstance(row, dict) and row.keys() == {"name", "value"} for row in value):
            rows = [(row["name"], row["value"]) for row in value]
        case _:
            return None
    found = [(name, _told(told)) for name, told in rows]
    if any(not isinstance(name, str) or ":" in name or told is None for name, told in found):
        return None
    return [(name, told) for name, told in found if told is not None]


def _told(value: Any) -> str | None:
    match value:
        case bool():
            return "Yes" if value else "No"
        case str() | int() | float():
            text = str(value)
            return None if "|" in text or "\n" in text or not text.strip() else text
        case list() if value and all(isinstance(word, str | int | float) for word in value):
            words = [_told(word) for word in value]
            return None if None in words else BETWEEN.join(word for word in words if word is not None)
        case _:
            return None


def _read_json(text: str) -> Any:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValidationError("This is no readable JSON.", code="malformed") from error
    if not isinstance(found, dict | list):
        raise ValidationError("Write one a line.", code="malformed")
    return found


def _no_number(word: str) -> float:
    raise ValueError(word)
