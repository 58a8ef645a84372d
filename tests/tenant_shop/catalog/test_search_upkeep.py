"""Search follows the shop's language, knows its words, and counts what shoppers ask for."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.search import note
from tenant_shop.catalog.search.find import search
from tenant_shop.catalog.search.forget import forget_searches
from tenant_shop.catalog.search.note import note_search
from tenant_shop.catalog.search.rebuild import follow_language, rebuild_search
from tenant_shop.catalog.search.upkeep import keep_search
from tenant_shop.catalog.search.vocabulary import count_words
from tenant_shop.configuration.models import Setting
from tenant_shop.models import Product, SearchCount, SearchSynonym
from tests.factories.catalog import ProductFactory

NOW = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)  # 00:30 of the 5th in Berlin


def found(text: str) -> list[str]:
    slugs = dict(Product.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in search(text).ids]


def speak(language: str) -> None:
    Setting.objects.update_or_create(key="language", defaults={"value": language})


def rows(sql: str) -> list[tuple[Any, ...]]:
    with shop_connection().cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    ("language", "configuration", "name", "texts"),
    [
        ("de", "german", "Schöne Häuser aus Holz", ("haus", "Häusern", "schone hausern", "für Häuser", "SCHÖN")),
        ("de-AT", "german", "Stühle", ("stuhl", "stühlen")),
        ("fr", "french", "Assiettes émaillées", ("assiette", "emaillee", "assiettes des émaillés")),
        ("ar", "arabic", "المزهريات الجميلة", ("مزهرية", "مَزْهَرِيّات", "الجميلة")),
        ("ja", "simple", "ほうじ茶 茶碗", ("ほうじ茶", "茶碗", "じ茶")),
        ("hi", "simple", "हिन्दी कप", ("हिन्दी", "कप")),
        ("ru", "simple", "Чёрная кружка", ("черная", "КРУЖК")),
        ("xx-nonsense", "simple", "The Houses", ("the", "houses")),
    ],
)
def test_products_are_read_in_the_shops_language(
    shop: TenantInfo, language: str, configuration: str, name: str, texts: tuple[str, ...]
) -> None:
    speak(language)
    ProductFactory(slug="one", name=name)
    ProductFactory(slug="other", name="Zzz")
    assert rows("SELECT configuration FROM search_index") == [(configuration,)]
    for text in texts:
        assert found(text) == ["one"], text


def test_another_language_takes_effect_when_the_products_are_read_anew(shop: TenantInfo) -> None:
    ProductFactory(slug="one", name="Häuser")
    speak("de")
    assert found("haus") == ["one"], "inside the word"
    assert rows("SELECT configuration FROM product_search") == [("english",)]
    ProductFactory(slug="two", name="Bäume")
    assert set(rows("SELECT configuration FROM product_search")) == {("english",)}, "all the same until then"

    assert follow_language() is True
    assert set(rows("SELECT configuration FROM product_search")) == {("german",)}
    assert found("baum") == ["two"]
    assert follow_language() is False


def test_synonyms_follow_the_language(shop: TenantInfo) -> None:
    speak("en")
    SearchSynonym.objects.create(term="Schränke", meanings=["Kommode", "große Regale"])
    speak("de")
    ProductFactory(slug="chest", name="Kommode")
    for text in ("schrank", "Schränken", "Schränke", "großes Regal", "großen Regalen"):
        assert found(text) == ["chest"], text
    speak("en")
    rebuild_search()
    assert found("Schränke") == ["chest"]
    assert found("Schränken") == [], "no English plural"


def test_a_rebuild_that_was_interrupted_is_taken_up_again(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        ProductFactory(name=f"Häuser {number}")
    speak("de")
    monkeypatch.setattr("tenant_shop.catalog.search.rebuild.BATCH", 1)

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_search(stop)
    assert sorted(rows("SELECT configuration FROM product_search")) == [("english",), ("english",), ("german",)]
    told: list[int] = []
    assert follow_language() is True
    assert set(rows("SELECT configuration FROM product_search")) == {("german",)}
    assert rebuild_search(told.append) == 3
    assert told == [1, 2, 3]


def test_the_command_rebuilds_one_shop_or_all(make_shop: Callable[..., TenantInfo]) -> None:
    shops = [make_shop("acme"), make_shop("globex")]
    for shop in shops:
        with tenant_context(shop):
            ProductFactory(name="Häuser")
            speak("de")
    said = io.StringIO()
    call_command("rebuild_search", tenant="acme", stdout=said)
    assert said.getvalue() == "acme: 1 product read anew\n"
    with tenant_context(shops[1]):
        assert rows("SELECT configuration FROM product_search") == [("english",)]
    call_command("rebuild_search", all_tenants=True, stdout=said)
    for shop in shops:
        with tenant_context(shop):
            assert rows("SELECT configuration FROM product_search") == [("german",)]


def test_the_shops_words_are_counted_and_what_is_gone_is_forgotten(shop: TenantInfo) -> None:
    ProductFactory(name="Stone mug")
    ProductFactory(name="Stove", tags=["iron"])
    gone = ProductFactory(name="Stole")
    ProductFactory(name="Stove pipe")
    assert [word for word, _, _ in rows("SELECT * FROM search_words ORDER BY word")] == [
        "iron", "mug", "pipe", "stole", "stone", "stove",
    ]  # fmt: skip
    gone.delete()
    count_words()
    assert rows("SELECT word, products FROM search_words ORDER BY word") == [
        ("iron", 1),
        ("mug", 1),
        ("pipe", 1),
        ("stone", 1),
        ("stove", 2),
    ]
    assert search("stoxe").did_you_mean == "stove", "the commoner one"


def test_a_better_spelling_is_shown_as_the_shop_writes_it(shop: TenantInfo) -> None:
    ProductFactory(slug="belt", name="Gürtel aus Leder")
    matches = search("gurtle")
    assert (matches.did_you_mean, found("gurtle")) == ("gürtel", ["belt"])


def test_searches_are_counted_by_day_and_text(shop: TenantInfo, count_statements: Callable[[], Any]) -> None:
    with count_statements() as statements:
        note_search("Blue  MUG", found=7, visitor="198.51.100.1", now=NOW)
    assert statements.count == 1
    note_search(" blue mug", found=0, visitor="198.51.100.2", now=NOW)
    note_search("blue mug", found=7, visitor="198.51.100.1", now=NOW - timedelta(hours=1))
    note_search("x" * 5000, found=0, visitor="198.51.100.1", now=NOW)
    note_search("  ", found=0, visitor="198.51.100.1", now=NOW)
    counted = SearchCount.objects.order_by("text", "day").values_list("day", "text", "searches", "without_results")
    assert list(counted) == [
        (date(2026, 5, 4), "blue mug", 1, 0),
        (date(2026, 5, 5), "blue mug", 2, 1),
        (date(2026, 5, 5), "x" * 100, 1, 1),
    ]


def test_a_visitor_counts_once_a_day_for_a_text(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        note_search("MUG" if number % 2 else "mug ", found=1, visitor="198.51.100.1", now=NOW)
    assert SearchCount.objects.values_list("searches", flat=True).get() == 1
    note_search("mug", found=1, visitor="198.51.100.2", now=NOW)
    assert SearchCount.objects.values_list("searches", flat=True).get() == 2
    note_search("mug", found=1, visitor="198.51.100.1", now=NOW + timedelta(days=1))
    assert SearchCount.objects.filter(day=date(2026, 5, 6)).values_list("searches", flat=True).get() == 1

    monkeypatch.setattr(note.quick_redis, "ask", Mock(side_effect=RedisUnavailable))
    note_search("mug", found=1, visitor="198.51.100.1", now=NOW)
    assert SearchCount.objects.filter(day=date(2026, 5, 5)).values_list("searches", flat=True).get() == 3


def test_what_is_remembered_of_searches_is_bounded(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, ask = set[str](), quick_redis.ask

    def noting(*command: Any) -> Any:
        keys.add(command[1])
        return ask(*command)

    monkeypatch.setattr(note, "PLACES", 3)
    monkeypatch.setattr(note.quick_redis, "ask", noting)
    for number in range(50):
        note_search(f"mug {number}", found=1, visitor="198.51.100.1", now=NOW)
    assert keys == {fenced_key(f"searched:{place}", "", 1) for place in range(3)}
    assert SearchCount.objects.count() == 50


def test_searches_at_the_same_moment_are_all_counted(shop: TenantInfo) -> None:
    def search_ten_times(thread: int) -> None:
        with tenant_context(shop):
            for number in range(10):
                note_search("mug", found=0, visitor=f"198.51.100.{thread}{number}", now=NOW)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(search_ten_times, range(4)))
    assert SearchCount.objects.values_list("searches", "without_results").get() == (40, 40)


def test_a_search_that_cannot_be_counted_is_none_the_worse(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(note, "NOTE", "SELECT 1 / 0")
    note_search("mug", found=1, visitor="198.51.100.1", now=NOW)
    assert "not counted" in caplog.text
    with pytest.raises(DatabaseError):
        rows("SELECT 1 / 0")


def test_old_searches_are_forgotten_and_busy_days_thinned_out(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_shop.catalog.search.forget.TEXTS_A_DAY", 2)
    today = date(2026, 5, 5)
    for day, text, searches in (
        (today - timedelta(days=91), "old", 99),
        (today - timedelta(days=90), "kept", 1),
        (today - timedelta(days=1), "often", 9),
        (today - timedelta(days=1), "twice", 2),
        (today - timedelta(days=1), "once", 1),
        (today, "a", 1),
        (today, "b", 1),
        (today, "c", 1),
    ):
        SearchCount.objects.create(day=day, text=text, searches=searches)
    forget_searches(NOW)
    assert set(SearchCount.objects.values_list("text", flat=True)) == {"kept", "often", "twice", "a", "b", "c"}


def test_once_a_day_everything_is_looked_after(shop: TenantInfo) -> None:
    ProductFactory(name="Häuser")
    speak("de")
    SearchCount.objects.create(day=date(2020, 1, 1), text="old")
    keep_search(NOW)
    assert rows("SELECT configuration FROM product_search") == [("german",)]
    assert not SearchCount.objects.exists()
