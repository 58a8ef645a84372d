"""Deciding which reviews are shown, and answering them. What a customer wrote is never rewritten."""

from typing import ClassVar
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.reviews.models import ProductReview

LONGEST_REASON = 500
LONGEST_REPLY = 2000

Status = ProductReview.Status


class ReplyRefused(RuleViolation):
    """An answer or a reason that is too long."""

    code = "review_reply_refused"
    status: ClassVar[int] = 422


def decide_review(review_id: UUID, status: ProductReview.Status, *, reason: str = "") -> ProductReview | None:
    """Show the review, keep it back, or let it wait again; None when it stands so already.

    `reason` is why it is kept back, for the shop's people; a review that is not kept back has none.
    Errors: ProductReview.DoesNotExist; ReplyRefused.
    """
    words = reason.strip() if status == Status.REJECTED else ""
    if len(words) > LONGEST_REASON:
        raise ReplyRefused(f"A reason has up to {LONGEST_REASON} characters.")
    with shop_transaction():
        review = ProductReview.objects.select_for_update().get(pk=review_id)
        if (review.status, review.reason) == (status, words):
            return None
        review.status, review.reason = status, words
        review.save(update_fields=["status", "reason"])
    return review


def reply_to_review(review_id: UUID, text: str) -> ProductReview:
    """Answer the review in the shop's name; an empty answer takes the one that is there away.

    Errors: ProductReview.DoesNotExist; ReplyRefused.
    """
    words = text.strip()
    if len(words) > LONGEST_REPLY:
        raise ReplyRefused(f"An answer has up to {LONGEST_REPLY} characters.")
    with shop_transaction():
        review = ProductReview.objects.select_for_update().get(pk=review_id)
        if review.reply != words:
            review.reply, review.replied_at = words, timezone.now() if words else None
            review.save(update_fields=["reply", "replied_at"])
    return review
