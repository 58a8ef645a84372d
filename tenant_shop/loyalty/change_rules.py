"""Changing what the merchant says about points and tiers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.models import Setting
from tenant_shop.loyalty.check_rules import problems_of
from tenant_shop.loyalty.rules import DEFAULTS

KEY = "loyalty"


def change_rules(values: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Write the rules (the keys of `DEFAULTS`, as they are stored) and return the keys that differ from before.

    Turned on, the programme begins at `now` (aware): what was delivered before earns nothing, nor what is delivered
    while it is off. Errors: ValidationError by key (see `check_rules`); nothing changes then.
    """
    if problems := dict(problems_of(values)):
        raise ValidationError(problems)
    with shop_transaction():
        row = Setting.objects.select_for_update().filter(key=KEY).first()
        stored: dict[str, Any] = row.value if row is not None and isinstance(row.value, dict) else {}
        before = {**DEFAULTS, **stored}
        changed = [key for key in DEFAULTS if before[key] != values[key]]
        if not changed:
            return []
        wanted = {**stored, **{key: values[key] for key in DEFAULTS}}
        if wanted["is_on"] and not before["is_on"]:
            wanted["since"] = now.isoformat()
        change_settings({KEY: wanted})
    return changed
