"""Choosing a variant by links: each value of an option leads to the page with that value chosen.

The selection stands in the query (`?Size=M&Colour=Red`), so that it works without a script, can be shared, and goes
back with the browser's button.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tenant_shop.catalog.choice import Availability, nearest, option_names, options_of, value_of
from tenant_shop.catalog.summary import VariantFacts
from tenant_shop.storefront.locale import Money

# What stands for having an option not at all.
WITHOUT = "\N{EN DASH}"
# The page of the reviews.
REVIEWS = "reviews"
# An option that is called like it gets an underscore.
RESERVED = frozenset({REVIEWS})


def parameter_of(name: str) -> str:
    """The query parameter of an option."""
    return f"{name}_" if name in RESERVED else name


def variant_url(path: str, variant: VariantFacts, variants: Sequence[VariantFacts]) -> str:
    """The product's page at `path` with this variant chosen."""
    if len(variants) < 2:
        return path
    chosen = {parameter_of(name): value_of(variant, name) for name in option_names(variants)}
    return f"{path}?{urlencode(chosen)}" if chosen else path


def asked_options(query: Mapping[str, str], variants: Sequence[VariantFacts]) -> dict[str, str]:
    """The known values that a query asks for, by option; whatever else stands there is ignored."""
    asked = {}
    for name in option_names(variants):
        value = query.get(parameter_of(name))
        if value is not None and any(value_of(variant, name) == value for variant in variants):
            asked[name] = value
    return asked


def chosen_variant(query: Mapping[str, str], variants: Sequence[VariantFacts]) -> VariantFacts | None:
    """The variant that a query means: the nearest one to what it asks for. None only without variants."""
    return nearest(variants, asked_options(query, variants))


def picker(
    path: str, variants: Sequence[VariantFacts], chosen: VariantFacts | None, money: Money
) -> list[dict[str, Any]]:
    """Every option with its values in the words of the template."""
    if chosen is None:
        return []
    prices_differ = len({variant.price for variant in variants}) > 1
    return [
        {
            "id": f"option-{number}",
            "name": option.name,
            "chosen": value_of(chosen, option.name),
            "values": [
                {
                    "id": f"option-{number}-{position}",
                    "value": value.value or WITHOUT,
                    "url": variant_url(path, value.variant, variants),
                    "chosen": value.is_chosen,
                    "sold_out": value.availability is Availability.SOLD_OUT,
                    "impossible": value.availability is Availability.IMPOSSIBLE,
                    "price": money(value.variant.price)
                    if prices_differ and not value.is_chosen and value.variant.price != chosen.price
                    else "",
                }
                for position, value in enumerate(option.values, start=1)
            ],
        }
        for number, option in enumerate(options_of(variants, chosen), start=1)
    ]
