"""`/api/v1/campaigns/`: mails to some of the customers, as they are written down."""

from typing import Any

from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Id, Input, Text, Texts
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.customers.models import Customer
from tenant_shop.marketing.models import EmailCampaign
from tenant_shop.marketing.save_campaign import BY_HAND, delete_campaign, save_campaign

LONGEST_CONTENT = 500_000
MOST_IN_SEGMENT = 100


class SegmentOutput(serializers.Serializer[Any]):
    """Who is meant: customers for whom each list that is not empty has something. All empty: everybody."""

    group_ids = serializers.ListField(child=serializers.UUIDField())
    tags = serializers.ListField(child=serializers.CharField())
    loyalty_tiers = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: list(instance.get(name, ())) for name in map(str, self.fields)}


class CampaignOutput(RowOutput):
    """A campaign. Who did not agree to mails about offers gets none, whatever the segment says."""

    customer_segment = SegmentOutput(read_only=True)

    class Meta:
        model = EmailCampaign
        fields = (
            "id",
            "name",
            "subject",
            "html_content",
            "text_content",
            "customer_segment",
            "status",
            "scheduled_at",
            "sent_at",
            "recipients_count",
            "delivered_count",
            "opened_count",
            "clicked_count",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class SegmentInput(Input):
    group_ids = serializers.ListField(child=Id(), required=False, max_length=MOST_IN_SEGMENT)
    tags = Texts(longest=50, most=MOST_IN_SEGMENT, required=False)
    loyalty_tiers = serializers.ListField(
        child=Choice(Customer.LoyaltyTier.choices), required=False, max_length=len(Customer.LoyaltyTier)
    )
    languages = Texts(longest=5, most=MOST_IN_SEGMENT, required=False)


class CampaignInput(Input):
    """`status` is what people say of it: draft, scheduled for `scheduled_at`, or paused. What is scheduled says when, a
    moment to come, and has a text.
    """

    # Of a change the same: who schedules a campaign names the moment in the same breath.
    rule = {
        "if": {"required": ["status"], "properties": {"status": {"const": EmailCampaign.Status.SCHEDULED.value}}},
        "then": {"required": ["scheduled_at"], "properties": {"scheduled_at": {"type": "string"}}},
    }

    name = Text(max_length=255)
    subject = Text(max_length=255)
    html_content = Text(max_length=LONGEST_CONTENT, required=False, allow_null=True, allow_blank=True)
    text_content = Text(max_length=LONGEST_CONTENT, required=False, allow_null=True, allow_blank=True)
    customer_segment = SegmentInput(required=False)
    status = Choice([(status.value, status.label) for status in BY_HAND], required=False)
    scheduled_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate(self, attrs: Values) -> Values:
        if attrs.get("status") == EmailCampaign.Status.SCHEDULED and attrs.get("scheduled_at") is None:
            raise serializers.ValidationError({"scheduled_at": "Say when it is to be sent."}, "required")
        return attrs


def _saved(campaign: EmailCampaign, values: Values) -> EmailCampaign:
    given = dict(values)
    segment = given.get("customer_segment")
    if segment is not None:
        given["customer_segment"] = {
            name: list(dict.fromkeys(map(str, chosen))) for name, chosen in segment.items() if chosen
        }
    return save_campaign(campaign, given)


class Campaigns(Saved):
    model, output = EmailCampaign, CampaignOutput
    scopes = Scopes("campaigns")

    def save(self, row: EmailCampaign, values: Values) -> EmailCampaign:
        return _saved(row, values)

    def discard(self, row: EmailCampaign) -> None:
        delete_campaign(row)


class CampaignList(Campaigns, SavedList):
    """The shop's campaigns."""

    input = CampaignInput
    examples = {"POST": {"name": "Spring", "subject": "New in spring", "text_content": "Hello!"}}
    filters = {"status": filters.choice("status", EmailCampaign.Status.choices, "Those that stand so.")}


class CampaignItem(Campaigns, SavedItem):
    """A campaign. One that is being sent, or was, is neither changed nor deleted."""

    changes = CampaignInput
