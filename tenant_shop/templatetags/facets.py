"""The values of a facet, of which a page has a hundred: written in one go, a template takes many times as long."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from tenant_shop.storefront.own_language import of_own_words

register = template.Library()


@register.simple_tag(takes_context=True)
def facet_values(context: template.Context, name: str, values: Iterable[Mapping[str, Any]]) -> SafeString:
    """List items, each with a checkbox for one of `values` (see _facets.html)."""
    language = of_own_words(getattr(context, "request", None))
    field = escape(name)
    return mark_safe("".join(_item(field, value, language) for value in values))  # noqa: S308 - escaped


def _item(field: str, value: Mapping[str, Any], language: str) -> str:
    below = " facet__value--below" if value["below"] else ""
    checked = " checked" if value["chosen"] else ""
    key, word, label = escape(value["id"]), escape(value["value"]), escape(value["label"])
    if language and value["is_own"]:
        label = f"<span{language}>{label}</span>"
    return (
        f'<li class="facet__value{below}"><input id="{key}" type="checkbox" name="{field}" value="{word}"{checked}>'
        f'<label for="{key}">{label}<span class="visually-hidden"> ({escape(value["count_text"])})</span></label> '
        f'<span class="facet__count" aria-hidden="true">{escape(value["count"])}</span></li>'
    )
