"""Synonyms and the report of searches behind the counter."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.search.find import search
from tenant_shop.models import SearchCount, SearchSynonym
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.statements import StatementCount

SYNONYMS, SEARCHES = "/admin/tenant_shop/searchsynonym/", "/admin/tenant_shop/searchcount/"


def test_a_synonym_is_added_changed_and_counts_at_once(acme: TenantInfo) -> None:
    with tenant_context(acme):
        ProductFactory(name="Sofa")
    browser = staff_browser(acme)
    sent = browser.post(
        f"{SYNONYMS}add/", {"term": "  Big   couch ", "meanings": "sofa, sofa,  settee ", "is_two_way": ""}
    )
    assert sent.status_code == 302
    with tenant_context(acme):
        synonym = SearchSynonym.objects.get()
        assert (synonym.term, synonym.meanings, synonym.is_two_way) == ("Big couch", ["sofa", "settee"], False)
        assert len(search("big couch").ids) == 1
    browser.post(f"{SYNONYMS}{synonym.pk}/change/", {"term": "Divan", "meanings": "sofa"})
    with tenant_context(acme):
        assert (len(search("divan").ids), len(search("big couch").ids)) == (1, 0)


@pytest.mark.parametrize("meanings", ["", " , ", "x" * 101, ",".join(f"word{number}" for number in range(21))])
def test_a_synonym_that_means_nothing_or_too_much_is_refused(acme: TenantInfo, meanings: str) -> None:
    assert staff_browser(acme).post(f"{SYNONYMS}add/", {"term": "couch", "meanings": meanings}).status_code == 200
    with tenant_context(acme):
        assert not SearchSynonym.objects.exists()


def test_a_viewer_sees_synonyms_and_changes_none(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.VIEWER)
    assert browser.get(SYNONYMS).status_code == 200
    assert browser.post(f"{SYNONYMS}add/", {"term": "couch", "meanings": "sofa"}).status_code == 403
    assert b"Add a synonym" not in browser.get(SEARCHES).content


def test_the_report_adds_up_the_last_thirty_days(acme: TenantInfo) -> None:
    today = timezone.now().date()
    with tenant_context(acme):
        for days, text, searches, vain in (
            (1, "mug", 4, 0),
            (9, "mug", 3, 0),
            (2, "couch & <chair>", 5, 5),
            (40, "ancient", 99, 99),
        ):
            SearchCount.objects.create(
                day=today - timedelta(days=days), text=text, searches=searches, without_results=vain
            )
    browser = staff_browser(acme)
    with StatementCount() as statements:
        page = browser.get(SEARCHES)
    text = " ".join(page.content.decode().split())
    assert page.status_code == 200
    assert statements.count == 6
    assert text.index("<td") < text.index("couch &amp; &lt;chair&gt;") < text.index(">mug<"), "what found nothing first"
    assert '">7</td>' in text
    assert f"{SYNONYMS}add/?term=couch%20%26%20%3Cchair%3E" in text
    assert "ancient" not in text
    assert "Add a synonym for mug" not in text


def test_nobody_writes_in_the_report(acme: TenantInfo) -> None:
    with tenant_context(acme):
        count = SearchCount.objects.create(day=timezone.now().date(), text="mug")
    browser = staff_browser(acme)
    assert browser.get(f"{SEARCHES}add/").status_code == 403
    assert browser.post(f"{SEARCHES}{count.pk}/change/", {"text": "vase"}).status_code == 403
    assert browser.post(f"{SEARCHES}{count.pk}/delete/", {"post": "yes"}).status_code == 403
    with tenant_context(acme):
        assert SearchCount.objects.get().text == "mug"
