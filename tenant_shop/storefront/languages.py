"""In which language a page is read: the shop's own at plain paths, the others below a prefix, `/de/products/`.

The prefix becomes part of the script prefix, so that every address that a page writes with `reverse` or `{% url %}`
stays in the language, and no view knows of it. Path and shop alone decide, never a cookie or the browser's wishes:
what is cached for an address is right for everybody.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.http import escape_leading_slashes

from platform_core.tenancy.context import active_tenant
from smartseller.formats import locale_of
from tenant_shop.configuration.languages import Languages, base_of, codes, readable, shop_languages
from tenant_shop.storefront.meta import Meta, absolute
from tenant_shop.storefront.only_forms import page_of

# Served at one address for every language: other doors, files, and what robots and machines read.
UNSPOKEN = (
    "/admin/", "/dashboard/", "/api/", "/login/", "/logout/", "/welcome/", "/static/", "/media/", "/healthz", "/readyz",
    "/payments/callbacks/", "/theme.css", "/robots.txt", "/sitemap", "/feeds/", "/favicon.ico",
)  # fmt: skip


class LanguageMiddleware:
    """Reads the language from the path and has the rest of the request answered in it.

    Sets `request.language` and, the shop's, `request.own_language`. The prefix of the shop's own language leads to the
    plain address, for good (301); one that the shop does not offer is no address (404). Needs no statement for a shop
    that this process knows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if active_tenant() is None or request.path_info.startswith(UNSPOKEN):
            return self.get_response(request)
        languages = shop_languages()
        code, rest = _split(request.path_info)
        if code == base_of(languages.own):
            return HttpResponsePermanentRedirect(
                escape_leading_slashes(_without(request, f"/{code}")),
                preserve_request=request.method not in ("GET", "HEAD"),
            )
        if code not in languages.others or rest.startswith(UNSPOKEN):
            return self._answer(request, languages.own, own=languages.own)
        if not rest:
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        plain = get_script_prefix()
        set_script_prefix(f"{plain}{code}/")
        request.path_info = rest
        try:
            return self._answer(request, code, own=languages.own)
        finally:
            set_script_prefix(plain)

    def _answer(self, request: HttpRequest, language: str, *, own: str) -> HttpResponseBase:
        request.language = language  # type: ignore[attr-defined]
        request.own_language = own  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest) -> str:
    """The language that the request is answered in, BCP 47. No statement."""
    return getattr(request, "language", None) or readable(translation.get_language() or "")


def plain(address: str) -> str:
    """An address from `reverse` without the language: for files and for what is the same in every language."""
    return "/" + address.removeprefix(get_script_prefix())


def in_readers_language(address: str) -> str:
    """An address as somebody wrote it; a path to a page of the shop, in any of its languages, in the reader's.

    What is served at one address for every language stays there.
    """
    if not address.startswith("/") or address.startswith("//") or address.startswith(UNSPOKEN):
        return address
    languages = shop_languages()
    code, rest = _split(address)
    if code and (code in languages.others or code == base_of(languages.own)):
        address = rest or "/"
    return get_script_prefix() + address[1:]


def in_languages(path: str, languages: Languages) -> list[tuple[str, str]]:
    """(language, path) of a page in every language of the shop, its own first; `path` is the plain one."""
    return [(language, languages.prefix_of(language) + path) for language in languages.all]


def page_languages(request: HttpRequest, meta: Meta | None) -> dict[str, Any]:
    """What the frame of a page says of languages.

    `current` (BCP 47); `locale` and `other_locales`, as Open Graph names them; `choices` [{language, name (its own),
    url (this page there, its query kept), current}]; `alternates` of a page that search engines may find. Nothing to
    choose from when the shop has one language.
    """
    languages = shop_languages()
    current = language_of(request)
    if not languages.others:
        return {"current": current, "locale": _locale(current), "other_locales": [], "choices": [], "alternates": []}
    query, names = request.META.get("QUERY_STRING", ""), dict(settings.LANGUAGES)
    return {
        "current": current,
        "locale": _locale(current),
        "other_locales": [_locale(language) for language in languages.all if language != current],
        "choices": [
            {
                "language": language,
                "name": names[base_of(language)],
                "url": f"{there}?{query}" if query else there,
                "current": language == current,
            }
            for language, there in in_languages(_page_path(request), languages)
        ],
        "alternates": alternates(plain(meta.path), languages) if meta is not None and meta.indexed else [],
    }


def alternates(path: str, languages: Languages) -> list[dict[str, str]]:
    """A page in every language of the shop, for search engines: [{language, url (absolute)}], with `x-default`.

    `path` is the plain one. Empty when the shop has one language.
    """
    if not languages.others:
        return []
    pages = [{"language": language, "url": absolute(there)} for language, there in in_languages(path, languages)]
    return [*pages, {"language": "x-default", "url": pages[0]["url"]}]


@cache
def _locale(language: str) -> str:
    """`de_AT` of `de-AT`, `de_DE` of `de`: Open Graph wants a country, so the one where most people speak it."""
    locale = Locale.parse(locale_of(language))
    if locale.territory:
        return f"{locale.language}_{locale.territory}"
    likely = Locale.parse(get_global("likely_subtags")[locale.language])
    return f"{likely.language}_{likely.territory}"


def _page_path(request: HttpRequest) -> str:
    """The plain path, percent-encoded, where the page can be read."""
    if request.method in ("GET", "HEAD"):
        return _without(request, get_script_prefix()[:-1]).partition("?")[0]
    match = request.resolver_match
    if match is None or match.url_name is None:
        return "/"
    return plain(page_of(match))


def _split(path: str) -> tuple[str, str]:
    """The language that a path begins with, and the rest; "" and the whole path when it begins with none."""
    code, slash, rest = path[1:].partition("/")
    return (code, slash + rest) if code in codes() else ("", path)


def _without(request: HttpRequest, prefix: str) -> str:
    """The address of the request, percent-encoded, with its query, without the prefix."""
    return "/" + request.get_full_path().removeprefix(prefix).removeprefix("/")
