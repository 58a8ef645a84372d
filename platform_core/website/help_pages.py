"""Help: short pages, one question each."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.plans.limits import Feature


@dataclass(frozen=True, slots=True)
class Article:
    """A page at `/help/<slug>/`; its text is `website/help/<slug>.html`."""

    slug: str
    title: str
    summary: str


GROUPS: tuple[tuple[str, tuple[Article, ...]], ...] = (
    (
        "Beginning",
        (
            Article("open-a-shop", "Open a shop", "What sign-up asks, and what happens in the seconds after it."),
            Article("first-products", "Put products on sale", "By hand, or from the file that another shop gave you."),
            Article(
                "own-domain",
                "Use a domain of your own",
                "One record at your registrar; the certificate comes by itself.",
            ),
        ),
    ),
    (
        "Your account",
        (
            Article("log-in", "Log in, and find your shop", "Where your shop is, and what to do without a password."),
            Article("plans-and-bills", "Plans, trial and bills", "What is free, until when, and what comes after."),
        ),
    ),
    ("Programs", (Article("api-keys", "Keys for programs", "Two APIs: one of your shop, one of the platform."),)),
)
ARTICLES = {article.slug: article for _, articles in GROUPS for article in articles}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    context = {"section": "help", "groups": GROUPS, "support_email": settings.SUPPORT_EMAIL}
    return render(request, "website/help.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """404 for a page that there is not."""
    found = ARTICLES.get(slug)
    if found is None:
        raise Http404
    context = {
        "section": "help",
        "article": found,
        "others": [other for other in ARTICLES.values() if other != found],
        "platform_domain": settings.PLATFORM_DOMAIN,
        "support_email": settings.SUPPORT_EMAIL,
        "trial_days": TRIAL_DAYS,
        "features": list(Feature),
    }
    return render(request, f"website/help/{found.slug}.html", context)
