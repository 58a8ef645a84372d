"""The language of the merchant's words, on pages that are read in another one."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenant_shop.storefront.own_language import of_own_words

register = template.Library()


@register.simple_tag(takes_context=True)
def in_own_language(context: template.Context) -> SafeString:
    """Attributes for the element that holds words of the merchant: `<h1{% in_own_language %}>{{ product.name }}</h1>`.

    Empty on a page in the shop's own language. It also works in what was included with `only`.
    """
    return of_own_words(getattr(context, "request", None))


@register.filter
def own_words(text: str, own: SafeString) -> str | SafeString:
    """Words of the merchant within a sentence of a mail, where `own` has the attributes that they need."""
    return format_html("<bdi{}>{}</bdi>", own, text) if own else text
