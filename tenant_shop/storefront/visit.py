"""What every page of the storefront needs: the shop, its navigation, the visitor's cart."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from platform_core.tenancy.context import current_tenant
from tenant_shop.carts.coupon import carry_coupon
from tenant_shop.carts.read import count_items
from tenant_shop.carts.saved import SavedOwner
from tenant_shop.catalog.shelves import Shelves, read_shelves
from tenant_shop.catalog.summary import ProductSummary
from tenant_shop.companies.membership import buys_for
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.configuration.theme import Theme, parse_theme
from tenant_shop.customers.models import Customer
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.pricing.groups import group_of
from tenant_shop.pricing.models import CustomerGroup
from tenant_shop.pricing.shown import for_buyer
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.storefront.cards import category_url
from tenant_shop.storefront.guest_session import keep_guest
from tenant_shop.storefront.languages import language_of, page_languages
from tenant_shop.storefront.locale import Money, money_in
from tenant_shop.storefront.look import Parts, page_templates
from tenant_shop.storefront.personal import fill
from tenant_shop.storefront.preview import previewed_design
from tenant_shop.storefront.shop_context import shop_context
from tenant_shop.storefront.signed_in import CART_KEY, SAVED_KEY, find_signed_in

# The code of a link, until there is a cart to put it into.
CODE_KEY = "code"


class Visit:
    """One request's view of the shop; each part is read once, when it is first asked for.

    A visitor without a session gets none: only putting something into the cart starts one.
    """

    # An order is made of the cart; what accepts an offer is another visit (`offer_visit.py`).
    is_for_offer = False
    offer_revision = 0

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._seen: dict[UUID, ProductSummary] = {}

    @cached_property
    def settings(self) -> ShopSettings:
        return shop_settings()

    @cached_property
    def shelves(self) -> Shelves:
        return read_shelves()

    @cached_property
    def theme(self) -> Theme:
        return parse_theme(current_tenant().theme if self.preview is None else self.preview)

    @cached_property
    def preview(self) -> Mapping[str, Any] | None:
        """The draft of the look, for somebody who may see it."""
        return previewed_design(self.request)

    @cached_property
    def money(self) -> Money:
        return money_in(self.settings.currency, self.language)

    @property
    def language(self) -> str:
        """The language of the page, BCP 47; `settings.language` is the shop's own."""
        return language_of(self.request)

    @cached_property
    def signed_in(self) -> CustomerSession | None:
        """Where the customer is logged in; None for a guest. One statement, none for who never logged in."""
        return None if self.has_no_session else find_signed_in(self.request)

    @property
    def group(self) -> CustomerGroup | None:
        """The group whose prices hold for the visitor; None for everybody's, and always for who sends no session."""
        return group_of(self.customer, self.company) if self.customer else None

    def for_buyer(self, products: Iterable[ProductSummary]) -> list[ProductSummary]:
        """`products` at the visitor's prices. At most two statements; none for what this visit has seen already."""
        found = list(products)
        new = [product for product in found if product.id not in self._seen]
        self._seen.update((product.id, product) for product in for_buyer(new, self.group, self.settings))
        return [self._seen[product.id] for product in found]

    @property
    def customer(self) -> Customer | None:
        """None for a guest."""
        return self.signed_in.customer if self.signed_in else None

    @property
    def customer_id(self) -> UUID | None:
        return self.signed_in.customer_id if self.signed_in else None

    @cached_property
    def member(self) -> CompanyMember | None:
        """The customer's membership in a company, whatever its state; None in a shop without company accounts. It was
        read with the customer.
        """
        known: CompanyMember | None = getattr(self.customer, "membership", None)
        return known if known is not None and self.settings.company_accounts else None

    @property
    def company(self) -> Company | None:
        """Whom the visitor buys for; None for who buys for themselves."""
        return buys_for(self.member)

    @property
    def cart_id(self) -> UUID | None:
        """A customer's cart is the same on every device, a guest's is that of the browser."""
        if self.signed_in is not None:
            return getattr(self.signed_in, "open_cart_id", None)
        if self.has_no_session:
            return None
        try:
            return UUID(self.request.session.get(CART_KEY, ""))
        except ValueError:
            return None

    @property
    def cart_url(self) -> str:
        """Where what is ordered can be looked at."""
        return reverse("storefront:cart")

    @property
    def checkout_url(self) -> str:
        return reverse("storefront:checkout")

    @property
    def known_of_guest(self) -> dict[str, Any]:
        """What the checkout's fields begin with for a guest, by their names."""
        return {}

    @property
    def has_no_session(self) -> bool:
        """Whether the browser has sent none: nobody is known, and nothing is read."""
        return django_settings.SESSION_COOKIE_NAME not in self.request.COOKIES

    @property
    def saved_owner(self) -> SavedOwner:
        """Whose list of saved things this visitor's is."""
        if self.customer_id is not None:
            return SavedOwner(customer_id=self.customer_id)
        kept = None if self.has_no_session else self.request.session.get(SAVED_KEY)
        return SavedOwner(list_id=UUID(kept) if kept else None)

    def keep_saved(self, owner: SavedOwner) -> None:
        """Remember a guest's list for the next request."""
        if owner.list_id is not None:
            keep_guest(self.request.session, SAVED_KEY, str(owner.list_id))

    def keep_code(self, code: str) -> None:
        """Remember a discount code for the cart that the visitor will open."""
        self.request.session[CODE_KEY] = code

    @cached_property
    def item_count(self) -> int:
        """How many pieces are in the visitor's cart."""
        return count_items(self.cart_id)

    def keep_cart(self, cart_id: UUID) -> None:
        """Remember the cart; a guest's for the next request, too."""
        if self.signed_in is not None:
            self.signed_in.open_cart_id = cart_id  # type: ignore[attr-defined]
        else:
            keep_guest(self.request.session, CART_KEY, str(cart_id))
        self.use_code(cart_id)

    def use_code(self, cart_id: UUID) -> None:
        """Put the code that was kept for a cart into this one, unless it has a better one."""
        if code := self.request.session.pop(CODE_KEY, None):
            with suppress(CouponRefused):
                carry_coupon(cart_id, code)

    def session_id(self) -> str:
        """The visitor's session, started if there is none."""
        if self.request.session.session_key is None:
            self.request.session.create()
        return str(self.request.session.session_key)

    def page(
        self, template: str, context: dict[str, Any], *, status: int = 200, item_count: int | None = None
    ) -> HttpResponse:
        """Render a page in the shop's frame, its times in the shop's zone.

        `item_count` saves the count of the cart where it is known already.
        """
        frame = {
            "shop": shop_context(self.settings, self.theme),
            "parts": Parts(self.theme.look),
            "is_design_preview": self.preview is not None,
            "languages": page_languages(self.request, context.get("meta")),
            "navigation": [
                {"name": shelf.name, "url": category_url(shelf.slug), "current": shelf.slug == context.get("here")}
                for shelf in self.shelves.top
            ],
        }
        if item_count is not None:
            self.item_count = item_count
        with timezone.override(self.settings.zone):
            templates = page_templates(self.theme.look, template)
            body = fill(render_to_string(templates, frame | context, self.request), self)
        response = HttpResponse(body, status=status)
        patch_vary_headers(response, ["Cookie"])
        if self.preview is not None:
            add_never_cache_headers(response)
        return response
