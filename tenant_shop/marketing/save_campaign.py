"""Making, changing and deleting a campaign; sending it is another matter, which only moves its status on."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.write import write_columns
from tenant_shop.marketing.models import EmailCampaign
from tenant_shop.pricing.models import CustomerGroup

Status = EmailCampaign.Status
# What people say of a campaign; the others say how its sending stands.
BY_HAND = (Status.DRAFT, Status.SCHEDULED, Status.PAUSED)


class CampaignUnderWay(RuleViolation):
    """It is being sent, or was: what customers got is not rewritten."""

    code = "campaign_under_way"

    def __init__(self, name: str, standing: str) -> None:
        self.name, self.standing = name, standing
        super().__init__(f"{name} is {standing}: it can neither be changed nor deleted.")


def save_campaign(campaign: EmailCampaign, values: Mapping[str, Any]) -> EmailCampaign:
    """Write `values`, by attribute name, into a new or a locked campaign and save it.

    Errors: CampaignUnderWay; ValidationError by field, with `is_scheduled` of what a scheduled one needs, `past`
        of `scheduled_at`, and `does_not_exist` of `customer_segment`; nothing changes then.
    """
    with shop_transaction():
        _check_open(campaign)
        if problems := dict(problems_of(campaign, values)):
            raise ValidationError(problems)
        write_columns(campaign, values)
        campaign.save()
    return campaign


def delete_campaign(campaign: EmailCampaign) -> None:
    """Delete a locked campaign. Errors: CampaignUnderWay."""
    _check_open(campaign)
    campaign.delete()


def problems_of(campaign: EmailCampaign, values: Mapping[str, Any]) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with the campaign as `values` would make it, by field."""

    def at(name: str) -> Any:
        return values.get(name, getattr(campaign, name))

    if at("status") == Status.SCHEDULED:
        when = at("scheduled_at")
        if when is None:
            yield "scheduled_at", ValidationError("Say when it is to be sent.", "is_scheduled")
        elif {"scheduled_at", "status"} & values.keys() and when <= timezone.now():
            yield "scheduled_at", ValidationError("This is over.", "past")
        if not (at("html_content") or at("text_content")):
            yield "text_content", ValidationError("Say what is to be sent.", "is_scheduled")
    wanted = set(values.get("customer_segment", {}).get("group_ids", ()))
    if wanted and CustomerGroup.objects.filter(pk__in=wanted).count() < len(wanted):
        yield "customer_segment", ValidationError("There is no such group.", "does_not_exist")


def _check_open(campaign: EmailCampaign) -> None:
    if not campaign._state.adding and campaign.status not in BY_HAND:
        raise CampaignUnderWay(campaign.name, campaign.status)
