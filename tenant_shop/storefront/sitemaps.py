"""The list of all pages that may be found: an index, and files of bounded size.

Source: https://www.sitemaps.org/protocol.html, with Google's additions for languages and pictures.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from math import ceil

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenant_shop.catalog.published import (
    Published,
    product_pages,
    published_brands,
    published_categories,
    published_products,
)
from tenant_shop.configuration.languages import Languages, shop_languages
from tenant_shop.pages.find import published_pages
from tenant_shop.storefront.cards import brand_url, category_url, product_url
from tenant_shop.storefront.languages import in_languages
from tenant_shop.storefront.meta import absolute
from tenant_shop.storefront.xml import document, element, text

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PICTURES = "http://www.google.com/schemas/sitemap-image/1.1"
LINKS = "http://www.w3.org/1999/xhtml"
# A file may have 50,000 addresses and 50 MB; a page is one address in each language, with all the others beside it.
MOST_ADDRESSES = 50_000
MOST_PRODUCTS = 10_000


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """`/sitemap.xml`: where the files are. At most five statements."""
    return document(request, name="sitemap", write=partial(_index, shop_languages()))


@require_safe
def part(request: HttpRequest, kind: str, number: int) -> HttpResponseBase:
    """One of the files; 404 for one that the index does not name."""
    languages = shop_languages()
    write = _writer(kind, number, languages)
    if write is None:
        raise Http404(kind)
    return document(request, name=f"sitemap-{kind}-{number}", write=write)


def _writer(kind: str, number: int, languages: Languages) -> Callable[[], Iterable[str]] | None:
    if kind == "products":
        size = _products_in_one(languages)
        if 1 <= number <= ceil(published_products().count / size):
            return partial(_products, languages, start=(number - 1) * size, limit=size)
    elif number == 1 and kind in SMALL:
        return partial(_whole, languages, SMALL[kind])
    return None


def _products_in_one(languages: Languages) -> int:
    return min(MOST_PRODUCTS, MOST_ADDRESSES // len(languages.all))


def _index(languages: Languages) -> Iterator[str]:
    yield f'<sitemapindex xmlns="{NAMESPACE}">'
    for kind, read in SMALL.items():
        pages = read()
        if pages:
            yield _file(kind, 1, max((page.changed_at for _, page in pages if page.changed_at), default=None))
    products = published_products()
    for number in range(1, ceil(products.count / _products_in_one(languages)) + 1):
        yield _file("products", number, products.changed_at)
    yield "</sitemapindex>"


def _file(kind: str, number: int, changed_at: datetime | None) -> str:
    where = absolute(reverse("storefront:sitemap_part", args=[kind, number]))
    return f"<sitemap>{element('loc', where)}{_changed(changed_at)}</sitemap>"


def _products(languages: Languages, *, start: int, limit: int) -> Iterator[str]:
    yield _opening()
    for piece in product_pages(start=start, limit=limit):
        yield "".join(_entries(product_url(page.slug), page, languages) for page in piece)
    yield "</urlset>"


def _whole(languages: Languages, read: "Reader") -> Iterator[str]:
    yield _opening()
    yield "".join(_entries(path, page, languages) for path, page in read())
    yield "</urlset>"


def _opening() -> str:
    return f'<urlset xmlns="{NAMESPACE}" xmlns:image="{PICTURES}" xmlns:xhtml="{LINKS}">'


def _entries(path: str, page: Published, languages: Languages) -> str:
    """A page in each of its languages, each with all of them."""
    addresses = [(language, absolute(there)) for language, there in in_languages(path, languages)]
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{text(language)}" href="{text(address)}"/>'
        for language, address in [*addresses, ("x-default", addresses[0][1])]
        if len(addresses) > 1
    )
    pictures = "".join(
        f"<image:image>{element('image:loc', absolute(picture))}</image:image>" for picture in page.pictures
    )
    rest = f"{_changed(page.changed_at)}{links}{pictures}"
    return "".join(f"<url>{element('loc', address)}{rest}</url>" for _, address in addresses)


def _changed(moment: datetime | None) -> str:
    return element("lastmod", moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")) if moment else ""


def _pages() -> list[tuple[str, Published]]:
    """The pages that every shop has, and those that its people wrote."""
    every = [(reverse(f"storefront:{name}"), Published(name, None)) for name in ("home", "product_list", "brands")]
    return every + [(reverse("storefront:page", args=[page.slug]), page) for page in published_pages()]


def _categories() -> list[tuple[str, Published]]:
    return [(category_url(page.slug), page) for page in published_categories()]


def _brands() -> list[tuple[str, Published]]:
    return [(brand_url(page.slug), page) for page in published_brands()]


Reader = Callable[[], list[tuple[str, Published]]]
SMALL: dict[str, Reader] = {"pages": _pages, "categories": _categories, "brands": _brands}
