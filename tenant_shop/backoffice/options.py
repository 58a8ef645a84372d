"""A variant's options as people write them: "Size: M, Colour: Red"."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget


class OptionsField(forms.CharField):
    """Names and values with colons, pairs with commas; JSON where a name or value contains one of them."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "help_text": "Size: M, Colour: Red", **options})

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, str]:  # type: ignore[override]
        return value if isinstance(value, dict) else read(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except ValidationError:
            return True


def written(options: dict[str, Any]) -> str:
    """`options` as one line that `read` understands."""
    if any(mark in str(word) for pair in options.items() for word in pair for mark in ":,{"):
        return json.dumps(options, ensure_ascii=False)
    return ", ".join(f"{name}: {value}" for name, value in options.items())


def read(line: str) -> dict[str, str]:
    """The options of a line. Errors: ValidationError when it cannot be understood or names an option twice."""
    if line.lstrip().startswith("{"):
        return _read_json(line)
    options: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in line.split(","))):
        name, colon, value = (part.strip() for part in pair.partition(":"))
        if not (name and colon and value):
            raise ValidationError(f"Write “{pair}” as “Size: M”.", code="option_malformed")
        if name in options:
            raise ValidationError(f"The option {name} is there twice.", code="option_twice")
        options[name] = value
    return options


def _read_json(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise ValidationError("This is no readable JSON.", code="option_malformed") from error
    if not all(isinstance(value, str) for value in found.values()):
        raise ValidationError("Each option needs a text.", code="option_malformed")
    return dict(found)
