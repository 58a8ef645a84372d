"""Finding products by words."""

import re

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Coalesce

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.catalog.variants import ProductVariant

# Ranking costs a look at every candidate, so a word that is everywhere must not make everything a candidate.
MAX_CANDIDATES = 1000
MAX_WORDS = 8
MAX_LENGTH = 100


class EmptyText(Func):
    """An empty text literal: a parameter would hide the expression from the index."""

    template = "''"
    output_field = TextField()


class EnglishVector(Func):
    """`to_tsvector` of texts joined by a space, written exactly as the index `idx_products_search` has it."""

    template = "to_tsvector('english', %(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


def search_products(products: ProductQuerySet, text: str) -> ProductQuerySet:
    """Those of `products` that have every word of `text`, or an SKU equal to it; the best first.

    Words are compared by their English stem, the last one also by its beginning. At most 1,000 candidates are ranked;
    products with the words in their names come before those that only describe them so.
    """
    text = tidy_query(text)
    words = re.findall(r"\w+", text)[:MAX_WORDS]
    if not words:
        return products.none()
    query = SearchQuery(" & ".join(words) + ":*", search_type="raw", config="english")
    described = EnglishVector(F("name"), Coalesce(F("description"), EmptyText()))
    # Without an order PostgreSQL stops at the limit; ordering would fetch them all.
    by_words = products.alias(words=described).filter(words=query).order_by().values("pk")[:MAX_CANDIDATES]
    spellings = {text, text.upper()}
    of_variant = ProductVariant.objects.filter(sku__in=spellings, is_active=True).values("product")
    by_sku = products.filter(Q(sku__in=spellings) | Q(pk__in=of_variant)).order_by().values("pk")
    found: ProductQuerySet = Product.objects.filter(Q(pk__in=by_words) | Q(pk__in=by_sku))
    return found.alias(rank=SearchRank(EnglishVector(F("name")), query)).order_by("-rank", "name", "pk")


def tidy_query(text: str) -> str:
    """What a shopper typed, on one line, without NUL, at most 100 characters."""
    return " ".join(text.replace("\x00", " ").split())[:MAX_LENGTH]
