"""`/api/v1/reviews/`: what customers say of products, and whether it is shown."""

from typing import Any

from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Input, Text
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Edits, Lists, Resource, Shows, Values
from tenant_shop.backoffice.reviews_waiting import count_anew
from tenant_shop.reviews.models import ProductReview
from tenant_shop.reviews.moderate import LONGEST_REASON, LONGEST_REPLY, decide_review, reply_to_review


class ReviewOutput(RowOutput):
    """A review. `reply` is the shop's answer, shown below it."""

    product_id = serializers.UUIDField(read_only=True)
    customer_id = serializers.UUIDField(read_only=True)
    order_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = ProductReview
        fields = (
            "id",
            "product_id",
            "customer_id",
            "order_id",
            "rating",
            "title",
            "content",
            "status",
            "is_verified_purchase",
            "reply",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ReviewInput(Input):
    """What a customer wrote is never rewritten. `reason` is why it is kept back, for the shop's people only."""

    rule = {
        "if": {"required": ["reason"]},
        "then": {"required": ["status"], "properties": {"status": {"const": "rejected"}}},
    }

    status = Choice(ProductReview.Status.choices, required=False)
    reason = Text(max_length=LONGEST_REASON, required=False, allow_blank=True)
    reply = Text(max_length=LONGEST_REPLY, required=False, allow_blank=True)

    def validate(self, attrs: Values) -> Values:
        if "reason" in attrs and attrs.get("status") != ProductReview.Status.REJECTED:
            raise serializers.ValidationError({"reason": "A reason goes with the status rejected."}, "one_of_two")
        return attrs


class ReviewRows(Resource):
    """Reviews, in one statement."""

    model = ProductReview
    output = ReviewOutput
    scopes = Scopes("reviews")


class ReviewList(ReviewRows, Lists):
    """The reviews of the shop's products."""

    filters = {
        "product_id": filters.key("product_id", "Those of this product."),
        "customer_id": filters.key("customer_id", "Those by this customer."),
        "status": filters.choice("status", ProductReview.Status.choices, "Those that stand so."),
    }


class ReviewItem(ReviewRows, Shows, Edits):
    """A review: show it, keep it back, answer it."""

    changes = ReviewInput

    def change(self, row: Any, values: Values) -> None:
        if "status" in values:
            decide_review(row.pk, ProductReview.Status(values["status"]), reason=values.get("reason", ""))
            count_anew()
        if "reply" in values:
            reply_to_review(row.pk, values["reply"])
