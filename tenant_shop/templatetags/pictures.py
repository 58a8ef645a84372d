"""Pictures in pages: written in one go, because a list has one for each product and templates are slow."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from tenant_shop.storefront.own_language import of_own_words
from tenant_shop.storefront.pictures import shown_in

register = template.Library()

# The first ones of a list are in sight when the page opens.
IN_SIGHT = 4
SIZE = 800  # pixels, of a picture whose own is not known


@register.simple_tag(takes_context=True)
def picture(
    context: template.Context,
    image: Mapping[str, Any] | None,
    name: str,
    *,
    variant: str = "",
    place: str = "",
    eager: bool = False,
    position: int = 0,
    decorative: bool = False,
) -> SafeString:
    """`image` {url, alt, width, height, renditions}, or the first letter of `name` where there is none.

    `variant` is "", "thumb", "small" or "logo"; `place` a key of `storefront.pictures.PLACES`, else that of the
    variant, else "card". What the page opens with is `eager`, as is the first `position` (from 1) in a list, whose next
    three are not lazy either. A `decorative` picture has its name beside it.
    """
    frame = f'<div class="picture picture--{escape(variant)}">' if variant else '<div class="picture">'
    if not image:
        inside = f'<span class="picture__initial" aria-hidden="true">{escape(name[:1])}</span>'
        return mark_safe(f"{frame}{inside}</div>")  # noqa: S308 - escaped
    shown = shown_in(image, place or variant or "card")
    sources = "".join(
        f'<source type="{source.mime_type}" srcset="{escape(source.srcset)}" sizes="{shown.sizes}">'
        for source in shown.sources
    )
    alt = "" if decorative else escape(image["alt"])
    language = of_own_words(getattr(context, "request", None)) if alt else ""
    width, height = int(image["width"] or SIZE), int(image["height"] or SIZE)
    loading = _loading(eager=eager, position=position)
    return mark_safe(  # noqa: S308 - escaped; the rest are numbers and our own words
        f'{frame}<picture>{sources}<img src="{escape(image["url"])}" alt="{alt}"{language} width="{width}"'
        f' height="{height}"{loading} decoding="async"></picture></div>'
    )


def _loading(*, eager: bool, position: int) -> str:
    if eager or position == 1:
        return ' fetchpriority="high"'
    return "" if 0 < position <= IN_SIGHT else ' loading="lazy"'
