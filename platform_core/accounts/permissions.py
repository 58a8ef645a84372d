"""What a role may do: on the platform by the user's role, in a shop by the access's."""

from collections.abc import Mapping
from dataclasses import dataclass

# "<action>_<model>" in Django's words.
SEE = frozenset({"view"})
WORK = SEE | {"add", "change"}
EVERYTHING = WORK | {"delete"}
# In a shop: besides, changing what all shoppers see at once ("publish_design").
RUN = EVERYTHING | {"publish"}
NOTHING: frozenset[str] = frozenset()

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


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a shop's back office, and what each role may do there.

    `models` are the last words of permissions: models of the shop, and pages that belong to none ("staff", "billing").
    """

    title: str
    models: frozenset[str]
    owner: frozenset[str]
    admin: frozenset[str]
    editor: frozenset[str]
    viewer: frozenset[str]

    def of(self, role: str) -> frozenset[str]:
        """What a role may do here; nothing when it is none."""
        known = {"owner": self.owner, "admin": self.admin, "editor": self.editor, "viewer": self.viewer}
        return known.get(role, NOTHING)


def _words(models: str) -> frozenset[str]:
    return frozenset(models.split())


def _daily(title: str, models: str) -> Area:
    """What a shop's people do all day."""
    return Area(title, _words(models), owner=RUN, admin=RUN, editor=WORK, viewer=SEE)


# The matrix of `docs/roles.md`, which a test compares with it. What is in no area is nobody's.
AREAS = (
    _daily(
        "Orders, payments, returns and quotes",
        "order orderitem orderitemdiscount orderstatushistory ordercounter ordernote shipment payment paymententry "
        "paymentrefund creditnote creditnoteline document documentcounter return returnline quoterequest quoteline "
        "quoteevent purchaserequest savedview",
    ),
    _daily(
        "Products, categories, stock and search",
        "product productvariant productimage productlisting category brand oldslug coverpicture discardedpicture "
        "scheduledchange bulkedit stockmovement stockalert searchsynonym searchcount catalogueversion",
    ),
    _daily(
        "Customers, points and reviews",
        "customer customeraddress customerconsent customernote customersession customertoken customergroup "
        "wishlistitem productreview loyaltyentry shoppingcart cartitem cartloss saveditem",
    ),
    _daily(
        "Prices, discounts and campaigns",
        "pricelist pricelistentry quantityrule discountcode discountredemption emailcampaign",
    ),
    _daily("Pages and design", "page termsversion design"),
    _daily("Figures", "analyticsdaily productdaily categorydaily countrydaily hourdaily rollupstate"),
    # Where a shop's money goes, what every order pays besides its goods, and whom it gives credit, is for those who
    # run it.
    Area(
        "Settings, taxes, shipping and company accounts",
        _words(
            "setting customfield importrun bulkjob bulkrow taxrate shippingzone shippingzonerate company companymember "
            "webhook outboxevent event webhookdelivery"
        ),
        owner=RUN,
        admin=RUN,
        editor=SEE,
        viewer=SEE,
    ),
    # Whoever has a key gets in without being asked who it is.
    Area(
        "API keys",
        _words("apikey apicall apiusage idempotentcall"),
        owner=RUN,
        admin=RUN,
        editor=NOTHING,
        viewer=NOTHING,
    ),
    Area("Staff", frozenset({"staff"}), owner=EVERYTHING, admin=EVERYTHING, editor=NOTHING, viewer=NOTHING),
    Area("Plan and bills", frozenset({"billing"}), owner=SEE | {"change"}, admin=SEE, editor=NOTHING, viewer=NOTHING),
    # An archive is everything at once, passwords' digests and all: for those whose shop it is.
    Area(
        "Archives of the whole shop",
        frozenset({"shoparchive"}),
        owner=RUN,
        admin=NOTHING,
        editor=NOTHING,
        viewer=NOTHING,
    ),
    Area("Sandbox", frozenset({"sandbox"}), owner=RUN, admin=RUN, editor=NOTHING, viewer=NOTHING),
    Area("Security", frozenset({"security"}), owner=EVERYTHING, admin=SEE, editor=NOTHING, viewer=NOTHING),
    Area("Audit log", frozenset({"auditlog"}), owner=SEE, admin=NOTHING, editor=NOTHING, viewer=NOTHING),
)
AREA_OF = {model: area for area in AREAS for model in area.models}
# An operator in somebody's place looks at these and changes none of them: keys, people and money are the merchant's.
SHOWN_TO_GUESTS = AREA_OF["apikey"].models | {"staff", "billing", "security", "webhook"}
# An archive is everything at once; a sandbox is a second shop with the same customers.
CLOSED_TO_GUESTS = frozenset({"shoparchive", "sandbox"})
# From the one that may do least: nobody gives rights above the own.
RANKS = ("viewer", "editor", "admin", "owner")


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
    counts as refused. Who may not look at something may not change it either.
    """
    app, action, model = _read(perm)
    if exceptions.get(f"{app}.view_{model}", True) is not True:
        return False  # Django's admin shows what may be changed, whether it may be looked at or not
    if perm in exceptions:
        return exceptions[perm] is True
    area = AREA_OF.get(model)
    return area is not None and action in area.of(role)


def guest_permits(perm: str) -> bool:
    """Whether an operator in somebody's place may do `perm` in the shop, if that person may."""
    _, action, model = _read(perm)
    return model not in CLOSED_TO_GUESTS and (action == "view" or model not in SHOWN_TO_GUESTS)


def ranks_below(role: str, other: str) -> bool:
    """Whether `role` may do less than `other`; a role that is none ranks below all."""
    return RANKS.index(role) < RANKS.index(other) if role in RANKS else other in RANKS


def _read(perm: str) -> tuple[str, str, str]:
    app, _, code = perm.partition(".")
    action, _, model = code.partition("_")
    return app, action, model
