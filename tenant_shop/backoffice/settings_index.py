"""All settings on one page, in groups, and found by any word of theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenant_shop.backoffice.invoice_settings import InvoiceSettingsForm
from tenant_shop.backoffice.languages import LanguagesForm
from tenant_shop.backoffice.loyalty_settings import LoyaltyForm
from tenant_shop.backoffice.notices import NoticesForm
from tenant_shop.backoffice.payment_settings import PaymentSettingsForm
from tenant_shop.backoffice.region import RegionForm
from tenant_shop.backoffice.settings import SettingsForm
from tenant_shop.backoffice.tax_settings import TaxSettingsForm

LONGEST_SEARCH = 100
CHANGE, VIEW = "change_setting", "view_setting"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of settings, or a `part` of one: its title and a sentence, where it is, who sees it, and the form whose
    labels find it.
    """

    title: str
    text: str
    url: str
    permission: str
    form: type[forms.Form] | None = None
    words: str = ""
    part: str = ""


GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "Shop",
        (
            Place("Shop", "Name, contact, bank account, returns, terms, quotes and companies.", "admin:settings",
                  CHANGE, SettingsForm, "contact imprint iban"),
            Place("Money, time and place", "Currency, time zone, country and units.", "admin:region", CHANGE,
                  RegionForm),
            Place("Languages", "The languages that the storefront is read in.", "admin:languages", CHANGE,
                  LanguagesForm),
            Place("Domains", "Where shoppers find your shop: at a domain of your own.", "admin:domains", CHANGE,
                  words="custom domain dns txt cname certificate https www address url"),
            Place("Mails", "What your mails say, in each of your languages.", "admin:mails", CHANGE,
                  words="e-mail templates subject text preview test"),
            Place("Notices", "Who is told of new orders, and when goods run low.", "admin:notices", CHANGE, NoticesForm,
                  "notifications e-mail low stock"),
            Place("Custom fields", "What else you want to know of products, customers and orders.",
                  "admin:tenant_shop_customfield_changelist", "view_customfield",
                  words="own attributes metadata text number date choice index"),
        ),
    ),
    (
        "Selling",
        (
            Place("Payments", "Ways to pay, test mode and what your gateways know you by.", "admin:payment_settings",
                  CHANGE, PaymentSettingsForm, "checkout"),
            Place("Checkout", "Your terms above the button that orders, and whether shoppers tick them.",
                  "admin:settings", CHANGE, words="terms conditions tick agree order button", part="checkout"),
            Place("Test orders", "What was ordered while the shop was being tried out, and how to be rid of it.",
                  "admin:test_orders", CHANGE, words="test mode purge delete"),
            Place("Tax", "Whether prices include it, and what holds where no rate does.", "admin:tax_settings", CHANGE,
                  TaxSettingsForm, "vat"),
            Place("Tax rates", "By country, state and class of goods.", "admin:tenant_shop_taxrate_changelist",
                  "view_taxrate", words="vat"),
            Place("Invoices", "When they are issued, who sells, and what the law wants on them.",
                  "admin:invoice_settings", CHANGE, InvoiceSettingsForm, "credit notes documents pdf vat number"),
            Place("Shipping zones and rates", "Where you deliver, and for how much.",
                  "admin:tenant_shop_shippingzone_changelist", "view_shippingzone", words="delivery pick-up weight"),
            Place("Try delivery", "What a shopper is offered for an address, a weight and a total.",
                  "admin:shipping_simulator", "view_shippingzone", words="shipping simulator rates"),
            Place("Points", "What customers earn and spend.", "admin:loyalty_settings", VIEW, LoyaltyForm,
                  "loyalty tiers"),
        ),
    ),
    (
        "Storefront",
        (
            Place("Design", "Looks, colours, fonts, logo and the front page.", "admin:design", "publish_design",
                  words="theme banner footer favicon"),
            Place("Pages", "About, terms, returns, privacy and whatever else you want to say.",
                  "admin:tenant_shop_page_changelist", "view_page", words="legal imprint policy footer"),
            Place("Filters of lists", "Which options, specifications and tags shoppers narrow lists by.",
                  "admin:filters", CHANGE, words="facets options specifications tags"),
            Place("Synonyms", "Words that mean the same to the shop's search.",
                  "admin:tenant_shop_searchsynonym_changelist", "view_searchsynonym"),
        ),
    ),
    (
        "Programs",
        (
            Place("API keys", "Programs that come to your shop, and what each may do.", "admin:api_keys", "view_apikey",
                  words="secret publishable scopes tokens integration developer"),
            Place("Webhooks", "What other systems are told, and how that fares.", "admin:webhooks", "view_webhook",
                  words="events endpoint signature deliveries integration developer"),
            Place("API calls", "What became of the last calls of each program.", "admin:api_calls", "view_apicall",
                  words="log requests errors rate limit usage"),
        ),
    ),
    (
        "People",
        (
            Place("Staff", "Who works here, and who may do what.", "admin:staff", "view_staff",
                  words="roles invite permissions"),
            Place("Security", "Two-factor log-in for your people, and whether SmartSeller's support may come in.",
                  "admin:security", "view_security", words="two-factor 2fa totp support impersonation password"),
            Place("Audit log", "Who changed what, and from where.", "admin:audit_log", "view_auditlog",
                  words="history"),
            Place("Plan and bills", "What your shop costs, and what is included.", "admin:plan", "view_billing",
                  words="subscription invoice upgrade limits"),
        ),
    ),
)  # fmt: skip


def page_above(path: str) -> dict[str, str] | None:
    """The page that leads to `path`, when that is one of these or below one. Lists of things say so themselves."""
    own = [place for _, places in GROUPS for place in places if not place.url.endswith("_changelist")]
    pages = {reverse(place.url): place.title for place in own}
    index, first = reverse("admin:settings_index"), reverse("admin:settings")  # every address begins with the first's
    if path == index or not any(path.startswith(page) for page in pages):
        return None
    over = [page for page in pages if page not in (first, path) and path.startswith(page)]
    link = max(over, key=len, default=index)
    return {"title": pages.get(link, "all settings"), "link": link}


@require_safe
def settings_index(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """What the request's user may see, narrowed by the words that are looked for."""
    if not request.user.has_perm("tenant_shop.view_setting"):
        raise PermissionDenied
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    groups = [(title, list(_shown(request, places, search))) for title, places in GROUPS]
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Settings",
        "search": search,
        "groups": [(title, places) for title, places in groups if places],
    }
    return TemplateResponse(request, "admin/shop/settings_index.html", context)


def _shown(request: HttpRequest, places: tuple[Place, ...], search: str) -> Iterator[dict[str, Any]]:
    wanted = search.casefold().split()
    for place in places:
        if not request.user.has_perm(f"tenant_shop.{place.permission}"):
            continue
        labels = [str(field.label) for field in place.form.base_fields.values()] if place.form else []
        said = " ".join((place.title, place.text, place.words, *labels)).casefold()
        if all(word in said for word in wanted):
            found = [label for label in labels if any(word in label.casefold() for word in wanted)]
            url = reverse(place.url) + (f"#{place.part}" if place.part else "")
            yield {"title": place.title, "text": place.text, "url": url, "found": found}
