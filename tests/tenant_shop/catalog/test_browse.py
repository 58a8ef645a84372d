"""What shoppers find in lists, and in which order."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from smartseller.ids import uuid7
from tenant_shop.catalog.browse import ProductList, Sort, featured_products, newest_products, product_list
from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.catalog.published import published_categories
from tenant_shop.catalog.shelves import Shelf, Shelves, read_shelves
from tenant_shop.catalog.tiles import category_tiles
from tenant_shop.models import Category, Product, ProductImage, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory


def slugs(found) -> list[str]:
    return [product.slug for product in (found.page if isinstance(found, ProductList) else found)]


def test_only_active_products_that_are_not_hidden_are_listed(shop):
    ProductFactory(slug="seen", stock=1)
    ProductFactory(slug="shown-only", visibility=Product.Visibility.CATALOG_ONLY, stock=1)
    ProductFactory(slug="hidden", visibility=Product.Visibility.HIDDEN)
    for status in ("draft", "inactive", "archived"):
        ProductFactory(slug=status, status=status)

    assert sorted(slugs(product_list())) == ["seen", "shown-only"]
    assert slugs(product_list(filters=Filters(available=True))) == ["seen"]
    assert sorted(slugs(newest_products(10))) == ["seen", "shown-only"]


def test_a_summary_is_about_the_cheapest_variant_on_sale(shop):
    brand = BrandFactory(name="Nordhem")
    vase = ProductFactory(
        slug="vase", brand=brand, default_variant=False, price=Decimal("50"), compare_at_price=Decimal("60")
    )
    VariantFactory(product=vase, options={"Size": "L"}, price=None, stock=1)
    VariantFactory(product=vase, options={"Size": "S"}, price=Decimal("30.5"), compare_at_price=Decimal("40"))
    VariantFactory(product=vase, options={"Size": "XS"}, price=Decimal("1"), is_active=False, stock=9)
    summary = product_list().page[0]

    assert (summary.price, summary.compare_at) == (Decimal("30.500"), Decimal("40.000"))
    assert (summary.has_price_range, summary.is_sold_out, summary.brand) == (True, False, "Nordhem")


def test_a_comparison_that_is_not_higher_is_no_reduction(shop):
    ProductFactory(price=Decimal("20"), compare_at_price=Decimal("20"))
    assert product_list().page[0].compare_at is None


def test_sold_out_means_that_no_variant_can_be_bought(shop):
    ProductFactory(slug="empty")
    ProductFactory(slug="any-number", track_inventory=False)
    ProductFactory(slug="on-order", allow_backorder=True)

    assert {product.slug: product.is_sold_out for product in product_list().page} == {
        "empty": True,
        "any-number": False,
        "on-order": False,
    }


def test_lists_sort_by_what_they_show(shop):
    ProductFactory(slug="b", name="Bowl", price=Decimal("20"), stock=1)
    ProductFactory(slug="a", name="Apron", price=Decimal("30"), stock=1)
    cheap = ProductFactory(slug="c", name="Cup", price=Decimal("99"), default_variant=False)
    VariantFactory(product=cheap, price=Decimal("5"), stock=1)

    assert slugs(product_list(sort=Sort.PRICE_UP)) == ["c", "b", "a"]
    assert slugs(product_list(sort=Sort.PRICE_DOWN)) == ["a", "b", "c"]
    assert slugs(product_list(sort=Sort.NAME)) == ["a", "b", "c"]
    assert slugs(product_list(sort=Sort.NEWEST)) == ["c", "a", "b"]


def test_a_page_that_does_not_exist_is_the_nearest_one(shop):
    for _ in range(25):
        ProductFactory(stock=1)
    first, second = product_list().page, product_list(page=2).page
    assert (len(first), len(second), first.paginator.count) == (24, 1, 25)
    for page in ("3", "999999999999999999999", "9" * 4000):
        assert product_list(page=page).page.number == 2
    for page in ("x", "\x00", "", None, "9" * 5000):
        assert product_list(page=page).page.number == 1


def test_a_branch_holds_the_products_of_everything_below(shop, count_statements):
    home = CategoryFactory(name="Home", slug="home")
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen", parent=home)
    ProductFactory(slug="mug", category=kitchen, stock=1)
    ProductFactory(slug="rug", category=home, stock=1)
    ProductFactory(slug="other", stock=1)
    ProductFactory(slug="draft", category=kitchen, status="draft")
    ProductImage.objects.create(product=Product.objects.get(slug="mug"), url="https://pictures.example/mug.webp")
    shelves = read_shelves()

    assert sorted(slugs(product_list(category=home.pk))) == ["mug", "rug"]
    assert slugs(product_list(category=kitchen.pk)) == ["mug"]
    with count_statements() as statements:
        tiles = category_tiles(shelves, shelves.featured)
    assert [(tile.shelf.slug, tile.product_count, tile.picture.url) for tile in tiles] == [
        ("home", 2, "https://pictures.example/mug.webp")
    ]
    assert statements.count == 1


def test_what_is_dated_ahead_is_not_new_yet(shop):
    for slug, days in (("old", -30), ("new", -1), ("ahead", 2)):
        ProductFactory(slug=slug, stock=1, published_at=timezone.now() + timedelta(days=days))
    assert {product.slug: product.is_new for product in product_list()} == {"old": False, "new": True, "ahead": False}
    found = product_list(filters=Filters(new=True))
    assert (slugs(found), found.counts.flags["new"]) == (["new"], 1)


def test_shelves_that_are_off_are_not_there(shop):
    CategoryFactory(slug="off", is_active=False)
    assert read_shelves().by_slug("off") is None


def test_what_hangs_below_a_shelf_that_is_off_is_off_with_it_everywhere(shop):
    home = CategoryFactory(slug="home", name="Home", is_featured=True)
    off = CategoryFactory(slug="off", name="Closed room", parent=home, is_active=False)
    below = CategoryFactory(slug="below", name="Lamps", parent=off, is_featured=True)
    under = CategoryFactory(slug="under", name="Bulbs", parent=below)
    for category in (home, below, under):
        ProductFactory(category=category, slug=f"of-{category.slug}", stock=1)
    shelves = read_shelves()

    assert [shelf.slug for shelf in shelves.all] == ["home"]
    assert ([shelf.slug for shelf in shelves.featured], shelves.path_to(under.pk)) == (["home"], [])
    assert [page.slug for page in published_categories()] == ["home"]
    assert slugs(product_list(category=home.pk)) == ["of-home"]
    assert len(product_list().page) == 3, "its products stay on sale"
    Category.objects.filter(pk=off.pk).update(is_active=True)
    assert sorted(shelf.slug for shelf in read_shelves().all) == ["below", "home", "off", "under"]
    assert sorted(page.slug for page in published_categories()) == ["below", "home", "off", "under"]


def test_shelves_that_hang_on_each_other_stay_in_the_menu():
    one, two, own, below, top = (uuid7() for _ in range(5))
    parents = {one: two, two: one, own: own, below: two, top: None}
    shelves = Shelves(
        [
            Shelf(id=key, parent_id=parent, name="", slug=str(key), description=None, image=None, is_featured=False)
            for key, parent in parents.items()
        ]
    )

    assert [shelf.id for shelf in shelves.top] == [one, two, own, top]
    assert [shelf.id for shelf in shelves.path_to(below)] == [two, below]
    assert (shelves.branch(one), shelves.branch(two)) == ({one}, {two, below})


def test_only_pictures_that_a_page_may_load_are_shown(shop):
    product = ProductFactory(stock=1)
    for position, url in enumerate(["javascript:alert(1)", "//evil.example/x.png", "http://plain.example/x.png"]):
        ProductImage.objects.create(product=product, url=url, sort_order=position)
    assert product_list().page[0].picture is None
    ProductImage.objects.create(product=product, url="/media/mug.webp", is_primary=True, width=800, height=600)
    picture = product_list().page[0].picture
    assert (picture.url, picture.alt, picture.width, picture.height) == ("/media/mug.webp", product.name, 800, 600)


def test_a_rating_counts_approved_reviews_only(shop):
    product = ProductFactory(stock=1)
    for rating, status in ((5, "approved"), (4, "approved"), (1, "pending"), (1, "rejected")):
        ProductReview.objects.create(product=product, customer=CustomerFactory(), rating=rating, status=status)
    summary = product_list().page[0]
    assert (summary.rating, summary.review_count) == (4.5, 2)


def test_featured_products_carry_the_tag(shop):
    ProductFactory(slug="plain", stock=1)
    ProductFactory(slug="favourite", tags=["featured", "blue"], stock=1)
    assert [product.slug for product in featured_products(8)] == ["favourite"]


def test_a_list_asks_four_questions_however_many_products(shop, count_statements):
    for number in range(3):
        for _ in range(10):
            product = ProductFactory(brand=BrandFactory(), category=CategoryFactory(), stock=1)
            ProductImage.objects.create(product=product, url="/media/x.webp")
        with count_statements() as statements:
            assert len(product_list().page) == min(24, 10 * (number + 1))
        assert statements.count == 4


def test_nothing_leads_to_a_shelf_with_nothing_in_it_or_below_it(shop):
    full, empty = CategoryFactory(slug="full"), CategoryFactory(slug="empty", is_featured=True)
    below = CategoryFactory(slug="below", parent=full)
    CategoryFactory(slug="bare", parent=full)
    CategoryFactory(slug="bottom", parent=empty)
    for status, visibility in (("draft", "visible"), ("archived", "visible"), ("active", "hidden")):
        ProductFactory(category=empty, status=status, visibility=visibility, stock=1)
    hidden = ProductFactory(category=below, stock=0)
    shelves = read_shelves()

    assert [shelf.slug for shelf in shelves.top] == ["full"]
    assert [shelf.slug for shelf in shelves.children(full.pk)] == ["below"]
    assert [shelf.slug for shelf in shelves.featured] == ["full"], "an empty one is not put forward"
    assert sorted(shelf.slug for shelf in shelves.all) == ["below", "full"]
    assert sorted(page.slug for page in published_categories()) == ["below", "full"]
    assert shelves.by_slug("empty") is not None, "its page is there"
    type(hidden).objects.filter(pk=hidden.pk).update(category=empty)
    assert [shelf.slug for shelf in read_shelves().top] == ["empty"]


def test_a_product_is_reduced_when_any_of_its_variants_is(shop):
    product = ProductFactory(price=Decimal(10), stock=1)
    dear = VariantFactory(product=product, price=Decimal(20), compare_at_price=Decimal(30), stock=1)
    (found,) = product_list(filters=Filters(sale=True)).page
    assert (found.is_reduced, found.price, found.compare_at) == (True, Decimal(10), None)
    assert product_list().counts.flags["sale"] == 1
    type(dear).objects.filter(pk=dear.pk).update(is_active=False)
    (found,) = product_list().page
    assert found.is_reduced is False
    assert list(product_list(filters=Filters(sale=True)).page) == []
