"""Two of Schemathesis's checks, with what it cannot know of this API, and what is not worth its time. Its command line
loads this module as its hooks.

In its place stands a check that is as strict: nothing that it would find passes but what is written down here.
"""

import json
from collections import Counter

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.hooks import HookContext
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Codes of 400 that depend on what the shop has: no schema could say it beforehand.
OF_THE_SHOP = frozenset(
    {
        "cycle",  # a category cannot stand below itself
        "does_not_exist",  # another row is named, and it is gone or never was
        "duplicate_line",  # a line is named twice
        "fixed",  # the currency stays once there are orders
        "is_scheduled",  # the campaign is, so it needs a moment and a text
        "no_account",  # keys of an account with Stripe come together, or those are known that are missing
        "no_choices",  # the field is of a kind that has none
        "number_given_out",  # a number of a document that is behind us
        "options_taken",  # another variant of the product has these options
        "other_mode",  # a test key beside one that is known and is none
        "picture_gone",  # an address of the shop's own files where nothing is
        "prefix_taken",  # documents of another kind have numbers that begin like this
        "sku_taken",  # another product has the SKU
        "too_fine",  # the shop's currency has fewer decimals
        "unique",  # another row has the name or the address
        # Not of the shop, but no schema says it:
        "broken_template",  # a text in a language of its own
        "ends_before_it_begins",  # two moments
        "not_needed",  # an address beside a key, which says whose it is
        "not_above",  # two amounts; one may be the shop's
        "past",  # the day
        "unprintable",  # which characters can be seen
    }
)
# How old figures may be depends on the day.
OF_THE_DAY = ("/analytics/", ("from", "until"))
# Fields that a merchant has made up; programs read in `custom_fields` which there are.
OF_THE_MERCHANT = "custom_fields."


# Read by the same few lines wherever they stand: tried on products and tenants, not on each list and each call.
SHARED = frozenset(
    {
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "cursor",
        "limit",
        "modified_since",
        "order",
    }
)
TRIED_ON = ("/products/", "/tenants/")
# Of one kind of request at one place: two of four hundred time zones say what the others would.
MOST_ALIKE = 2
_sent: Counter[tuple[str, str, str | None, str | None]] = Counter()


@schemathesis.hook
def filter_case(context: HookContext, case: Case) -> bool:
    """Whether it may find what those before it could not. It halves what the bounds of everything ask for."""
    about = case.meta.phase.data if case.meta is not None else None
    if not isinstance(about, CoveragePhaseData):
        return True
    if about.parameter in SHARED and not case.path.startswith(TRIED_ON):
        return False
    kind = (case.operation.label, about.description, about.location, about.parameter)
    _sent[kind] += 1
    return _sent[kind] <= MOST_ALIKE


@schemathesis.check
def what_is_described_is_accepted(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """A request that is as described is carried out, or refused for what only the shop can know."""
    if response.status_code == 400:
        error = json.loads(response.content)["error"]
        code, param, path = error["code"], str(error["param"]), case.path
        if code in OF_THE_SHOP or param.startswith(OF_THE_MERCHANT):
            return None
        if path.startswith(OF_THE_DAY[0]) and param in OF_THE_DAY[1]:
            return None
    return positive_data_acceptance(ctx, response, case)


@schemathesis.check
def answers_are_as_described(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """An answer fits its schema; one that was asked for in part (`fields`) has exactly these parts of each row."""
    asked = case.query.get("fields") if case.query else None
    if response.status_code != 200 or not isinstance(asked, str):
        case.operation.validate_response(response, case=case)
        return None
    told = json.loads(response.content)
    expanded = str(case.query.get("expand") or "").split(",")
    for row in told.get("results", [told]):
        if row.keys() != ({"id", *asked.split(","), *expanded} - {""}):
            raise Failure(
                operation=case.operation.label, title="Other fields than were asked for", message=f"{sorted(row)}"
            )
    return None
