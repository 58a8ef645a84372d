"""Reading single values of a `theme_config`: each becomes something that is safe to show, or nothing.

Nothing here escapes for HTML: templates do. A stylesheet gets colours and known names only, never a text.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings

LONGEST_ADDRESS = 500
# What browsers show as a picture and what the shop's media door serves as one.
PICTURES = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}

_HEX_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_UNFIT_IN_ADDRESSES = re.compile(r"[\s\\\"'<>`{}|^]")
# The soft hyphen, what parts and joins letters, and which way a letter beside them runs: they show nothing themselves.
_OF_WRITING = dict.fromkeys((0x00AD, 0x200C, 0x200D, 0x200E, 0x200F))
_TELEPHONE = re.compile(r"\+?[0-9][0-9()./-]{2,30}", re.ASCII)


def colour(value: object) -> str:
    """`#rrggbb` in lower case, of `#rgb` or `#rrggbb` in either case; else empty."""
    if not isinstance(value, str) or not _HEX_COLOUR.fullmatch(value.lower()):
        return ""
    digits = value.lower()[1:]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def choice(value: object, known: tuple[str, ...], default: str) -> str:
    return value if isinstance(value, str) and value in known else default


def is_shown(line: str) -> bool:
    """Whether `line` is text to read, without characters that command a terminal or turn round what follows."""
    return line.translate(_OF_WRITING).isprintable()


def text(value: object, limit: int) -> str:
    """One line of printable text, white space tidied; empty when it is longer than `limit` characters."""
    line = " ".join(value.split()) if isinstance(value, str) else ""
    return line if len(line) <= limit and is_shown(line) else ""


def paragraphs(value: object, limit: int) -> str:
    """Printable text whose empty lines part paragraphs; empty when it is longer than `limit` characters."""
    if not isinstance(value, str) or len(value) > 2 * limit:
        return ""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", value.replace("\r\n", "\n"))]
    tidy = "\n\n".join(part for part in parts if part)
    return tidy if len(tidy) <= limit and all(map(is_shown, parts)) else ""


def address(value: object) -> str:
    """An address that a link may lead to: a path of this shop, http(s), mailto or tel; else empty."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return ""
    value = value.strip()
    if not value.isprintable() or _UNFIT_IN_ADDRESSES.search(value):
        return ""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - a port that is none raises here
    except ValueError:
        return ""
    match parts.scheme.lower():
        case "":
            return value if value.startswith("/") and not value.startswith("//") else ""
        case "http" | "https":
            return value if parts.hostname and "@" not in parts.netloc else ""
        case "mailto":
            return value if "@" in parts.path and not parts.netloc else ""
        case "tel":
            return value if _TELEPHONE.fullmatch(parts.path) else ""
        case _:
            return ""


def picture(value: object) -> str:
    """The path of a picture among the shop's own files (`/media/…`); else empty."""
    path = address(value)
    if not path.startswith(settings.MEDIA_URL) or "?" in path or "#" in path or "%" in path:
        return ""
    name = PurePosixPath(path)
    return path if name.suffix.lower() in PICTURES and ".." not in name.parts else ""
