"""The merchant's own fields on a product's page, beside its specifications."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from tenant_shop.catalog.facts import Told, Words
from tenant_shop.configuration.custom_fields.models import CustomField


def own_fields(shown: Sequence[Mapping[str, str]], values: Mapping[str, Any]) -> Iterator[tuple[str, Told]]:
    """Each field that is shown and has a value: its name, and the value in words."""
    for field in shown:
        value = values.get(field["key"])
        if value is not None:
            yield field["name"], (_words(field["kind"], value),)


def _words(kind: str, value: Any) -> Words:
    """Dates, numbers, yes and no are in the reader's language, everything else as the merchant wrote it."""
    match kind:
        case CustomField.Kind.BOOLEAN:
            return Words(_("Yes") if value is True else _("No"), are_ours=True)
        case CustomField.Kind.DATE:
            return Words(formats.date_format(date.fromisoformat(value)), are_ours=True)
        case CustomField.Kind.NUMBER:
            return Words(formats.number_format(value), are_ours=True)
        case _:
            return Words(str(value))
