"""The catalogue knows every event that anybody records, and nothing else."""

import re
from pathlib import Path

from tenant_shop.api.v1.representations import REPRESENTATIONS
from tenant_shop.integrations.catalogue import EVENT_TYPES, INTERNAL
from tenant_shop.payments.settle import TOPICS
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return

ROOT = Path(__file__).parents[3] / "tenant_shop"
RECORDED = re.compile(r'record_events?\(\s*\[?\s*\(?\s*"([a-z_]+\.[a-z_]+)"')
KINDS = {"product": "created updated deleted", "customer": "created updated deleted"}
KINDS |= dict.fromkeys(("category", "brand", "customer_group", "discount", "campaign", "custom_field"), "deleted")
KINDS |= {"review": "created updated approved rejected deleted", "refund": "created succeeded failed credited"}
# What a verb says by way of a variable, and what the rows' triggers say (tried in test_fan_out.py).
OTHERWISE = (
    set(TOPICS.values())
    | {f"return.{status}" for status in Return.Status.values}
    | {f"quote.{status}" for status in QuoteRequest.Status.values}
    | {f"{kind}.{verb}" for kind, verbs in KINDS.items() for verb in verbs.split()}
    | {"stock.low", "order.fulfilled", "order.partially_fulfilled"}
)


def test_what_is_recorded_can_be_heard_and_what_can_be_chosen_is_recorded() -> None:
    written = {topic for path in ROOT.rglob("*.py") for topic in RECORDED.findall(path.read_text())}
    recorded = {topic for topic in written | OTHERWISE if not topic.startswith(INTERNAL)}
    assert recorded == EVENT_TYPES.keys()


def test_every_kind_of_object_is_represented_and_every_event_described() -> None:
    assert {event.kind for event in EVENT_TYPES.values() if not event.is_end} == REPRESENTATIONS.keys()
    assert all(event.description.endswith(".") for event in EVENT_TYPES.values())
