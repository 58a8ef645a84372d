"""SmartSeller without a cache: facets are counted for each page."""

from bench.settings import *

CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
