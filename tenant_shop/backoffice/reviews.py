"""Reviews in the back office: read, shown or kept back, answered. What customers wrote is never rewritten."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.reviews_waiting import count_anew
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.reviews.by_words import reviews_by_words
from tenant_shop.reviews.models import ProductReview
from tenant_shop.reviews.moderate import LONGEST_REASON, LONGEST_REPLY, decide_review, reply_to_review

Status = ProductReview.Status

STATUS_COLOURS = {"pending": "warning", "approved": "success", "rejected": "danger"}
SHOWN_CHARACTERS = 160


class ReviewForm(ToldForm):
    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) > LONGEST_REASON:
            raise forms.ValidationError(f"Up to {LONGEST_REASON} characters.")
        return reason

    def clean_reply(self) -> str:
        reply = str(self.cleaned_data["reply"]).strip()
        if len(reply) > LONGEST_REPLY:
            raise forms.ValidationError(f"Up to {LONGEST_REPLY} characters.")
        return reply

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("reason") and given.get("status") not in (None, Status.REJECTED):
            self.add_error("reason", "Only what is kept back has a reason. Choose “Rejected”, or empty this.")
        return given

    class Meta:
        labels = {"reason": "Why it is kept back", "reply": "Your answer"}
        help_texts = {
            "status": "Approved: shown in the shop. Pending: waits to be read again.",
            "reason": "For your people only.",
            "reply": "Shown below the review, in your shop's name. Empty it to take it away.",
        }
        widgets = {
            "reason": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "reply": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        }


@admin.register(ProductReview, site=backoffice)
class ReviewAdmin(ShopAdmin):
    form = ReviewForm
    list_display = ("product", "stars", "said", "status_badge", "is_bought", "created_at")
    list_filter = ("status", "rating", "is_verified_purchase")
    list_select_related = ("product", "customer")
    search_fields = ("title", "content", "product__name", "customer__email")
    search_help_text = "Words of the review, its product, or its author's name or e-mail address"
    found_by = staticmethod(reviews_by_words)
    comes_from = "What customers say of products stands here, to be read before it is shown."
    ordering = ("-created_at", "-id")
    fields = (
        ("product", "customer"),
        ("stars", "is_bought", "created_at"),
        "title",
        "content",
        ("status", "reason"),
        "reply",
        "replied_at",
    )
    readonly_fields = ("product", "customer", "stars", "is_bought", "title", "content", "created_at", "replied_at")
    actions = ("approve", "reject", "wait_again")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ProductReview, form: Any, change: bool) -> None:  # noqa: FBT001
        if {"status", "reason"}.intersection(form.changed_data):
            decide_review(obj.pk, Status(obj.status), reason=obj.reason)
            count_anew()
        if "reply" in form.changed_data:
            reply_to_review(obj.pk, obj.reply)

    @display(description="Stars", ordering="rating")
    def stars(self, review: ProductReview) -> str:
        drawn = "★" * review.rating + "☆" * (5 - review.rating)
        return format_html(
            '<span class="whitespace-nowrap" role="img" aria-label="{} of 5">{}</span>', review.rating, drawn
        )

    @display(description="Review")
    def said(self, review: ProductReview) -> str:
        words = Truncator(review.content or "").chars(SHOWN_CHARACTERS)
        shown = '<div><span class="font-semibold">{}</span><br>{}</div>'
        return format_html(shown, review.title or "", words)

    @display(description="Bought here", ordering="is_verified_purchase", boolean=True)
    def is_bought(self, review: ProductReview) -> bool:
        return review.is_verified_purchase

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, review: ProductReview) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @admin.action(description="Show the selected reviews", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> None:
        self._decide(request, queryset, Status.APPROVED, "shown now")

    @admin.action(description="Keep the selected reviews back", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> None:
        self._decide(request, queryset, Status.REJECTED, "kept back now")

    @admin.action(description="Let the selected reviews wait again", permissions=["change"])
    def wait_again(self, request: HttpRequest, queryset: QuerySet[ProductReview]) -> None:
        self._decide(request, queryset, Status.PENDING, "waiting again")

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[ProductReview], status: ProductReview.Status, done: str
    ) -> None:
        changed = 0
        for key, before in list(queryset.exclude(status=status).values_list("pk", "status")):
            with shop_transaction():
                review = decide_review(key, status)
                if review is not None:
                    changed += 1
                    words = [{"changed": {"fields": [f"status: {status.label}"]}}]
                    self.note(request, "change", review, words, was={"status": before})
        count_anew()
        reviews = "review is" if changed == 1 else "reviews are"
        messages.success(request, f"{changed} {reviews} {done}. Another action takes it back.")
