"""Two of Schemathesis's checks, with what it cannot know of this API. Its command line loads this module as its hooks.

In its place stands a check that is as strict: nothing that it would find passes but what is written down here.
"""

import json

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Codes of 400 that depend on what the shop has: no schema could say it beforehand.
OF_THE_SHOP = frozenset(
    {
        "cycle",  # a category cannot stand below itself
        "does_not_exist",  # another row is named, and it is gone or never was
        "ends_before_it_begins",  # one moment after another: not of the shop, but no schema compares two values
        "duplicate_line",  # a line is named twice
        "no_choices",  # the field is of a kind that has none
        "picture_gone",  # an address of the shop's own files where nothing is
        "sku_taken",  # another product has the SKU
        "options_taken",  # another variant of the product has these options
        "too_fine",  # the shop's currency has fewer decimals
        "unique",  # another row has the name or the address
    }
)
# How old figures may be depends on the day.
OF_THE_DAY = ("/analytics/", ("from", "until"))
# What the description does not say yet and could: how address and parameter begin. To become fewer, never more.
UNTOLD = frozenset(
    {
        ("/settings/", ""),  # which time zones, addresses and beginnings of numbers there are
        ("/campaigns/", "scheduled_at"),  # needed by one that is scheduled
        ("/bulk/", "rows."),  # a row names either of two
    }
)
# Fields that a merchant has made up; programs read in `custom_fields` which there are.
OF_THE_MERCHANT = "custom_fields."


@schemathesis.check
def what_is_described_is_accepted(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """A request that is as described is carried out, or refused for what only the shop can know."""
    if response.status_code == 400:
        error = json.loads(response.content)["error"]
        code, param, path = error["code"], str(error["param"]), case.path
        if code in OF_THE_SHOP or param.startswith(OF_THE_MERCHANT):
            return None
        if (path.startswith(OF_THE_DAY[0]) and param in OF_THE_DAY[1]) or _is_untold(path, param):
            return None
    return positive_data_acceptance(ctx, response, case)


def _is_untold(path: str, param: str) -> bool:
    return any(path.startswith(begin) and param.startswith(named) for begin, named in UNTOLD)


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
