"""What becomes of a file's rows, and of the shop."""

from decimal import Decimal

from platform_core.tenancy.context import tenant_context
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.people import shop_browser
from tests.tenant_shop.imports.files import as_csv, counts, fingerprint, rejected, row

TEE = [
    row(
        handle="tee", title="Tee", body="<p onclick=x>Soft <script>alert(1)</script><b>cotton</b></p>", vendor="Acme",
        type="Shirts", tags="Summer, cotton,Summer", published="true", name1="Size", value1="S", name2="Colour",
        value2="Red", sku="TEE-S", grams=120, tracker="shopify", quantity=5, policy="deny", price="19.99",
        compare="25", barcode="0123", image="https://img.example/tee.jpg", position=1, alt="A tee",
        seo_title="Tee!", seo="A soft tee", cost="7.5", status="active",
    ),
    row(handle="tee", value1="M", value2="Red", sku="TEE-M", tracker="shopify", quantity=0, price="21", compare="25",
        variant_image="https://img.example/m.jpg"),
    row(handle="tee", image="https://img.example/m.jpg", position=2, alt="Size M"),
]  # fmt: skip
MUG = row(handle="mug", title="Mug", name1="Title", value1="Default Title", price="8", quantity="3")


def variants(slug):
    return {variant.sku: variant for variant in ProductVariant.objects.filter(product__slug=slug)}


def test_a_product_arrives_with_all_that_the_file_says(shop, import_file):
    report = import_file(TEE)

    assert counts(report) == (3, 3, 0, 0, 0)
    assert (report.products, report.variants, report.rejects_file) == (1, 2, None)
    product = Product.objects.get()
    assert (product.slug, product.name, product.sku) == ("tee", "Tee", "TEE-S")
    assert product.description == "<p>Soft <b>cotton</b></p>"
    assert (product.brand.name, product.category.slug, product.tags) == ("Acme", "shirts", ["Summer", "cotton"])
    assert (product.price, product.compare_at_price, product.cost_price) == (
        Decimal("19.99"), Decimal("25"), Decimal("7.5"),
    )  # fmt: skip
    assert (product.meta_title, product.meta_description) == ("Tee!", "A soft tee")
    assert (product.status, product.visibility) == ("active", "visible")
    assert product.published_at is not None
    assert (product.track_inventory, product.allow_backorder, product.inventory_quantity) == (True, False, 5)
    small, medium = variants("tee")["TEE-S"], variants("tee")["TEE-M"]
    assert small.options == {"Size": "S", "Colour": "Red"}
    assert (small.price, small.weight, small.barcode, small.inventory_quantity) == (
        Decimal("19.99"), Decimal("120"), "0123", 5,
    )  # fmt: skip
    assert (medium.price, medium.inventory_quantity) == (Decimal("21"), 0)
    assert medium.image.url == "https://img.example/m.jpg"
    assert list(product.images.values_list("url", "sort_order", "alt_text", "is_primary")) == [
        ("https://img.example/tee.jpg", 1, "A tee", True),
        ("https://img.example/m.jpg", 2, "Size M", False),
    ]
    assert list(StockMovement.objects.values_list("variant__sku", "delta", "reason", "reference")) == [
        ("TEE-S", 5, "import", "products.csv")
    ]


def test_the_only_variant_of_a_simple_product_follows_its_price(shop, import_file):
    import_file([MUG])

    variant = variants("mug")["MUG"]
    assert (variant.options, variant.price, variant.effective_price) == ({}, None, Decimal("8"))


def test_the_same_file_again_changes_nothing(shop, import_file):
    import_file([*TEE, MUG])
    before = fingerprint()

    assert counts(import_file([*TEE, MUG])) == (4, 0, 0, 4, 0)
    assert fingerprint() == before


def test_what_differs_is_updated_and_nothing_else_is_touched(shop, import_file):
    import_file([*TEE, MUG])
    untouched = Product.objects.filter(slug="mug").values().get()

    changed = [
        TEE[0] | row(price="18"),
        TEE[1] | row(quantity=4),
        TEE[2],
        row(handle="tee", value1="L", price="23"),
        MUG,
    ]
    report = import_file(changed)

    assert counts(report) == (5, 1, 2, 2, 0)
    assert {sku: variant.price for sku, variant in variants("tee").items()} == {
        "TEE-S": Decimal("18"), "TEE-M": Decimal("21"), "TEE.L": Decimal("23"),
    }  # fmt: skip
    assert list(StockMovement.objects.filter(variant__sku="TEE-M").values_list("delta", flat=True)) == [4]
    assert Product.objects.filter(slug="mug").values().get() == untouched


def test_a_column_that_the_file_lacks_is_left_as_it_is_and_an_empty_cell_empties(shop, import_file):
    import_file([*TEE, MUG])
    import_file("Handle,Title,Variant Price,SEO Title\nmug,Mug,8,\ntee,Tee,19.99,\n")

    tee = Product.objects.get(slug="tee")
    assert (tee.meta_title, tee.meta_description, tee.tags) == (None, "A soft tee", ["Summer", "cotton"])
    assert variants("tee")["TEE-S"].inventory_quantity == 5


def test_a_variant_is_found_again_by_its_options_when_its_sku_changes(shop, import_file):
    import_file(TEE)
    assert counts(import_file([TEE[0] | row(sku="NEW-S"), TEE[1]])) == (2, 0, 1, 1, 0)
    assert sorted(variants("tee")) == ["NEW-S", "TEE-M"]


def test_a_variant_without_sku_keeps_the_one_that_it_has(shop, import_file):
    import_file(TEE)
    assert counts(import_file([TEE[0] | row(sku=""), TEE[1] | row(sku="")])) == (2, 0, 0, 2, 0)
    assert sorted(variants("tee")) == ["TEE-M", "TEE-S"]


def test_rows_apart_from_their_product_add_to_it(shop, import_file):
    report = import_file([TEE[0], MUG, row(handle="tee", name1="Size", value1="XL", price="22", sku="TEE-XL")])

    assert (counts(report), report.products, report.variants) == ((3, 3, 0, 0, 0), 2, 3)
    assert variants("tee")["TEE-XL"].product.slug == "tee"


def test_a_row_without_handle_belongs_to_the_product_above(shop, import_file):
    assert counts(import_file([TEE[0], TEE[1] | row(handle=""), MUG])) == (3, 3, 0, 0, 0)
    assert sorted(variants("tee")) == ["TEE-M", "TEE-S"]


def test_blank_rows_are_read_and_skipped_and_empty_lines_are_no_rows(shop, import_file):
    assert counts(import_file(as_csv([MUG, {}]) + "\r\n\r\n")) == (2, 1, 0, 1, 0)


def test_status_and_published_decide_who_sees_a_product(shop, import_file):
    cases = [
        ("TRUE", "active", "active", "visible"),
        ("false", "active", "active", "hidden"),
        ("false", "draft", "draft", "visible"),
        ("", "archived", "archived", "visible"),
        ("true", "unlisted", "active", "hidden"),
        ("", "", "active", "visible"),
    ]
    import_file([MUG | row(handle=f"p{n}", published=case[0], status=case[1]) for n, case in enumerate(cases)])

    for n, (_, _, status, visibility) in enumerate(cases):
        product = Product.objects.get(slug=f"p{n}")
        assert (product.status, product.visibility) == (status, visibility)
        assert (product.published_at is not None) == (status == "active")


def test_without_a_status_column_an_unpublished_product_is_a_draft(shop, import_file):
    import_file("Handle,Title,Published,Variant Price\na,A,true,8\nb,B,false,8\n")
    assert dict(Product.objects.values_list("slug", "status")) == {"a": "active", "b": "draft"}


def test_selling_beyond_the_stock_needs_every_variant_to_allow_it(shop, import_file):
    import_file([TEE[0] | row(policy="continue"), TEE[1] | row(policy="deny"), MUG | row(policy="continue")])
    assert dict(Product.objects.values_list("slug", "allow_backorder")) == {"tee": False, "mug": True}


def test_a_negative_stock_is_kept_where_back_orders_are_and_is_none_elsewhere(shop, import_file):
    report = import_file(
        [TEE[0] | row(quantity=-2), MUG | row(tracker="shopify", policy="continue", quantity=-4)],
    )
    assert {variant.sku: variant.inventory_quantity for variant in ProductVariant.objects.all()} == {
        "TEE-S": 0,
        "MUG": -4,
    }
    assert report.notes == ["Rows with a negative quantity of something that cannot be back-ordered, read as 0: 1."]


def test_a_price_before_a_reduction_is_the_products_only_when_every_variant_is_reduced(shop, import_file):
    import_file([TEE[0], TEE[1] | row(compare="")])
    assert Product.objects.get().compare_at_price is None
    assert variants("tee")["TEE-S"].compare_at_price == Decimal("25")
    assert variants("tee")["TEE-M"].effective_compare_at_price is None


def test_brands_and_categories_that_are_there_are_used(shop, import_file):
    brand = Brand.objects.create(name="ACME", slug="acme")
    category = Category.objects.create(name="All shirts", slug="shirts")
    import_file(TEE)
    product = Product.objects.get()
    assert (product.brand_id, product.category_id, Brand.objects.count(), Category.objects.count()) == (
        brand.pk, category.pk, 1, 1,
    )  # fmt: skip


def test_the_last_step_of_shopifys_category_stands_in_for_a_type(shop, import_file):
    import_file(
        "Handle,Title,Product Category,Type,Variant Price\n"
        "a,A,Apparel & Accessories > Clothing > Shirts,,8\nb,B,Shirts,,8\nc,C,aa-1-13-8,,8\nd,D,Shirts,Tops,8\n"
    )
    assert list(Product.objects.order_by("slug").values_list("category__name", flat=True)) == [
        "Shirts", "Shirts", None, "Tops",
    ]  # fmt: skip


def test_the_renamed_columns_are_understood(shop, import_file):
    header = (
        "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
        "Option1 name,Option1 value,Option1 Linked To,Price,Compare-at price,Cost per item,Charge tax,"
        "Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),"
        "Weight unit for display,Product image URL,Image position,Image alt text,Variant image URL,SEO title,"
        "SEO description\n"
    )
    report = import_file(
        header
        + "Tee,tee,<p>Soft</p>,Acme,,Shirts,a,TRUE,Active,TEE-S,1,Size,S,product.metafields.shopify.size,10,12,4,TRUE,"
        "shopify,7,CONTINUE,90,g,https://img.example/t.jpg,1,Alt,,,\n"
        + ",tee,,,,,,,,TEE-M,,,M,,11,13,,,shopify,2,CONTINUE,95,g,,,,,,\n"
    )
    assert counts(report) == (2, 2, 0, 0, 0)
    assert Product.objects.get().allow_backorder is True
    assert {sku: (variant.options, variant.inventory_quantity) for sku, variant in variants("tee").items()} == {
        "TEE-S": ({"Size": "S"}, 7),
        "TEE-M": ({"Size": "M"}, 2),
    }


def test_other_delimiters_are_recognised(shop, import_file):
    for delimiter in (";", "\t"):
        lines = [["Handle", "Title", "Price"], [f"mug{ord(delimiter)}", "A, B", "8"]]
        assert counts(import_file("\r\n".join(map(delimiter.join, lines)))) == (1, 1, 0, 0, 0)
    assert list(Product.objects.values_list("name", flat=True)) == ["A, B", "A, B"]


def test_every_encoding_gives_the_same_text(shop, import_file):
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        assert counts(import_file(as_csv([MUG | row(handle=codec, title="Café")]).encode(codec))) == (1, 1, 0, 0, 0)
    assert set(Product.objects.values_list("name", flat=True)) == {"Café"}


def test_a_formula_is_text(shop, import_file):
    formula = '=HYPERLINK("http://x.example")'
    assert counts(import_file([MUG | row(title=formula)])) == (1, 1, 0, 0, 0)
    assert Product.objects.get().name == formula


def test_amounts_are_rounded_to_the_shops_currency(make_shop, import_file):
    with tenant_context(make_shop("kyoto", currency="JPY")):
        import_file([MUG | row(price="1500.5")])
        assert Product.objects.get().price == Decimal("1501")


def test_a_dry_run_says_what_would_be_and_moves_nothing(shop, import_file):
    import_file([MUG])
    before = fingerprint()

    report = import_file([*TEE, MUG | row(price="9"), row(handle="x", title="X")], dry_run=True)

    assert counts(report) == (5, 3, 1, 0, 1)
    assert (report.products, report.variants) == (2, 3)
    assert rejected(report) == [(6, "Variant Price is empty")]
    assert fingerprint() == before


def test_the_statements_do_not_grow_with_the_batch(shop, import_file, count_statements):
    def products(count):
        return [row(handle=f"p{n}", title=f"P {n}", vendor="A", type="B", price=n, quantity=n, image=f"https://i.example/{n}")
                for n in range(1, count + 1)]  # fmt: skip

    import_file(products(1))
    with count_statements() as few:
        import_file([cells | row(handle=f"few{n}") for n, cells in enumerate(products(3))])
    with count_statements() as many:
        import_file([cells | row(handle=f"many{n}") for n, cells in enumerate(products(100))])
    with count_statements() as again:
        import_file([cells | row(handle=f"many{n}") for n, cells in enumerate(products(100))])
    assert (few.count, many.count, again.count) == (17, 17, 13)


def test_pictures_without_https_are_kept_not_shown_and_said(shop, import_file):
    """A page that loaded them would be blocked by its own policy, and show a broken picture."""
    report = import_file([
        row(handle="mug", title="Mug", price=1, image="http://i.example/1", status="active"),
        row(handle="mug", image="https://i.example/2"),
        row(handle="cap", title="Cap", price=1, image="http://i.example/3", variant_image="http://i.example/3"),
    ])  # fmt: skip

    assert report.notes == ["Pictures at addresses without https, kept as references and not shown in the shop: 2."]
    assert ProductImage.objects.filter(url__startswith="http://").count() == 2
    page = shop_browser(shop).get("/products/mug/").content.decode()
    assert "http://i.example" not in page
    assert "https://i.example/2" in page
