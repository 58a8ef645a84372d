"""Markdown to HTML that can do no harm."""

from collections.abc import Callable, Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tenant_shop.catalog.html import ATTRIBUTES, SCHEMES, TAGS


def page_html(body: str, *, address: Callable[[str], str] = str) -> str:
    """`body` (Markdown with tables) as HTML. Headings begin at the second level, below the page's title.

    Markup in the text is shown as text, and what comes out is cleaned besides. `address` rewrites where links lead.
    """
    markdown = _markdown()
    tokens = markdown.parse(body)
    _adapt(tokens, address)
    made = markdown.renderer.render(tokens, markdown.options, {})
    return nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener").strip()


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _adapt(tokens: Sequence[Token], address: Callable[[str], str]) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        elif token.type == "link_open":
            token.attrSet("href", address(str(token.attrGet("href") or "")))
        if token.children:
            _adapt(token.children, address)
