"""What a role may do: on the platform by the user's role, in a shop by the access's."""

from collections.abc import Mapping

# "<action>_<model>" in Django's words; a role that may do an action may do it to every model it sees.
SEE = frozenset({"view"})
WORK = SEE | {"add", "change"}
EVERYTHING = WORK | {"delete"}
# In a shop: besides, changing what all shoppers see at once ("publish_design").
RUN = EVERYTHING | {"publish"}

# Keys are the values of PlatformRole; a role that is not here may do nothing on the platform.
ON_THE_PLATFORM = {
    "super_admin": EVERYTHING,
    "admin": EVERYTHING,
    "support": SEE,
    "developer": SEE,
}
# Users and their rights are for super admins: an admin could otherwise make one of himself.
FOR_SUPER_ADMINS = frozenset({"platform_core.platformuser"})
# Support mends a merchant's record and rights; it neither makes nor deletes them.
SUPPORT_CHANGES = frozenset({"platform_core.change_tenant", "platform_core.change_tenantaccess"})

# Keys are the values of AccessRole.
IN_A_SHOP = {
    "owner": RUN,
    "admin": RUN,
    "editor": WORK,
    "viewer": SEE,
}
# Where a shop's money goes, what every order pays besides its goods, and whom it gives credit, is for those who run it:
# owners and admins.
FOR_SHOP_ADMINS = frozenset(
    {
        "tenant_shop.setting",
        "tenant_shop.taxrate",
        "tenant_shop.shippingzone",
        "tenant_shop.shippingzonerate",
        "tenant_shop.company",
        "tenant_shop.companymember",
    }
)
SHOP_ADMINS = frozenset({"owner", "admin"})


def platform_permits(role: str, perm: str) -> bool:
    """Whether a user of `role` may do `perm` ("<app>.<action>_<model>") on the platform."""
    if role == "super_admin":
        return True
    app, action, model = _read(perm)
    if action != "view" and f"{app}.{model}" in FOR_SUPER_ADMINS:
        return False
    if role == "support" and perm in SUPPORT_CHANGES:
        return True
    return action in ON_THE_PLATFORM.get(role, frozenset())


def shop_permits(role: str, exceptions: Mapping[str, bool], perm: str) -> bool:
    """Whether an access of `role` may do `perm` ("tenant_shop.<action>_<model>") in its shop.

    `exceptions` maps a permission to whether it is granted; it goes before the role. Anything but true or false there
    counts as refused.
    """
    if perm in exceptions:
        return exceptions[perm] is True
    app, action, model = _read(perm)
    if action != "view" and f"{app}.{model}" in FOR_SHOP_ADMINS:
        return role in SHOP_ADMINS
    return action in IN_A_SHOP.get(role, frozenset())


def _read(perm: str) -> tuple[str, str, str]:
    app, _, code = perm.partition(".")
    action, _, model = code.partition("_")
    return app, action, model
