"""Reviews by what the shop's people know of them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from smartseller.words import IsAny, words_of
from tenant_shop.catalog.models import PRODUCT_WORDS, Product
from tenant_shop.customers.models import CUSTOMER_WORDS, Customer
from tenant_shop.reviews.models import REVIEW_WORDS, ProductReview


def reviews_by_words(reviews: QuerySet[ProductReview], typed: str) -> QuerySet[ProductReview]:
    """Those with each of the words in what they say, their product's name or address, or their author's name or e-mail
    address; all of them when nothing was typed. Read by idx_product_reviews_words and the indexes of those others."""
    reviews = reviews.alias(words=REVIEW_WORDS)
    for word in words_of(typed):
        of_products = Product.objects.order_by().alias(words=PRODUCT_WORDS).filter(words__icontains=word).values("pk")
        of_people = Customer.objects.order_by().alias(words=CUSTOMER_WORDS).filter(words__icontains=word).values("pk")
        reviews = reviews.filter(
            Q(words__icontains=word)
            | Q(IsAny(F("product_id"), ArraySubquery(of_products)))
            | Q(IsAny(F("customer_id"), ArraySubquery(of_people)))
        )
    return reviews
