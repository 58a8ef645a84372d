"""What pages say of themselves in the vocabulary of schema.org, as JSON-LD.

Source: https://schema.org, and Google's documents on product, merchant listing and breadcrumb data.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

CONTEXT = "https://schema.org"
# What could end the script element, or start a comment in it, is written as an escape that JSON reads the same.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def script_text(things: Sequence[Mapping[str, Any]]) -> SafeString:
    """`things` as the text of a script element of type `application/ld+json`; empty for none.

    Browsers do not run such an element, so the content security policy has nothing to allow.
    """
    if not things:
        return mark_safe("")
    document = {"@context": CONTEXT, "@graph": list(things)}
    text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - nothing is left that HTML would read


def breadcrumb_data(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page: (name, absolute URL) from the home page to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, start=1)
        ],
    }


def shop_data(*, name: str, language: str, home: str, email: str, search: str, logo: str = "") -> list[dict[str, Any]]:
    """The shop as an organisation and as a site with a search; `language` (BCP 47) is that of its pages below
    `home`, `search` the URL before what is searched for."""
    organisation = {"@type": "Organization", "@id": f"{home}#shop", "name": name, "url": home, "email": email}
    return [
        {**organisation, "logo": logo} if logo else organisation,
        {
            "@type": "WebSite",
            "@id": f"{home}#site",
            "name": name,
            "url": home,
            "inLanguage": language,
            "publisher": {"@id": f"{home}#shop"},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": search + "{search_term_string}"},
                "query-input": "required name=search_term_string",
            },
        },
    ]
