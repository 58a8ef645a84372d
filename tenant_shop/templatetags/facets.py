"""The values of a facet, of which a page has a hundred: written in one go, a template takes many times as long."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def facet_values(name: str, values: Iterable[Mapping[str, Any]]) -> SafeString:
    """List items, each with a checkbox for one of `values` {id, value, label, count, chosen, below}."""
    field = escape(name)
    return mark_safe("".join(_item(field, value) for value in values))  # noqa: S308 - escaped


def _item(field: str, value: Mapping[str, Any]) -> str:
    below = " facet__value--below" if value["below"] else ""
    checked = " checked" if value["chosen"] else ""
    key, word = escape(value["id"]), escape(value["value"])
    return (
        f'<li class="facet__value{below}"><input id="{key}" type="checkbox" name="{field}" value="{word}"{checked}>'
        f'<label for="{key}">{escape(value["label"])}</label> '
        f'<span class="facet__count" aria-hidden="true">{escape(value["count"])}</span></li>'
    )
