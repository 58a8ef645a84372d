from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from tenant_shop.imports.jobs.rows import Run
    from tenant_shop.integrations.representations import Represent

# What a merchant's custom fields make in the shop's own database: see configuration.custom_fields.index.
OWN_INDEXES = "^index custom_(product|customer|order)_[0-9a-f]{32}$"


class TenantShopConfig(AppConfig):
    name = "tenant_shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from platform_core.tenancy.hooks import shop_hooks
        from platform_core.tenancy.versions import schema_versions
        from tenant_shop.analytics.report import roll_up_and_report
        from tenant_shop.catalog.scheduled.apply import next_change
        from tenant_shop.companies.close_request import next_end
        from tenant_shop.configuration.seed import seed_shop
        from tenant_shop.imports.jobs import rows
        from tenant_shop.imports.runs.receive import PRIVATE
        from tenant_shop.integrations import representations
        from tenant_shop.integrations.keys.after_restore import changes_of_restore
        from tenant_shop.integrations.lease import next_delivery, oldest_promise
        from tenant_shop.integrations.webhooks.relay import next_relay
        from tenant_shop.orders.expire import next_expiry
        from tenant_shop.sandbox.changes import changes_of_copy
        from tenant_shop.storefront.guest_session import when_staff_log_in

        user_logged_in.connect(when_staff_log_in)
        shop_hooks.seed = seed_shop
        shop_hooks.told = _hear
        shop_hooks.roll_up = roll_up_and_report
        shop_hooks.next_moments = (next_expiry, next_change, next_end, next_delivery, next_relay)
        shop_hooks.oldest_promise = oldest_promise
        representations.load = _representations
        rows.load = _rows
        versions = schema_versions(self.label)
        shop_hooks.schema_version, shop_hooks.oldest_schema_version = versions.newest, versions.oldest
        shop_hooks.own_objects = OWN_INDEXES
        shop_hooks.changes_of_copy = changes_of_copy
        shop_hooks.changes_of_restore = changes_of_restore
        shop_hooks.private_files = PRIVATE


def _hear(text: str) -> None:
    """What a shop's database told, to those whom it concerns."""
    from tenant_shop.catalog import known_version
    from tenant_shop.integrations.webhooks import wake

    known_version.hear(text)
    wake.hear(text)


def _representations() -> "Mapping[str, Represent]":
    """The API's; most processes never need them."""
    from tenant_shop.api.v1.representations import REPRESENTATIONS

    return REPRESENTATIONS


def _rows() -> "Mapping[str, Run]":
    """What is done with the rows of jobs."""
    from tenant_shop.api.v1.bulk_rows import ROWS

    return ROWS
