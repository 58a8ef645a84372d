"""Tax in the back office: entered in per cent, refused where it makes no sense, seen by all and changed by few."""

from decimal import Decimal

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.taxes.models import TaxRate
from tests.back_office import inline, product_form
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.shopping import everything

LIST, ADD, GENERAL = "/admin/tenant_shop/taxrate/", "/admin/tenant_shop/taxrate/add/", "/admin/settings/tax/"
FORM = {"country": "FR", "state": "", "tax_class": "printed-books", "rate": "5.5"}


def test_a_rate_is_entered_in_per_cent_and_shown_so(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    assert browser.post(ADD, FORM).status_code == 302
    with tenant_context(acme):
        rate = TaxRate.objects.get()
    assert (rate.country, rate.state, rate.tax_class, rate.rate) == ("FR", "", "printed-books", Decimal("0.055"))
    assert "5.5 %" in browser.get(LIST).content.decode()
    assert 'value="5.5"' in browser.get(f"{LIST}{rate.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"rate": "-1"}, "greater than or equal to 0"),
        ({"rate": "100"}, "less than or equal to 99.9999"),
        ({"rate": ""}, "This field is required"),
        ({"country": "XX"}, "Select a valid choice"),
        ({"country": "", "state": "CA"}, "Choose the country that the state is in"),
        ({"tax_class": "Printed books!"}, "named in lower-case letters"),
        ({"tax_class": "zero"}, "The class zero is never taxed"),
        ({"country": "US", "state": "ca", "tax_class": "standard"}, "There is a rate for this class and place already"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused_beside_its_field(
    changes: dict[str, str], problem: str, acme: TenantInfo
) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        TaxRate.objects.create(country="US", state="CA", rate=Decimal("0.0725"))
        before = everything()

    answer = browser.post(ADD, {**FORM, **changes})

    assert problem in answer.content.decode()
    with tenant_context(acme):
        assert everything() == before


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_others_see_the_rates_and_change_nothing(role: AccessRole, acme: TenantInfo) -> None:
    browser = staff_browser(acme, role)
    with tenant_context(acme):
        rate = TaxRate.objects.create(country="DE", rate=Decimal("0.19"))
        before = everything()
    page = f"{LIST}{rate.pk}/change/"

    assert "19 %" in browser.get(LIST).content.decode()
    seen = browser.get(page).content.decode()
    assert [words for words in ("Germany", "19 %") if words not in seen] == []
    assert [browser.post(path, FORM).status_code for path in (ADD, page, f"{LIST}{rate.pk}/delete/", GENERAL)] == [
        403
    ] * 4
    with tenant_context(acme):
        assert everything() == before


def test_what_holds_in_general_is_set_on_a_page_of_its_own(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    answer = browser.post(GENERAL, {"prices_include_tax": "on", "tax_rate": "8.1", "tax_on_shipping": "none"})
    assert (answer.status_code, answer["Location"]) == (302, GENERAL)
    with tenant_context(acme):
        shop = shop_settings()
    assert (shop.prices_include_tax, shop.tax_rate, shop.tax_on_shipping) == (True, Decimal("0.081"), "none")
    assert 'value="8.1"' in browser.get(GENERAL).content.decode()
    for bad in ({"tax_rate": "-1"}, {"tax_rate": "100"}, {"tax_on_shipping": "unheard-of"}):
        form = {"tax_rate": "8.1", "tax_on_shipping": "none", **bad}
        assert browser.post(GENERAL, form).status_code == 422, bad


def test_a_product_has_a_class_that_exists(acme: TenantInfo) -> None:
    browser, add = staff_browser(acme), "/admin/tenant_shop/product/add/"
    assert "Select a valid choice" in browser.post(add, product_form(tax_class="printed-books")).content.decode()
    with tenant_context(acme):
        assert not Product.objects.exists()
        TaxRate.objects.create(country="FR", tax_class="printed-books", rate=Decimal("0.055"))
    assert browser.post(add, product_form(tax_class="printed-books")).status_code == 302
    with tenant_context(acme):
        assert Product.objects.get().tax_class == "printed-books"
        assert ProductFactory().tax_class == "standard"


def test_a_class_whose_rate_is_gone_stays_and_is_warned_about(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        product = ProductFactory(name="Atlas", slug="atlas", sku="A-1", tax_class="printed-books")
        variant = product.variant_rows.get()
    page = f"/admin/tenant_shop/product/{product.pk}/change/"
    row = {"id": variant.pk, "product": product.pk, "sku": variant.sku, "options": "", "price": "", "position": 0}
    form = product_form(name="World atlas", slug="atlas", sku="A-1", **inline("variant_rows", [row], initial=1))

    shown = browser.get(page).content.decode()
    saved = browser.post(page, {**form, "tax_class": "printed-books"}, follow=True)

    assert '<option value="printed-books" selected>printed-books (no rate of its own)</option>' in shown
    assert "No tax rate names the class printed-books" in saved.content.decode()
    with tenant_context(acme):
        product.refresh_from_db()
        assert (product.name, product.tax_class) == ("World atlas", "printed-books")
    assert "Select a valid choice" in browser.post(page, {**form, "tax_class": "maps"}).content.decode()
    calm = browser.post(page, {**form, "tax_class": "reduced"}, follow=True).content.decode()
    assert "No tax rate names" not in calm
    with tenant_context(acme):
        product.refresh_from_db()
    assert product.tax_class == "reduced"


def test_the_class_of_delivery_stays_when_its_rate_is_gone(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        change_settings({"tax_on_shipping": "parcels"})

    shown = browser.get(GENERAL).content.decode()
    assert '<option value="parcels" selected>parcels (no rate of its own)</option>' in shown
    assert "No tax rate names the class parcels" in shown
    assert browser.post(GENERAL, {"tax_rate": "8.1", "tax_on_shipping": "parcels"}).status_code == 302

    with tenant_context(acme):
        assert shop_settings().tax_on_shipping == "parcels"
