"""Finding products by words."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.search.find import search
from tenant_shop.catalog.search.models import SearchSynonym
from tenant_shop.models import Brand, Product, ProductVariant
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory


@pytest.fixture
def goods(shop: TenantInfo) -> None:
    ProductFactory(slug="mug", name="Stoneware mug", sku="MUG-01", description="For coffee.", stock=1)
    ProductFactory(slug="bowl", name="Serving bowl", sku="BOWL-01", description="Goes with the stoneware mug.", stock=1)
    ProductFactory(slug="lamp", name="Reading lamp", sku="LAMP-01", status="draft")


def found(text: str) -> list[str]:
    slugs = dict(Product.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in search(text).ids]


@pytest.mark.usefixtures("goods")
def test_words_are_found_in_every_form_and_the_name_counts_more() -> None:
    assert found("stoneware mugs") == ["mug", "bowl"]
    assert found("MUG") == ["mug", "bowl"]
    assert found("stonew") == ["mug", "bowl"], "the last word may be unfinished"
    assert found("served") == ["bowl"]
    assert found("servin") == ["bowl"], "unfinished, it is compared with the word and not with its stem"
    assert found("mug lamp") == []
    assert found("lamp") == [], "a draft"


@pytest.mark.usefixtures("goods")
def test_a_search_is_one_statement_whatever_was_typed(count_statements: Callable[[], Any]) -> None:
    for text in ("mug", "mgu", "BOWL-01", "owl-0", "xyzzy quux", "mug of stoneware for the coffee and the bowl"):
        with count_statements() as statements:
            search(text)
        assert statements.count == 1, text
    with count_statements() as statements:
        assert search("   ").ids == ()
    assert statements.count == 0


def test_weights_name_then_brand_then_tags_then_description(shop: TenantInfo) -> None:
    ProductFactory(slug="described", name="Set", description="With an oak tray.")
    ProductFactory(slug="tagged", name="Tray", tags=["oak"])
    ProductFactory(slug="filed", name="Board", category=CategoryFactory(name="Oak"))
    ProductFactory(slug="branded", name="Knife", brand=BrandFactory(name="Oak"))
    ProductFactory(slug="named", name="Oak table")
    specified = ProductFactory(slug="specified", name="Shelf", specifications={"Wood": "oak", "Boards": [3]})

    assert found("oak")[:2] == ["named", "branded"]
    assert set(found("oak")[2:4]) == {"filed", "tagged"}
    assert set(found("oak")[4:]) == {"specified", "described"}
    Product.objects.filter(pk=specified.pk).update(features=["Oak", {"more": "Linoleum"}])
    assert found("linoleum") == ["specified"]


@pytest.mark.usefixtures("goods")
def test_an_sku_is_found_whole_or_in_part_and_of_a_variant_too() -> None:
    bowl = Product.objects.get(slug="bowl")
    VariantFactory(product=bowl, sku="BW-4711-XL", barcode="4006381333931", options={"Size": "Extra"})
    gone = VariantFactory(product=bowl, sku="BW-0815", options={"Size": "Old"}, is_active=False)

    for text in ("mug-01", "MUG 01", "mug01", "MUG-0"):
        assert found(text)[0] == "mug", text
    for text in ("bw-4711-xl", "BW4711", "4711", "4711-x", "47", "711-X", "4006381333931", "4006381"):
        assert found(text) == ["bowl"], text
    assert found("extra") == ["bowl"], "the options of what is on sale"
    assert found("BW-0815") == [], "it is not on sale"
    ProductVariant.objects.filter(pk=gone.pk).update(is_active=True)
    assert found("BW-0815") == ["bowl"]


@pytest.mark.usefixtures("goods")
def test_an_sku_comes_before_words_that_are_like_it() -> None:
    ProductFactory(slug="set", name="Mug 01 and 02", sku="SET-9")
    assert found("MUG-01")[:2] == ["mug", "set"]


@pytest.mark.usefixtures("goods")
def test_a_misspelt_word_finds_what_was_meant_and_says_so() -> None:
    for text, meant in (
        ("stonewrae", "stoneware"),
        ("stonwere", "stoneware"),
        ("mgu", "mug"),
        ("servng bowl", "serving bowl"),
        ("serving bolw", "serving bowl"),
    ):
        matches = search(text)
        assert (matches.did_you_mean, matches.is_exact) == (meant, False), text
        assert matches.ids == search(meant).ids, text


@pytest.mark.usefixtures("goods")
def test_nothing_is_set_right_that_the_shop_knows_or_that_finds_no_more() -> None:
    for text in ("mug", "coffee", "lamp", "reeding", "mug bowl", "xyzzy", "MUG-02"):
        assert search(text).did_you_mean is None, text


def test_a_better_spelling_is_proposed_beside_what_finds_next_to_nothing(shop: TenantInfo) -> None:
    for number in range(4):
        ProductFactory(slug=f"mug-{number}", name="Stoneware mug")
    ProductFactory(slug="odd", name="Vase", description="Sold as stonewear.")
    Product.objects.filter(slug="odd").update(status="draft")
    assert search("stonwere").did_you_mean == "stoneware"
    ProductFactory(slug="label", name="Label", sku="STONWERE")

    matches = search("stonwere")

    assert (matches.did_you_mean, matches.is_exact) == (None, True), "an SKU is no misspelling"
    assert found("stonwere") == ["label"]


@pytest.mark.usefixtures("goods")
def test_what_only_looks_alike_comes_last() -> None:
    matches = search("stnewarre mugg")
    assert matches.ids[0] == Product.objects.get(slug="mug").pk
    assert matches.is_exact is False


def test_the_inside_of_a_word_is_found_when_nothing_else_is(shop: TenantInfo) -> None:
    ProductFactory(slug="pot", name="Teekanne")
    assert found("kanne") == ["pot"]
    ProductFactory(slug="can", name="Kanne")
    assert found("kanne") == ["can"]


@pytest.mark.usefixtures("goods")
def test_anything_may_be_typed() -> None:
    hostile = (
        "' OR 1=1 --", "a:* & b", "((", "\\", "'", "the", "%", "_", "<->", "mug\x00", "é" * 500, "a " * 200,
        "x" * 10_000, "%' OR '1'='1", "$1", "{}", "\u202emug\u202c", "mug:A", "''':*A", "\ud83d", "1" * 100, "a-" * 50,
        "٠١٢", "½ ² Ⅷ",
    )  # fmt: skip
    for text in hostile:
        search(text)
    assert found("mug\x00") == ["mug", "bowl"]
    assert found("m\u00adug") == ["mug", "bowl"], "a soft hyphen shows nothing"
    for text in ("", "!!!", "& | ! <-> :*", "😀 🎉", "👩‍🚀", "“”", "…", "%", "_", "\x00"):
        assert search(text).ids == (), text


def test_accents_and_typography_make_no_difference(shop: TenantInfo) -> None:
    ProductFactory(slug="dish", name="Crème Brûlée dish", brand=BrandFactory(name="Æblegård"))
    ProductFactory(slug="glass", name="Weißbier\N{EN DASH}Glas „Größe L“")
    for text in ("creme brulee", "CRÈME BRÛLÉE", "cre\u0301me", "aeblegard", "Æblegård"):
        assert found(text) == ["dish"], text
    for text in ("weissbier", "WEIẞBIER", "glas", "große", "groesse l", "\uff47\uff4c\uff41\uff53"):
        assert found(text) == ["glass"], text


@pytest.mark.usefixtures("goods")
def test_synonyms_work_both_ways_or_one_and_are_read_as_the_shop_reads() -> None:
    both = SearchSynonym.objects.create(term="Cup", meanings=["mug", "drinking vessel"])
    SearchSynonym.objects.create(term="crockery", meanings=["Bowls"], is_two_way=False)

    assert found("cup") == ["mug", "bowl"]
    assert found("drinking vessel") == ["mug", "bowl"]
    assert found("stoneware drinking vessel") == ["mug", "bowl"]
    assert found("crockery") == ["bowl"]
    assert SearchSynonym.objects.get(term="crockery").meanings == ["Bowls"]
    ProductFactory(slug="crate", name="Crate of crockery")
    assert found("bowl") == ["bowl"], "one way only"
    both.meanings = ["tumbler"]
    both.save()
    assert found("drinking vessel") == []
    both.delete()
    assert found("cup") == []


def test_words_that_were_typed_come_before_what_they_mean(shop: TenantInfo) -> None:
    ProductFactory(slug="head", name="Ridge 400", tags=["headlamp"], sku="RG-400")
    ProductFactory(slug="described", name="Ridge 200", description="A headlamp.", sku="RG-200")
    ProductFactory(slug="storm", name="Storm lantern, a lantern", description="A lantern.", sku="ST-1")
    SearchSynonym.objects.create(term="headlamp", meanings=["lantern"])

    assert found("headlamp") == found("headlamps") == ["head", "described", "storm"]
    assert found("lantern") == ["storm", "head", "described"]
    assert found("ridge lantern") == ["head", "described"], "by what it means when nothing has the words"
    assert found("headlamp rg-200") == ["described"]
    SearchSynonym.objects.create(term="rg 200", meanings=["storm"])
    assert found("rg-200")[0] == "described", "a number is still a number"


def test_a_meaning_that_is_everywhere_pushes_out_nothing_that_was_typed(shop: TenantInfo) -> None:
    ProductFactory(id=UUID(int=0), slug="typed", name="Headlamp")  # the oldest of all
    eleven_hundred("lantern")
    SearchSynonym.objects.create(term="headlamp", meanings=["lantern"])
    assert (found("headlamp")[0], len(found("headlamp"))) == ("typed", 500)


def test_a_synonym_is_meant_in_every_form_of_its_words(shop: TenantInfo) -> None:
    ProductFactory(slug="bag", name="Backpack")
    SearchSynonym.objects.create(term="Rucksack", meanings=["backpacks", "carrying bags"])
    for text in ("rucksack", "rucksacks", "RUCKSACKS", "carrying bag", "carry bags", "rucksacks backpack"):
        assert found(text) == ["bag"], text
    assert found("bags") == found("carrying") == [], "one word of two"


def test_what_a_synonym_means_is_found_in_descriptions_and_however_many_words_it_has(shop: TenantInfo) -> None:
    ProductFactory(slug="named", name="Two-seat sofa")
    ProductFactory(slug="described", name="Klippan", description="<p>A sofa to seat two.</p>")
    ProductFactory(slug="apart", name="Sofa cover", description="For two.", tags=["seat"])
    SearchSynonym.objects.create(term="settee", meanings=["two seat sofa", "a thing to sit on beside somebody else"])

    assert found("two seat sofa") == ["named", "apart", "described"]
    assert found("settees") == ["named", "described"], "not what has one word here and another there"
    assert found("A thing to sit on beside somebody else") == ["named", "described"]


def test_an_archived_or_hidden_product_is_not_found_and_its_words_are_not_proposed(shop: TenantInfo) -> None:
    product = ProductFactory(slug="secret", name="Quetzal feather", sku="QZ-1")
    for change in ({"status": "archived"}, {"visibility": "hidden"}):
        Product.objects.filter(pk=product.pk).update(status="active", visibility="visible")
        assert found("quetzal") == ["secret"]
        Product.objects.filter(pk=product.pk).update(**change)
        for text in ("quetzal", "QZ-1", "quetzla", "uetza", "quetzal feathr"):
            assert (search(text).ids, search(text).did_you_mean) == ((), None), (change, text)
    Product.objects.filter(pk=product.pk).update(status="active", visibility="catalog_only")
    assert found("quetzal") == ["secret"]


def eleven_hundred(name: str) -> None:
    with shop_connection().cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (
                INSERT INTO products (id, name, slug, sku, price, status)
                SELECT lpad(n::TEXT, 32, '0')::UUID, %s, 'mug-' || n, 'M' || n, 1, 'active'
                FROM generate_series(1, 1100) AS n RETURNING id, sku
            )
            INSERT INTO product_variants (product_id, sku) SELECT id, sku FROM made
            """,
            [name],
        )


def test_a_word_that_is_everywhere_gives_the_newest_five_hundred(shop: TenantInfo) -> None:
    ProductFactory(name="Bowl")
    eleven_hundred("Mug")
    ids = search("mug").ids
    assert (len(ids), ids[0].int & 0xFFFF) == (500, 0x1100)
    assert search("mug").ids == ids, "the same on every page"
    assert search("mug").is_capped
    assert not search("bowl").is_capped


@pytest.mark.parametrize("find", ["search_parts('nemug')", "search_similar('stonemag')"])
def test_of_what_is_like_too_many_names_the_newest_five_hundred_are_compared(shop: TenantInfo, find: str) -> None:
    eleven_hundred("Stonemug")
    with shop_connection().cursor() as cursor:
        cursor.execute(f"SELECT {find}")
        (ids,) = cursor.fetchone()
    assert {str(found) for found in ids} == {str(UUID(f"{number:032}")) for number in range(601, 1101)}


def test_one_shops_words_are_not_anothers(shop: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    ProductFactory(slug="mug", name="Stoneware mug")
    with tenant_context(make_shop("globex")):
        for text in ("stoneware", "stonewaer"):
            assert (search(text).ids, search(text).did_you_mean) == ((), None)
    assert Brand.objects.count() == 0
