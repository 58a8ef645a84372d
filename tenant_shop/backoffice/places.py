"""Countries as the back office's forms offer them."""

from django import forms

from smartseller.formats import country
from tenant_shop.orders.address import countries
from tenant_shop.orders.address_rules import address_rules

# Enough to see how they are written.
SOME_STATES = 5


def country_options() -> list[tuple[str, str]]:
    """Every country as (ISO 3166-1 alpha-2 code, name), by name."""
    return sorted(((code, country(code)) for code in countries()), key=lambda choice: choice[1])


def state_key(code: str, written: str) -> str:
    """The state of the country as addresses have it. Errors: ValidationError where a list has it not."""
    rules = address_rules(code)
    state = rules.state(written)
    if state is None and rules.states:
        some = ", ".join(known.key for known in rules.states[:SOME_STATES])
        raise forms.ValidationError(f"{country(code)} has no “{written}”. Its list begins with {some}.")
    return state.key if state else written
