"""What the platform knows of a shop besides: its name, its money, its time, its country."""

from uuid import UUID

from django.apps import apps

from platform_core.tenancy import directory


def set_profile(tenant_id: UUID, **values: str) -> None:
    """Change `name`, `currency` (ISO 4217), `timezone` (IANA) or `country` (ISO 3166-1 alpha-2) of a shop.

    The shop's settings say the same and are changed with it, by the caller, who also tells the audit log. Every process
    knows from its next request on. One statement; TypeError for anything else.
    """
    if values.keys() - {"name", "currency", "timezone", "country"}:
        raise TypeError(f"a shop's profile has no {', '.join(values)}")
    apps.get_model("platform_core", "Tenant").objects.filter(pk=tenant_id).update(**values)
    directory.forget(tenant_id)
