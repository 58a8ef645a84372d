"""Looking around: what is shown, what is not, at what cost, and without a trace."""

from decimal import Decimal

import pytest

from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.change_plan import change_plan
from tenant_shop.models import ProductImage, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper

BROWSED = ("/", "/products/", "/products/?q=mug", "/categories/kitchen/", "/products/mug-1/", "/cart/", "/account/")


@pytest.fixture
def stocked(selling) -> None:
    """Thirty products with all that hangs on products."""
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    customer = CustomerFactory()
    for number in range(30):
        product = ProductFactory(
            name=f"Mug {number}",
            slug=f"mug-{number}",
            category=kitchen,
            brand=BrandFactory(),
            description="A mug.",
            tags=["featured"] if number < 4 else [],
            compare_at_price=Decimal("25"),
            stock=3,
        )
        VariantFactory(product=product, options={"Glaze": "Ink"}, stock=1)
        ProductImage.objects.create(product=product, url="/media/mug.webp", width=800, height=800)
        ProductReview.objects.create(product=product, customer=customer, rating=4, status="approved")


@pytest.mark.usefixtures("stocked")
def test_pages_answer_without_a_cookie_and_with_few_statements(shopper, count_statements):
    shopper.get("/nothing/")  # the directory of shops and their languages are read once for many requests
    counted = {}
    for path in BROWSED:
        with count_statements() as statements:
            page = shopper.get(path)
        assert page.status_code == 200, path
        counted[path] = statements.count
    assert shopper.cookies == set()
    assert counted == {
        "/": 5,
        "/products/": 5,
        "/products/?q=mug": 7,
        "/categories/kitchen/": 5,
        "/products/mug-1/": 6,
        "/cart/": 2,
        "/account/": 2,
    }


@pytest.mark.usefixtures("stocked")
def test_a_shopper_with_a_cart_costs_two_statements_more(shopper, count_statements):
    shopper.follow(shopper.add("mug-1"))
    for path, most in (("/", 7), ("/products/", 7), ("/products/mug-1/", 8)):
        with count_statements() as statements:
            assert b'class="cart-count">1<' in shopper.get(path).content
        assert statements.count == most, path


@pytest.mark.usefixtures("stocked")
def test_pages_may_not_be_shared_between_visitors(shopper):
    for path in BROWSED:
        page = shopper.get(path)
        assert "private" in page["Cache-Control"], path
        assert "Cookie" in page["Vary"], path


def test_what_is_not_listed_is_not_found(selling, shopper):
    for slug, values in {
        "draft": {"status": "draft"},
        "inactive": {"status": "inactive"},
        "archived": {"status": "archived"},
    }.items():
        ProductFactory(slug=slug, name=f"Secret {slug}", stock=1, **values)
        assert shopper.get(f"/products/{slug}/").status_code == 404
        assert shopper.post(f"/cart/lines/add/{slug}/", {"quantity": "1"}).status_code == 404
    assert b"Secret" not in shopper.get("/products/").content
    assert b"Secret" not in shopper.get("/products/", q="secret").content.replace(b"secret", b"")
    CategoryFactory(slug="closed", is_active=False)
    assert shopper.get("/categories/closed/").status_code == 404
    assert shopper.get("/categories/nothing/").status_code == 404


def test_another_shops_products_do_not_exist_here(selling, make_shop, shopper):
    globex = make_shop("globex")
    with tenant_context(globex):
        ProductFactory(slug="theirs", stock=1)
    assert shopper.get("/products/theirs/").status_code == 404
    assert Shopper("globex.localhost").get("/products/theirs/").status_code == 200


def test_a_white_label_says_on_no_page_whose_platform_it_is_as_soon_as_it_is_in_the_plan(make_shop):
    globex, visitor = make_shop("globex", plan_type="premium"), Shopper("globex.localhost")
    for plan, says_it in (("premium", True), ("enterprise", False), ("premium", True)):
        change_plan(globex.id, plan=plan)
        directory.forget(globex.id)
        for _ in range(2):  # the second is a page that was kept
            assert ("Runs on SmartSeller" in visitor.get("/").content.decode()) is says_it, plan
        assert ("SmartSeller" in visitor.get("/de/products/").content.decode()) is says_it, plan


def test_hostile_addresses_are_answered_without_a_fault(selling, shopper):
    ProductFactory(slug="mug", stock=1)
    for query in (
        {"page": "-1"},
        {"page": "9" * 5000},
        {"sort": "price; DROP TABLE products"},
        {"q": "'" * 3000},
        {"q": "<script>alert(1)</script>"},
        {"available": "maybe"},
    ):
        page = shopper.get("/products/", **query)
        assert page.status_code == 200, query
        assert b"<script>" not in page.content
    for query in ({"page": "\x00"}, {"q": "\x00"}):
        assert shopper.get("/products/", **query).status_code == 400, query
    for path in ("/products/%00/", "/products/a%20b/", "/orders/x/", "/categories/..%2f/", "/products//"):
        assert shopper.get(path).status_code == 404, path


def test_only_the_right_methods_are_answered(selling, shopper):
    ProductFactory(slug="mug", stock=1)
    for path in ("/cart/lines/add/mug/", "/cart/coupon/"):
        assert shopper.client.options(path, headers={"host": shopper.host}).status_code == 405
    assert shopper.client.delete("/products/mug/", headers={"host": shopper.host}).status_code == 403


def test_merchants_words_cannot_run_in_the_page(selling, configure, shopper):
    evil = "<script>alert(1)</script>"
    configure(store_name=f"Shop {evil}")
    ProductFactory(slug="mug", name=f"Mug {evil}", description=f"<p>Hi{evil}</p>", features=[evil], stock=1)
    CategoryFactory(name=evil, slug="evil")
    for path in ("/", "/products/", "/products/mug/", "/categories/evil/"):
        page = shopper.get(path).content.replace(b'<script type="application/ld+json">', b"")
        assert page.count(b"<script") == page.count(b'<script src="/static/django_htmx/') == 1, path


def test_a_filter_survives_the_next_page(selling, shopper):
    for _ in range(25):
        ProductFactory(stock=1)
    page = shopper.get("/products/", sort="name", available="1").content.decode()
    assert "Page 1 of 2" in page
    assert "?available=1&amp;sort=name&amp;page=2" in page
    assert "25 products" in page


def test_a_product_page_says_what_delivery_costs_and_a_category_what_is_below_it(selling, shopper):
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    mugs = CategoryFactory(name="Mugs", slug="mugs", parent=kitchen)
    ProductFactory(slug="mug", category=mugs, stock=1)
    assert "Delivery to Germany from €4.90" in shopper.get("/products/mug/").content.decode()
    assert 'href="/categories/mugs/">Mugs</a>' in shopper.get("/categories/kitchen/").content.decode()


def test_robots_are_told_to_keep_out_of_carts(selling, shopper):
    answer = shopper.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert b"Disallow: /checkout/\n" in answer.content
