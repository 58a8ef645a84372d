"""The parts of pages that are written by Python: nothing of what they are told becomes markup."""

import pytest
from django.template import Context

from tenant_shop.templatetags.facets import facet_values
from tenant_shop.templatetags.pictures import picture
from tenant_shop.templatetags.prices import price

HOSTILE = """"><script>alert('1')</script>&"""
HARMLESS = "&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;"


def image(**values):
    return {"url": "/media/a.jpg", "alt": "A mug", "width": None, "height": None, "renditions": None, **values}


@pytest.mark.parametrize(
    "written",
    [
        lambda: picture(Context(), image(url=HOSTILE), "Mug"),
        lambda: picture(Context(), image(alt=HOSTILE), "Mug"),
        lambda: picture(Context(), None, "Mug", variant=HOSTILE),
        lambda: price(HOSTILE),
        lambda: price("1", HOSTILE),
        lambda: facet_values(Context(), HOSTILE, [value()]),
        lambda: facet_values(Context(), "brand", [value(value=HOSTILE)]),
        lambda: facet_values(Context(), "brand", [value(label=HOSTILE)]),
        lambda: facet_values(Context(), "brand", [value(count_text=HOSTILE)]),
    ],
)
def test_what_they_are_told_is_escaped(written):
    text = written()

    assert HARMLESS in text
    assert "<script" not in text


def test_a_missing_picture_is_the_first_letter_of_the_name_escaped():
    assert picture(Context(), None, "<b>") == (
        '<div class="picture"><span class="picture__initial" aria-hidden="true">&lt;</span></div>'
    )


def test_the_addresses_of_renditions_are_escaped():
    made = {"recipe": "abc", "widths": [320, 640], "formats": ["webp"]}

    text = picture(Context(), image(url='/media/a"b.jpg', renditions=made), "Mug")

    assert 'srcset="/media/a&quot;b-abc-320.webp 320w, /media/a&quot;b-abc-640.webp 640w"' in text


def test_a_price_says_what_it_was_and_that_others_cost_more():
    assert price("€4", "€5", starts=True, large=True) == (
        '<span class="price price--on-sale price--large"><span class="price__from">from</span> '
        '<span class="price__now"><span class="visually-hidden">Sale price </span>€4</span> '
        '<s class="price__before"><span class="visually-hidden">Before </span>€5</s></span>'
    )
    assert price("€4") == '<span class="price"><span class="price__now">€4</span></span>'


def value(**changes):
    return {
        "id": "f1",
        "value": "a",
        "label": "A",
        "count": "1",
        "count_text": "1 product",
        "chosen": False,
        "below": False,
        **changes,
    }


def test_a_chosen_value_is_checked():
    assert facet_values(Context(), "brand", [value(chosen=True, below=True)]) == (
        '<li class="facet__value facet__value--below"><input id="f1" type="checkbox" name="brand" value="a" checked>'
        '<label for="f1">A<span class="visually-hidden"> (1 product)</span></label> '
        '<span class="facet__count" aria-hidden="true">1</span></li>'
    )
