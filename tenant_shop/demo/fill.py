"""Filling a new shop."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.theme import set_theme
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.catalog.listing.popularity import count_units_sold
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.pictures.discard import queue_upkeep
from tenant_shop.catalog.search.vocabulary import count_words
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.demo.account import open_account, write_returns
from tenant_shop.demo.business import send_requests, take_orders, write_company, write_quotes
from tenant_shop.demo.catalogue import write_catalogue
from tenant_shop.demo.customers import make_guests, write_customers
from tenant_shop.demo.history.baskets import Shelf, make_coupons
from tenant_shop.demo.history.numbers import Numbers
from tenant_shop.demo.history.orders import Trading, make_orders, write_orders
from tenant_shop.demo.history.points import write_points
from tenant_shop.demo.history.stock import planned_stock, write_stock
from tenant_shop.demo.pictures.store import StoredPictures, store_pictures
from tenant_shop.demo.places import write_places
from tenant_shop.demo.reviews import write_reviews
from tenant_shop.demo.searches import write_searches
from tenant_shop.demo.shops import DemoShop
from tenant_shop.demo.visits import write_visits
from tenant_shop.pages.models import Page
from tenant_shop.promotions.models import DiscountCode

GUESTS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How much was written."""

    products: int
    variants: int
    pictures: int
    customers: int
    orders: int
    reviews: int


def fill_shop(shop: DemoShop, *, staff: str, now: datetime) -> Filled | None:
    """Fill the active shop with everything that `shop` describes, up to the moment `now` (aware).

    A shop that has products is left alone, and None returned. All rows are written in one transaction: a run that is
    broken off leaves an empty shop; what waits for an approver is sent afterwards. `staff` is the id of the user who is
    said to have handled the orders. Afterwards the figures are rolled up, with visitors that nobody counted, and a
    worker is told to make the pictures' renditions.
    """
    if Product.objects.exists():
        return None
    pictures = store_pictures(shop)
    _show_at_home(shop, pictures, staff=staff)
    random = Random(shop.slug)  # noqa: S311 - the same shop every time is what is wanted
    with shop_transaction(durable=True):
        _write_settings(shop)
        _write_pages(shop)
        write_places(shop)
        settings = shop_settings()
        variants = write_catalogue(shop, pictures, now=now, random=random)
        customers = write_customers(shop, now=now, random=random)
        left = planned_stock(shop, variants, random)
        trading = Trading(
            trade=shop.trade,
            settings=settings,
            shelf=_shelf(shop, variants, left, random),
            coupons=make_coupons(shop, now),
            numbers=Numbers(settings.zone),
            now=now,
            staff=staff,
            random=random,
        )
        guests = make_guests(shop, GUESTS, now=now, random=random)
        orders = make_orders(trading, customers, guests)
        visitor = open_account(shop, orders)
        buying = write_company(shop, staff=staff, now=now)
        take_orders(shop, buying, orders)
        DiscountCode.objects.bulk_create(trading.coupons.codes)
        write_orders(orders, carrier=shop.carrier, staff=staff)
        write_points(settings, orders, staff=staff)
        if visitor is not None:
            write_returns(visitor, orders, now=now)
        trading.numbers.write()
        moved = [movement for past in orders for movement in past.movements]
        write_stock(variants, moved, left, now=now, staff=staff)
        write_quotes(shop, buying, variants, staff=staff, now=now)
        products = list({variant.product.pk: variant.product for variant in variants}.values())
        count_units_sold()
        reviews = write_reviews(shop, products, orders, now=now, random=random)
        write_searches(shop, now=now, random=random)
        count_words()
    send_requests(shop, buying, variants)
    roll_up_changes(now)
    write_visits(random)
    queue_upkeep()
    return Filled(
        products=len(products),
        variants=len(variants),
        pictures=len(pictures.products),
        customers=len(customers),
        orders=len(orders),
        reviews=reviews,
    )


def _show_at_home(shop: DemoShop, pictures: StoredPictures, *, staff: str) -> None:
    """The shop began with the addresses of its home page's pictures; now their sizes are known."""
    sized = {f"{name}_picture": stored.as_json() for name, stored in pictures.home.items()}
    set_theme(current_tenant().id, {**shop.theme, **sized}, user_id=UUID(staff))


def _write_settings(shop: DemoShop) -> None:
    values: dict[str, Any] = {"store_name": shop.name, "theme_settings": dict(shop.theme), **shop.settings}
    Setting.objects.bulk_create(
        [Setting(key=key, value=value) for key, value in values.items()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["value"],
    )


def _write_pages(shop: DemoShop) -> None:
    """In place of the drafts that every shop starts with."""
    Page.objects.bulk_create(
        [
            Page(
                title=page.title,
                slug=page.slug,
                body=page.body,
                meta_description=page.meta_description,
                is_published=True,
                position=position,
            )
            for position, page in enumerate(shop.pages, start=1)
        ],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["title", "body", "meta_description", "is_published", "position"],
    )


def _shelf(shop: DemoShop, variants: list[ProductVariant], left: dict[UUID, int], random: Random) -> Shelf:
    """What is on sale; a product's popularity is spread over its variants, some of which are liked more."""
    popularity = {demo.sku: demo.popularity for demo in shop.products if demo.is_on_sale}
    on_sale = [variant for variant in variants if variant.product.sku in popularity]
    counts: dict[str, int] = {}
    for variant in on_sale:
        counts[variant.product.sku] = counts.get(variant.product.sku, 0) + 1
    liking = {
        variant.pk: popularity[variant.product.sku] / counts[variant.product.sku] * random.lognormvariate(0, 0.45)
        for variant in on_sale
    }
    return Shelf(variants=on_sale, liking=liking, left=left, currency=shop.currency)
