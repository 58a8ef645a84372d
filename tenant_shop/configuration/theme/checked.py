"""Values of a look as people and programs hand them in: what a theme would silently drop is refused, and said why."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from tenant_shop.configuration.theme.parse import COLUMNS, LABEL, LINKS, SOCIAL
from tenant_shop.configuration.theme.values import address, colour, paragraphs, text

NO_ADDRESS = "Use a path of this shop, such as /pages/about/, or an address that begins with https://, mailto: or tel:."
UNPRINTABLE = "There are characters in it that cannot be shown."


def checked_line(typed: str, limit: int) -> str:
    """One line, white space tidied. Errors: ValidationError `unprintable`."""
    return _or_refuse(typed, text(typed, limit), UNPRINTABLE, "unprintable")


def checked_paragraphs(typed: str, limit: int) -> str:
    """Lines; an empty one begins a paragraph. Errors: ValidationError `unprintable`."""
    return _or_refuse(typed, paragraphs(typed, limit), UNPRINTABLE, "unprintable")


def checked_address(typed: str) -> str:
    """Where a link leads. Errors: ValidationError `no_address`."""
    return _or_refuse(typed, address(typed), NO_ADDRESS, "no_address")


def checked_colour(typed: str) -> str:
    """`#rrggbb`. Errors: ValidationError `invalid`."""
    return _or_refuse(typed, colour(typed), "Write the colour as # and six digits, such as #0f766e.", "invalid")


def checked_profiles(addresses: Sequence[str]) -> list[str]:
    """Profiles elsewhere. Errors: ValidationError `no_address`, `max_length`."""
    for each in addresses:
        if not address(each).startswith("https://"):
            raise ValidationError(f"“{each[:60]}” is no address that begins with https://.", "no_address")
    if len(addresses) > SOCIAL:
        raise ValidationError(f"At most {SOCIAL} profiles have room.", "max_length")
    return list(addresses)


def checked_columns(columns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Columns of links: each has a `title`, which may be empty, and `links` with `label` and `url`. Empty ones go.

    Errors: ValidationError `no_link`, `unprintable`, `max_length`.
    """
    found = [
        {"title": _title(str(column["title"])), "links": [_link(link) for link in column["links"]]}
        for column in columns
        if column["links"] or column["title"]
    ]
    if len(found) > COLUMNS or any(len(column["links"]) > LINKS for column in found):
        raise ValidationError(f"At most {COLUMNS} columns with {LINKS} links each have room.", "max_length")
    return found


def _title(typed: str) -> str:
    words = f"The title “{typed[:60]}” is too long, or has characters that cannot be shown."
    return _or_refuse(typed, text(typed, LABEL), words, "unprintable")


def _link(link: Mapping[str, Any]) -> dict[str, str]:
    label, url = text(link["label"], LABEL), address(link["url"])
    if not (label and url):
        named = str(link["label"])[:60]
        raise ValidationError(f"“{named}” is no link: it needs a label and an address. {NO_ADDRESS}", "no_link")
    return {"label": label, "url": url}


def _or_refuse(typed: str, kept: str, message: str, code: str) -> str:
    if typed and not kept:
        raise ValidationError(message, code)
    return kept
