"""SmartSeller without a cache: facets are counted for each page."""

from bench.settings import *

# Nobody listens there: what lists keep their counts in is asked without Django's cache.
REDIS_URL = "redis://127.0.0.1:1/0"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
