"""Searching with PostgreSQL's own full text."""

import re

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Coalesce

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.catalog.search.matches import MAX_CANDIDATES, Matches
from tenant_shop.catalog.variants import ProductVariant

MAX_WORDS = 8


class EmptyText(Func):
    """An empty text literal: a parameter would hide the expression from the index."""

    template = "''"
    output_field = TextField()


class EnglishVector(Func):
    """`to_tsvector` of texts joined by a space, written exactly as the index `idx_products_search` has it."""

    template = "to_tsvector('english', %(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class PostgresEngine:
    """Every word must be there, or an SKU equal to the whole text.

    Words are compared by their English stem, the last one also by its beginning. Products with the words in their
    names come before those that only describe them so.
    """

    def find(self, text: str) -> Matches:
        words = re.findall(r"\w+", text)[:MAX_WORDS]
        return Matches(ids=tuple(_ranked(text, words).values_list("pk", flat=True)[:MAX_CANDIDATES]) if words else ())


def _ranked(text: str, words: list[str]) -> ProductQuerySet:
    query = SearchQuery(" & ".join(words) + ":*", search_type="raw", config="english")
    listed = Product.objects.listed()
    # Without an order PostgreSQL stops at the limit; ordering would fetch them all.
    by_words = _with_words(listed, query).order_by().values("pk")[:MAX_CANDIDATES]
    spellings = {text, text.upper()}
    of_variant = ProductVariant.objects.filter(sku__in=spellings, is_active=True).values("product")
    by_sku = listed.filter(Q(sku__in=spellings) | Q(pk__in=of_variant)).order_by().values("pk")
    found: ProductQuerySet = Product.objects.filter(Q(pk__in=by_words) | Q(pk__in=by_sku))
    return found.alias(rank=SearchRank(EnglishVector(F("name")), query)).order_by("-rank", "name", "pk")


def _with_words(products: ProductQuerySet, query: SearchQuery) -> ProductQuerySet:
    described = EnglishVector(F("name"), Coalesce(F("description"), EmptyText()))
    return products.alias(words=described).filter(words=query)
