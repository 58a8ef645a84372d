"""The values of a facet, of which a page has a hundred: written in one go, a template takes four times as long."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenant_shop.storefront.own_language import of_own_words

register = template.Library()

VALUE = (
    '<li class="facet__value{}"><input id="{}" type="checkbox" name="{}" value="{}"{}><label for="{}">{}'
    '<span class="visually-hidden"> ({})</span></label> <span class="facet__count" aria-hidden="true">{}</span></li>'
)


@register.simple_tag(takes_context=True)
def facet_values(context: template.Context, name: str, values: Iterable[Mapping[str, Any]]) -> SafeString:
    """List items, each with a checkbox for one of `values` {id, value, label, count, count_text, chosen, below}."""
    language = of_own_words(getattr(context, "request", None))
    return format_html_join(
        "",
        VALUE,
        (
            (
                " facet__value--below" if value["below"] else "",
                value["id"],
                name,
                value["value"],
                _CHECKED if value["chosen"] else "",
                value["id"],
                format_html("<span{}>{}</span>", language, value["label"]) if language else value["label"],
                value["count_text"],
                value["count"],
            )
            for value in values
        ),
    )


_CHECKED = SafeString(" checked")
