"""One row's trouble is its own, and its reason is told."""

from unittest import mock

import pytest
from django.db import IntegrityError, OperationalError

from platform_core.tenancy.context import tenant_context
from tenant_shop.catalog.models import Brand, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports import import_products as verb
from tenant_shop.imports import save_products
from tenant_shop.imports.errors import MissingColumns, RepeatedColumn, UnreadableFile
from tests.tenant_shop.imports.files import as_csv, counts, fingerprint, rejected, row

GOOD = row(handle="good", title="Good", price="1")
BAD = [
    ({"price": ""}, "Variant Price is empty"),
    ({"price": "-1"}, "Variant Price is negative: -1"),
    ({"price": "free"}, "Variant Price is not a price: free"),
    ({"price": "99999999999"}, "Variant Price is too large: 99999999999"),
    ({"compare": "?"}, "Variant Compare At Price is not a price: ?"),
    ({"quantity": "1.5"}, "Variant Inventory Qty is not a whole number: 1.5"),
    ({"grams": "-2"}, "Variant Grams is negative: -2"),
    ({"policy": "maybe"}, "Variant Inventory Policy is neither true nor false: maybe"),
    ({"published": "soon"}, "Published is neither true nor false: soon"),
    ({"status": "gone"}, "Status is unknown: gone"),
    ({"image": "ftp://x.example/a"}, "Image Src is not an http or https address: ftp://x.example/a"),
    ({"image": "https://x.example/a", "position": "0"}, "Image Position counts from 1: 0"),
    ({"title": "x" * 256}, "Title has 256 characters; 255 are allowed"),
    ({"seo_title": "x" * 300}, "SEO Title has 300 characters; 255 are allowed"),
    ({"sku": "x" * 101}, "Variant SKU has 101 characters; 100 are allowed"),
    ({"title": "a\0b"}, "it contains a NUL character"),
    ({"name2": "Size", "value1": "S"}, "the option S has no name"),
    ({"name1": "Size", "value1": "S", "name2": "Size", "value2": "M"}, "two of its options have the same name"),
    ({"sku": "GOOD"}, "its SKU GOOD belongs to another product"),
]


def test_a_bad_row_is_rejected_with_its_line_and_reason_and_the_others_go_on(shop, import_file):
    bad = [row(handle=f"bad{n}", title="Bad", price="2") | row(**cells) for n, (cells, _) in enumerate(BAD)]
    report = import_file([GOOD, *bad, GOOD | row(handle="also")])

    assert rejected(report) == [(3 + n, reason) for n, (_, reason) in enumerate(BAD)]
    assert counts(report) == (len(BAD) + 2, 2, 0, 0, len(BAD))
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["also", "good"]


def test_rows_that_lean_on_a_rejected_first_row_are_rejected_for_that(shop, import_file):
    report = import_file(
        [
            row(handle="tee", title="Tee", name1="Size", value1="S", price="x"),
            row(handle="tee", value1="M", price="2"),
            GOOD,
        ]
    )
    assert rejected(report) == [
        (2, "Variant Price is not a price: x"),
        (3, "the first row of tee (line 2) was rejected"),
    ]
    assert list(Product.objects.values_list("slug", flat=True)) == ["good"]


def test_a_rejected_variant_leaves_the_others_of_its_product(shop, import_file):
    report = import_file(
        [row(handle="tee", title="Tee", name1="Size", value1="S", price="1", vendor="V"),
         row(handle="tee", value1="M", price="x"), row(handle="tee", value1="L", price="3")]
    )  # fmt: skip
    assert (counts(report), rejected(report)) == ((3, 2, 0, 0, 1), [(3, "Variant Price is not a price: x")])
    assert sorted(ProductVariant.objects.values_list("sku", flat=True)) == ["TEE.L", "TEE.S"]


def test_a_rejected_product_leaves_no_brand_behind(shop, import_file):
    import_file([GOOD])
    before = fingerprint()
    report = import_file([row(handle="bad", title="Bad", vendor="New", type="New", price="2", sku="GOOD")])
    assert (counts(report), Brand.objects.count(), fingerprint()) == ((1, 0, 0, 0, 1), 0, before)


def test_a_variant_said_twice_with_other_values_is_rejected_the_second_time(shop, import_file):
    tee = row(handle="tee", title="Tee", name1="Size", value1="S", price="1")
    report = import_file([tee, row(handle="tee", value1="S", price="2"), row(handle="tee", value1="S", price="1")])
    assert rejected(report) == [(3, "it repeats the variant of line 2 with other values")]
    assert counts(report) == (3, 1, 0, 1, 1)


def test_a_sku_of_one_variant_with_the_options_of_another_is_rejected(shop, import_file):
    tee = [row(handle="tee", title="Tee", name1="Size", value1="S", price="1", sku="A"),
           row(handle="tee", value1="M", price="1", sku="B")]  # fmt: skip
    import_file(tee)
    report = import_file([tee[0], tee[1] | row(sku="A")])
    assert rejected(report) == [(3, "its SKU A and its options belong to two different variants")]


def test_rows_for_a_product_that_nobody_knows_are_rejected(shop, import_file):
    report = import_file([row(handle="tee", value1="M", price="2"), row(handle="tee", image="https://x.example/a")])
    reason = "it has no title, and the shop has no product tee to add it to"
    assert rejected(report) == [(2, reason), (3, "the first row of tee (line 2) was rejected")]


def test_ragged_rows_are_rejected_unless_nothing_is_lost(shop, import_file):
    report = import_file("Handle,Title,Variant Price,Gift Card\na,A,1\nb,B\nc,C,1,false,,\nd,D,1,false,more\n")
    assert rejected(report) == [
        (3, "it has only 2 of the header's 4 cells"),
        (5, "it has 5 cells, the header has 4"),
    ]
    assert counts(report) == (4, 2, 0, 0, 2)


def test_a_broken_quote_costs_one_row(shop, import_file):
    report = import_file('Handle,Title,Variant Price\na,"A,1\nb,B,1\nc,"C ""x""",1\n')
    assert (counts(report), rejected(report)) == ((3, 2, 0, 0, 1), [(2, "its quotes are broken")])


def test_bytes_that_do_not_fit_the_encoding_cost_their_row(shop, import_file):
    text = "Handle,Title,Variant Price\na,Ä,1\nb,Ö,1\nc,?,1\n".encode().replace(b"?", b"\xe9")
    report = import_file(text)
    assert rejected(report) == [(4, "some of its bytes do not fit the file's encoding")]
    assert report.notes == [
        "products.csv is read as UTF-8, but not all of it is: undecodable bytes, whose rows are rejected: 1."
    ]


def test_rejected_cells_are_neutralised_and_keep_their_columns(shop, import_file):
    report = import_file("Handle,Title,Variant Price\nx,=1+1,\n")
    assert report.rejects_file.read_text().splitlines() == [
        "Line,Reason,Product,Handle,Title,Variant Price",
        "2,Variant Price is empty,x,x,'=1+1,",
    ]


def test_products_beyond_the_plan_are_rejected_and_those_in_the_shop_still_updated(make_shop, import_file):
    def product(number, price):
        return row(handle=f"p{number}", title=f"P {number}", price=price)

    with tenant_context(make_shop("acme", plan_type="basic")):
        assert counts(import_file([product(n, 1) for n in range(99)])) == (99, 99, 0, 0, 0)
        report = import_file([product(0, 2), product(99, 1), product(100, 1), product(101, "x")])
        assert counts(report) == (4, 1, 1, 0, 2)
        assert rejected(report) == [
            (4, "The plan Basic includes 100 products. Upgrade it to add more."),
            (5, "Variant Price is not a price: x"),
        ]
        assert Product.objects.count() == 100


def test_an_unreadable_file_is_refused_whole_and_nothing_moves(shop, import_file, tmp_path):
    cases = [
        (
            "foo,bar\n1,2\n",
            MissingColumns,
            "lacks the required columns Handle, Title, Variant Price. Its header has: foo",
        ),
        ("Handle,Title\na,A\n", MissingColumns, "lacks the required column Variant Price."),
        ("Handle,Title,Price,Variant Price\na,A,1,2\n", RepeatedColumn, "Price and Variant Price"),
        (b"", UnreadableFile, "is empty"),
        (b"PK\x03\x04", UnreadableFile, "spreadsheet"),
        ("Han\0dle,Title,Price\n", UnreadableFile, "NUL"),
    ]
    before = fingerprint()
    for content, error, message in cases:
        with pytest.raises(error, match=message):
            import_file(content)
    assert fingerprint() == before
    assert [path.name for path in tmp_path.iterdir()] == ["products.csv"]


def test_a_file_is_never_replaced_by_its_rejected_rows(shop, write_file):
    path = write_file([GOOD, row(handle="bad", title="Bad")])
    before = path.read_bytes()
    with pytest.raises(UnreadableFile):
        verb.import_products(path, rejects_path=path)
    assert (path.read_bytes(), Product.objects.count()) == (before, 0)


def test_a_product_that_the_database_refuses_does_not_take_its_batch_with_it(shop, import_file):
    original = save_products.set_quantities

    def refuse(quantities, **options):
        if 13 in quantities.values():
            raise IntegrityError("unlucky")
        return original(quantities, **options)

    with mock.patch.object(save_products, "set_quantities", refuse):
        report = import_file([GOOD, row(handle="bad", title="Bad", price="1", quantity=13), GOOD | row(handle="also")])

    assert (counts(report), rejected(report)) == ((3, 2, 0, 0, 1), [(3, "the shop refused the product: unlucky")])
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["also", "good"]


def test_a_lost_database_stops_the_import_and_is_not_a_rejected_row(shop, import_file, tmp_path):
    lost = mock.patch.object(save_products, "set_quantities", side_effect=OperationalError("gone"))
    with lost, pytest.raises(OperationalError):
        import_file([GOOD])
    assert Product.objects.count() == 0
    assert not (tmp_path / "rejects.csv").exists()


@pytest.mark.slow
def test_more_rows_than_a_product_may_have_are_rejected(shop, import_file):
    first = row(handle="tee", title="Tee", name1="Size", value1="0", price="1")
    report = import_file([first, *(row(handle="tee", value1=n, price="1") for n in range(1, 2502))])
    assert counts(report) == (2502, 2500, 0, 0, 2)
    assert rejected(report)[0] == (2502, "a product may have at most 2,500 rows")


def test_a_file_with_a_header_only_is_an_import_of_nothing(shop, import_file):
    assert counts(import_file(as_csv([]))) == (0, 0, 0, 0, 0)
