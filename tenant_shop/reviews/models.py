"""Product reviews."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from smartseller.words import Together, words_index
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order

# What the shop's people search a review by, of its own.
REVIEW_WORDS = Together("title", "content")


class ProductReview(models.Model):
    """What a customer says about a product; shown once a person of the shop approves it."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews", db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="reviews", db_index=False, db_constraint=False)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="reviews", db_index=False, db_constraint=False
    )
    rating = models.IntegerField(help_text="1 to 5.")
    title = models.CharField(max_length=255, null=True, blank=True)
    content = models.TextField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING, db_default="pending")
    helpful_votes = models.IntegerField(default=0, db_default=0)
    is_verified_purchase = models.BooleanField(default=False, db_default=False)
    reason = models.TextField(
        default="", db_default="", blank=True, help_text="Why it is kept back; for the shop only."
    )
    reply = models.TextField(default="", db_default="", blank=True, help_text="The shop's answer, shown below it.")
    replied_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "product_reviews"
        constraints = [
            models.UniqueConstraint(fields=["product", "customer"], name="product_reviews_one_each"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="product_reviews_rating_check"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected"]), name="product_reviews_status_check"
            ),
            models.CheckConstraint(condition=Q(helpful_votes__gte=0), name="product_reviews_helpful_votes_check"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="product_reviews_reply_check",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "status", "created_at"], name="idx_product_reviews_product"),
            models.Index(fields=["customer"], name="idx_product_reviews_customer"),
            models.Index(fields=["created_at", "id"], name="idx_product_reviews_newest"),
            models.Index(fields=["status", "created_at", "id"], name="idx_product_reviews_status"),
            words_index(REVIEW_WORDS, name="idx_product_reviews_words"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.rating} of 5"
