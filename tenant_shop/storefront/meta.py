"""What a page tells search engines, and those who show a preview of its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.safestring import SafeString

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import public_url
from tenant_shop.storefront.structured_data import script_text

# The only parameter that leads to another page worth finding; the others choose, sort and search.
PAGE = "page"
LONGEST_DESCRIPTION = 160


def absolute(path: str) -> str:
    """The one address of a path of the active shop, whichever of its hosts was asked. Absolute URLs stay so."""
    if path.startswith(("https://", "http://")):
        return path
    tenant = current_tenant()
    return public_url(tenant.slug, tenant.domain, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """The head of a page that may be found. A page without one asks search engines to leave it out.

    `path` is the canonical one. `image` is {url, alt, width, height}; `previous` and `next` are paths of the same list.
    """

    title: str
    path: str
    description: str = ""
    indexed: bool = True
    kind: Literal["website", "product"] = "website"
    image: Mapping[str, Any] | None = None
    price: tuple[str, str] | None = None
    previous: str = ""
    next: str = ""
    structured: Sequence[Mapping[str, Any]] = ()

    @property
    def canonical(self) -> str:
        return absolute(self.path)

    @property
    def image_url(self) -> str:
        return absolute(str(self.image["url"])) if self.image else ""

    @property
    def summary(self) -> str:
        """The description, cut at a word."""
        text = " ".join(self.description.split())
        if len(text) <= LONGEST_DESCRIPTION:
            return text
        return text[: LONGEST_DESCRIPTION - 1].rpartition(" ")[0].rstrip(",;:- ") + "…"

    @property
    def previous_url(self) -> str:
        return absolute(self.previous) if self.previous else ""

    @property
    def next_url(self) -> str:
        return absolute(self.next) if self.next else ""

    @property
    def structured_text(self) -> SafeString:
        """The structured data as the text of one script element; empty when there is none."""
        return script_text(self.structured)


def list_meta(
    request: HttpRequest,
    *,
    title: str,
    description: str = "",
    image: Mapping[str, Any] | None = None,
    page: int = 1,
    pages: int = 1,
    structured: Sequence[Mapping[str, Any]] = (),
    is_empty: bool = False,
) -> Meta:
    """The head of a page of a list. Each page is found under its own number; a list that is searched, filtered or
    sorted is not found at all, for the combinations have no end, and neither is one that is empty for now."""
    chosen = any(value for name, value in request.GET.items() if name != PAGE)
    return Meta(
        title=title,
        description=description,
        image=image,
        path=_page_path(request, page),
        indexed=not chosen and not is_empty,
        previous=_page_path(request, page - 1) if page > 1 and not chosen else "",
        next=_page_path(request, page + 1) if page < pages and not chosen else "",
        structured=() if chosen else structured,
    )


def _page_path(request: HttpRequest, page: int) -> str:
    return f"{request.path}?{PAGE}={page}" if page > 1 else request.path
