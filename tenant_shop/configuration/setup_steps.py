"""What the merchant does not want to be reminded of while setting the shop up."""

from collections.abc import Callable, Collection

from django.db.models import QuerySet

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.models import Setting

# A row of `settings`: a list of the steps' names.
KEY = "setup_dismissed"


def dismiss_steps(names: Collection[str]) -> bool:
    """Keep these steps off the list for everybody; whether that changed anything. Safe at once with others."""
    return _change(lambda before: before | set(names))


def bring_back_steps() -> bool:
    """Show every step again that is not done; whether that changed anything."""
    return _change(lambda _: set())


def dismissed_rows() -> QuerySet[Setting]:
    """The row that says so, to be read together with other things."""
    return Setting.objects.filter(key=KEY)


def read_dismissed(value: object) -> frozenset[str]:
    """The names in the row's value; what cannot be read counts as none."""
    return frozenset(str(name) for name in value) if isinstance(value, list) else frozenset()


def _change(how: Callable[[set[str]], set[str]]) -> bool:
    with shop_transaction():
        Setting.objects.get_or_create(key=KEY, defaults={"value": []})
        row = Setting.objects.select_for_update(no_key=True).get(key=KEY)
        before = set(read_dismissed(row.value))
        after = how(before)
        if after == before:
            return False
        row.value = sorted(after)
        row.save(update_fields=["value"])
        return True
