"""Markdown to HTML that can do no harm."""

from collections.abc import Callable, Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tenant_shop.catalog.html import ATTRIBUTES, SCHEMES, TAGS, calm_pictures


def page_html(body: str, *, address: Callable[[str], str] = str) -> str:
    """`body` (Markdown with tables) as HTML. Headings begin below the page's title, at the second level.

    Markup in the text is shown as text, and what comes out is cleaned besides. `address` rewrites where links lead.
    """
    markdown = _markdown()
    tokens = markdown.parse(body)
    _rank_headings(tokens)
    _lead(tokens, address)
    made = markdown.renderer.render(tokens, markdown.options, {})
    cleaned = nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")
    return calm_pictures(cleaned).strip()


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _rank_headings(tokens: Sequence[Token]) -> None:
    """Whatever levels a merchant begins with or jumps over, readers by ear meet them one after the other."""
    written: list[int] = []  # the open headings' own levels, outermost first
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while written and written[-1] >= level:
                written.pop()
            written.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(written) + 1, 6)}"


def _lead(tokens: Sequence[Token], address: Callable[[str], str]) -> None:
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("href", address(str(token.attrGet("href") or "")))
        if token.children:
            _lead(token.children, address)
