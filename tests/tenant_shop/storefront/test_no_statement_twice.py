"""No page asks its database the same question twice: a statement that repeats grows with the rows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy import directory
from tenant_shop.companies.close_request import reject_request
from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.customers.wishlist import add_wish
from tenant_shop.models import (
    CompanyMember,
    CustomerAddress,
    LoyaltyEntry,
    Order,
    Page,
    Product,
    ProductImage,
    ProductReview,
    ProductVariant,
    PurchaseRequest,
)
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.returns.request import request_return
from tenant_shop.storefront import urls
from tests.accounts import account, logged_in
from tests.companies import asked_by, company_of, membership
from tests.documents import invoice_with
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.paying import card_order, give_card
from tests.people import staff_browser
from tests.pricing import group_with, offer, price_list, sold_in
from tests.quoting import answered
from tests.quoting import asked as asked_price
from tests.returning import DAMAGED, delivered, pieces
from tests.shopper import Shopper
from tests.shopping import order_of
from tests.statements import StatementCount
from tests.tenant_shop.schema.rows import document

# Every name of an address, with addresses that show all that its page can show. A new page stands here before it is
# merged.
PAGES: dict[str, tuple[str, ...]] = {
    "home": ("/", "/de/"),
    "product_list": (
        "/products/",
        "/products/?page=2",
        "/products/?sort=-price&available=1",
        "/products/?brand=brand-0&brand=brand-1&tag=featured&opt.Glaze=Ink&price=5-50&rating=3",
        "/products/?q=mug",
        "/products/?q=mgu",
        "/products/?q=nothing+like+it",
    ),
    "suggestions": ("/search/suggestions/?q=mug",),  # asked for by htmx, otherwise it leads to the list
    "product_preview": ("/products/preview/{product}/",),
    "page": ("/pages/about/", "/pages/gone/"),
    "product": ("/products/mug-1/", "/products/mug-1/?Glaze=Ink", "/products/gone/", "/de/products/mug-1/"),
    "brands": ("/brands/",),
    "brand": ("/brands/brand-1/", "/brands/gone/"),
    "category": ("/categories/kitchen/", "/categories/mugs/", "/categories/gone/"),
    "cart": ("/cart/",),
    "quick_order": ("/quick-order/",),
    "checkout": ("/checkout/",),
    "quote_new": ("/quotes/new/",),
    "quote": ("/quotes/{quote}/",),
    "quote_accept": ("/quotes/{quote}/accept/",),
    "my_quotes": ("/account/quotes/",),
    "order": ("/orders/{token}/", "/orders/{guests}/"),
    "order_document": ("/orders/{token}/documents/{document}/",),
    "order_return_by_link": ("/orders/{guests}/return/",),
    "order_pay": ("/orders/{unpaid}/pay/",),
    "test_bank": ("/orders/{unpaid}/pay/bank/{attempt}/",),
    "account": ("/account/",),
    "log_in": ("/account/log-in/?next=/cart/",),
    "register": ("/account/register/",),
    "confirm_account": ("/account/confirm/nobody/",),
    "reset_request": ("/account/password/reset/",),
    "reset_password": ("/account/password/reset/nobody/",),
    "change_password": ("/account/password/",),
    "change_email": ("/account/email/",),
    "confirm_email": ("/account/email/confirm/nobody/",),
    "undo_email": ("/account/email/undo/nobody/",),
    "profile": ("/account/profile/",),
    "my_orders": ("/account/orders/", "/account/orders/?page=2"),
    "my_order": ("/account/orders/{order}/",),
    "my_document": ("/account/orders/{order}/documents/{document}/",),
    "return_request": ("/account/orders/{order}/return/",),
    "my_reviews": ("/account/reviews/",),
    "review": ("/account/reviews/mug-1/",),
    "wishlist": ("/account/wishlist/",),
    "points": ("/account/points/", "/account/points/?page=2"),
    "my_data": ("/account/data/",),
    "erase": ("/account/erase/nobody/",),
    "company": ("/account/company/",),
    "company_join": ("/account/company/join/nobody/",),
    "company_members": ("/account/company/members/",),
    "company_member": ("/account/company/members/{member}/",),
    "company_orders": ("/account/company/orders/", "/account/company/orders/?q=gone"),
    "company_order": ("/account/company/orders/{order}/",),
    "company_document": ("/account/company/orders/{order}/documents/{document}/",),
    "company_requests": ("/account/company/requests/",),
    "company_request": ("/account/company/requests/{request}/", "/account/company/requests/{decided}/"),
    "addresses": ("/account/addresses/",),
    "address_new": ("/account/addresses/new/",),
    "address": ("/account/addresses/{address}/",),
    "sessions": ("/account/log-ins/",),
    "theme": ("/theme.css",),
    "media": ("/media/gone.webp",),
    "favicon": ("/favicon.ico",),
    "robots": ("/robots.txt",),
    "sitemap": ("/sitemap.xml",),
    "sitemap_part": tuple(f"/sitemap-{kind}-1.xml" for kind in ("pages", "categories", "brands", "products")),
    "google_feed": ("/feeds/google.xml",),
    "notify_leave": ("/notify/leave/nobody/",),
    "discount_link": ("/discount/TENTH/?to=/products/",),
}
# How addresses are answered that not everybody gets a page at: strangers, shoppers with a cart, the shop's people,
# customers.
ANSWERS = {
    **dict.fromkeys(
        ("/products/gone/", "/brands/gone/", "/categories/gone/", "/pages/gone/", "/media/gone.webp"),
        (404, 404, 404, 404),
    ),
    "/products/preview/{product}/": (404, 404, 200, 404),
    "/checkout/": (302, 200, 302, 200),
    "/quotes/new/": (302, 200, 302, 200),
    **dict.fromkeys(
        (
            "/account/confirm/nobody/",
            "/account/password/reset/nobody/",
            "/account/email/confirm/nobody/",
            "/account/email/undo/nobody/",
            "/account/erase/nobody/",
            "/account/company/join/nobody/",
        ),
        (410, 410, 410, 410),
    ),
    **dict.fromkeys(
        (
            "/account/orders/",
            "/account/orders/?page=2",
            "/account/quotes/",
            "/account/orders/{order}/",
            "/account/orders/{order}/documents/{document}/",
            "/account/orders/{order}/return/",
            "/account/reviews/",
            "/account/reviews/mug-1/",
            "/account/wishlist/",
            "/account/points/",
            "/account/points/?page=2",
            "/account/data/",
            "/account/password/",
            "/account/email/",
            "/account/profile/",
            "/account/addresses/",
            "/account/addresses/new/",
            "/account/addresses/{address}/",
            "/account/log-ins/",
            "/account/company/",
            "/account/company/members/",
            "/account/company/members/{member}/",
            "/account/company/orders/",
            "/account/company/orders/?q=gone",
            "/account/company/orders/{order}/",
            "/account/company/orders/{order}/documents/{document}/",
            "/account/company/requests/",
            "/account/company/requests/{request}/",
            "/account/company/requests/{decided}/",
        ),
        (302, 302, 302, 200),
    ),
    **dict.fromkeys(("/account/log-in/?next=/cart/", "/account/register/"), (200, 200, 200, 302)),
    **dict.fromkeys(("/favicon.ico", "/discount/TENTH/?to=/products/"), (302, 302, 302, 302)),
}
# They take forms only; what they do is tested beside them.
FORMS = {
    "notify",
    "cart_add",
    "cart_add_lines",
    "cart_line",
    "cart_coupon",
    "cart_save",
    "cart_saved",
    "cart_estimate",
    "quote_decline",
    "quote_again",
    "log_out",
    "order_again",
    "order_cancel",
    "order_cancel_by_link",
    "wish_add",
    "wish_remove",
    "data_download",
    "erase_request",
    "order_account",
    "address_remove",
    "sessions_end",
    "company_leave",
    "company_invitation",
    "company_request_decide",
}


@pytest.fixture
def order(selling: Any, configure: Callable[..., None]) -> Order:
    """A shop with many rows of everything that pages show, and an order in it."""
    configure(
        languages=["de", "fr"],
        payment_methods=["test_card", "bank_transfer"],
        test_mode=True,
        quote_requests="everybody",
        loyalty={"is_on": True, "since": "2026-01-01T00:00:00+00:00"},
        company_accounts=True,
        reverse_charge=True,
    )
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen", is_featured=True)
    mugs = [CategoryFactory(name=f"Mugs {number}", slug=f"mugs-{number}", parent=kitchen) for number in range(3)]
    CategoryFactory(name="Mugs", slug="mugs", parent=kitchen)
    brands = [BrandFactory(name=f"Brand {number}", slug=f"brand-{number}") for number in range(5)]
    customers = [CustomerFactory() for _ in range(3)]
    for number in range(30):
        product = ProductFactory(
            name=f"Mug {number}",
            slug=f"mug-{number}",
            category=[kitchen, *mugs][number % 4],
            brand=brands[number % 5],
            description="A mug.",
            tags=["featured", "tea"] if number < 6 else ["tea"],
            specifications={"Material": "Clay", "Height": "9 cm"},
            compare_at_price=Decimal("25"),
            price=Decimal(10 + number),
            stock=30,
        )
        ProductVariant.objects.filter(product=product).update(options={"Glaze": "Chalk"})
        VariantFactory(product=product, options={"Glaze": "Ink"}, stock=4)
        ProductImage.objects.create(product=product, url="/media/mug.webp", width=800, height=800)
        ProductImage.objects.create(product=product, url="/media/mug-2.webp", width=800, height=800)
        for customer in customers:
            ProductReview.objects.create(product=product, customer=customer, rating=4, status="approved")
    DiscountCodeFactory(code="WELCOME")
    Page.objects.update(body="We make mugs.", is_published=True)
    variants = list(ProductVariant.objects.select_related("product").order_by("sku")[:4])
    return order_of(*[(variant, 2) for variant in variants])


def customer_with_a_cart() -> Shopper:
    customer = account()
    for number in range(3):
        place = {"address_line_1": "1 Main Street", "postal_code": "10115", "city": "Berlin", "country": "DE"}
        typed = {"last_name": f"Example {number}", **place}
        save_address(customer, typed, roles=frozenset({Role.SHIPPING}))
    for slug in ("mug-1", "mug-2", "mug-3"):
        add_wish(customer, slug)
    for points in range(1, 30):
        LoyaltyEntry.objects.create(customer=customer, points=points, reason="correction", actor="ann")
    prices = price_list(group_with(customer))
    offer(prices, off="10")
    offer(prices, off="20", min_quantity=5)
    sold_in(1, product=Product.objects.get(slug="mug-1"))
    asked_price((ProductVariant.objects.select_related("product").first(), 1), customer=customer)
    company = company_of(customer, pay_later=True, credit_limit=Decimal(1000), approval_rule="all")
    for number in range(3):
        asked = asked_by(company, email=f"buyer{number}@example.com")
    reject_request(membership(customer), asked.pk, reason="Too many mugs")
    Order.objects.update(customer=customer, status="delivered", company=company)
    logged_in()
    logged_in()
    return shopper_with_a_cart(logged_in())


def sent_and_asked_back(*wanted: Any) -> Order:
    """A guest's order that was sent, of which some has been asked to be taken back, twice."""
    sent = delivered(order_of(*wanted))
    for _ in range(2):
        request_return(None, sent.pk, pieces(sent, 1, 1, 1), reason=DAMAGED)
    return sent


def shopper_with_a_cart(shopper: Shopper) -> Shopper:
    for slug in ("mug-1", "mug-2", "mug-3"):
        shopper.add(slug)
    shopper.submit(shopper.get("/cart/"), "/cart/coupon/", code="WELCOME")
    return shopper


def test_every_address_of_the_storefront_is_visited_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == PAGES.keys() | FORMS


@pytest.mark.parametrize("look", [pytest.param("atelier", marks=pytest.mark.slow), "market"])
def test_no_page_sends_a_statement_twice(look: str, order: Order, shop: Any, platform: Any) -> None:
    known, staff, customer = shopper_with_a_cart(Shopper()), Shopper(), customer_with_a_cart()
    platform.update_tenant("acme", theme_config={"look": look})
    directory.forget(shop.id)
    assert "WELCOME" in known.get("/checkout/").content.decode()
    staff.client = staff_browser(shop)
    unpaid, attempt = card_order()
    give_card(Card.SECOND_STEP, unpaid, attempt)
    facts = {
        "token": order.public_token,
        "product": Product.objects.get(slug="mug-1").pk,
        "unpaid": unpaid.public_token,
        "attempt": attempt.pk,
    }
    facts["order"] = order.pk
    facts["document"] = document(order=order, content=invoice_with(3).content).pk
    goods = ProductVariant.objects.select_related("product").order_by("sku")[:3]
    facts["guests"] = sent_and_asked_back(*((variant, 4) for variant in goods)).public_token
    facts["quote"] = answered(asked_price(*((variant, 2) for variant in goods)), "8", "8", "8").public_token
    facts["member"] = CompanyMember.objects.latest("created_at").pk
    facts["request"] = PurchaseRequest.objects.filter(status="pending").latest("created_at").pk
    facts["decided"] = PurchaseRequest.objects.filter(status="rejected").get().pk
    facts["address"] = CustomerAddress.objects.latest("created_at").pk
    for who, shopper in enumerate((Shopper(), known, staff, customer)):
        for name, addresses in PAGES.items():
            shopper.headers = {"hx-request": "true"} if name == "suggestions" else {}
            for address in addresses:
                with StatementCount() as statements:
                    page = shopper.get(address.format(**facts))
                    b"".join(page)
                assert page.status_code == ANSWERS.get(address, (200, 200, 200, 200))[who], (address, who)
                assert not statements.repeated, (address, statements.repeated)
