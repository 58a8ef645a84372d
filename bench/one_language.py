"""The language of the baseline's pages."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenant_shop.storefront.languages import LanguageMiddleware


class OneLanguageMiddleware(LanguageMiddleware):
    """Has every page answered in one language, as a shop's pages are: that is the page's work, not the fence's."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request, settings.LANGUAGE_CODE, own=settings.LANGUAGE_CODE)
