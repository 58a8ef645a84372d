"""The merchant's own words of a mail, in place of ours."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.templating import BrokenTemplate, render

logger = logging.getLogger(__name__)

PARTS = ("subject", "title", "text")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """All of it plain text. `paragraphs` stand where ours would."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]


def templates_of(shop: ShopSettings, kind: str, language: str) -> dict[str, str] | None:
    """What the merchant wrote for a kind of mail in a language (BCP 47), by part; None where nothing is written."""
    found = _inside(_inside(shop.email_templates, kind), language)
    parts = {part: found.get(part, "") for part in PARTS}
    return parts if all(isinstance(words, str) and words.strip() for words in parts.values()) else None


def own_words(shop: ShopSettings, kind: str, language: str, context: Mapping[str, Any]) -> OwnWords | None:
    """What the merchant wrote, about this mail; None where nothing is written, or what is written cannot be read.

    `context` is what the mail's own template is given; of it only the facts of the kind are told.
    """
    templates = templates_of(shop, kind, language)
    if templates is None:
        return None
    facts = {name: str(context.get(name) or "") for name in KINDS[kind].names} | {
        "shop": shop.store_name,
        "shop_email": shop.store_email,
    }
    try:
        return fill(templates, facts)
    except BrokenTemplate as error:  # refused when saved; an older one may name what this release does not tell
        logger.warning("the merchant's words of the mail %s in %s are not used: %s", kind, language, error)
        return None


def fill(templates: Mapping[str, str], facts: Mapping[str, str]) -> OwnWords:
    """The parts with the facts in their places. Errors: BrokenTemplate."""
    subject, title, text = (render(templates[part], facts) for part in PARTS)
    return OwnWords(
        # A line end in a subject would begin another header.
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        title=" ".join(title.split()),
        paragraphs=tuple(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()),
    )


def _inside(found: Any, key: str) -> Mapping[str, Any]:
    inner = found.get(key) if isinstance(found, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}
