"""Descriptions written elsewhere, made safe to show."""

import re
from html import unescape

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
# As nh3 writes it: every value in double quotes, which do not occur within.
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="\s*(?:https:|(?!\s|[a-z][a-z0-9+.-]*:))[^"]*"', re.IGNORECASE)


def safe_html(markup: str) -> str:
    """`markup` with only the tags, attributes and addresses that text needs; scripts, styles and frames are gone.

    Cleaning twice changes nothing.
    """
    cleaned = nh3.clean(
        markup, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return calm_pictures(cleaned).strip()


def calm_pictures(cleaned: str) -> str:
    """HTML that nh3 has cleaned, with pictures that wait until they are seen and have an `alt`, empty if need be.

    Pictures at addresses that our pages may not load from (`img-src` in smartseller/headers.py) are left out.
    """
    return _PICTURE.sub(_calm, cleaned)


def _calm(picture: re.Match[str]) -> str:
    attributes = picture[1]
    if _SOURCE.search(attributes) is None:
        return ""
    alt = "" if ' alt="' in attributes else ' alt=""'
    return f'<img{attributes}{alt} loading="lazy" decoding="async">'


def is_html(text: str) -> bool:
    """Whether `text` holds markup; otherwise its line breaks mean something."""
    return nh3.is_html(text)


def plain_text(markup: str) -> str:
    """`markup` as one line of text, for places that know no tags; it still needs escaping."""
    text = unescape(nh3.clean(markup.replace("<", " <"), tags=set())) if is_html(markup) else markup
    return " ".join(text.split())
