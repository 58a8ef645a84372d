"""Pages that stand still while they load, as the browser itself measures it."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.theme import set_theme
from tenant_shop.configuration.theme import LOOKS, SECTIONS
from tenant_shop.models import CoverPicture, ProductImage
from tests.browser import NARROW
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.people import make_user
from tests.pictures import drawn

pytestmark = pytest.mark.slow

# What moved without having been asked to, from the first thing painted: how much, and what it was.
WATCH = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    window.shifts.push([entry.value, ...entry.sources.map(it => it.node?.outerHTML?.slice(0, 100))]);
}).observe({type: "layout-shift", buffered: true});
"""
# A hundredth of what counts as good (0.1, by web.dev/articles/cls): a row of a table that arrives a packet after the
# others may widen its column by a hair.
STILL = 0.001
PAINTED = "() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(() => painted())))"
# Lazy pictures come as they come near.
DOWN_THE_PAGE = """async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += 400) {
    scrollTo({top, behavior: "instant"});
    await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
  }
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map(image => image.decode().catch(() => undefined)));
}"""


@pytest.fixture
def goods(selling) -> None:
    """Pictures that are high and ones that are wide, of products, a category and a brand; addresses say how large."""
    kitchen, loft = CategoryFactory(name="Kitchen", slug="kitchen"), BrandFactory(name="Loft", slug="loft")
    for number in range(12):
        mug = ProductFactory(
            name=f"Mug {number}", slug=f"mug-{number}", category=kitchen, brand=loft, tags=["featured"], stock=9
        )
        for place in range(2):
            width, height = (900, 600) if (number + place) % 2 else (600, 900)
            ProductImage.objects.create(
                product=mug,
                url=f"/media/{width}x{height}/{number}-{place}.png",
                width=width,
                height=height,
                sort_order=place,
            )
    for owner in ({"category": kitchen}, {"brand": loft}):
        url = f"/media/1200x500/{next(iter(owner))}.png"
        CoverPicture.objects.create(url=url, filename=url.removeprefix("/media/"), width=1200, height=500, **owner)
    type(kitchen).objects.filter(pk=kitchen.pk).update(image_url="/media/1200x500/category.png")
    type(loft).objects.filter(pk=loft.pk).update(logo_url="/media/1200x500/brand.png")
    ProductFactory(name="Bowl", slug="bowl", category=kitchen, price=Decimal("36"), compare_at_price=Decimal("40"))


def opened(page: Any, address: str) -> None:
    """Open a page whose pictures arrive only after it was painted without them, and go down to its end."""
    held: list[Any] = []
    is_painted = False

    def answer(route: Any) -> None:
        if is_painted:
            width, _, height = route.request.url.split("/")[-2].partition("x")
            route.fulfill(body=drawn("PNG", (int(width), int(height))), content_type="image/png")
        else:
            held.append(route)

    page.add_init_script(WATCH)
    page.route("**/media/**", answer)
    page.goto(address, wait_until="domcontentloaded")
    page.evaluate(PAINTED)
    assert held, address
    is_painted = True
    for route in held:
        answer(route)
    page.evaluate(DOWN_THE_PAGE)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_nothing_moves_while_a_page_and_its_pictures_arrive(selling, site, browser, look):
    theme = {"look": look, "sections": list(SECTIONS), "hero_title": "Made to last", "announcement": "Closed on Monday"}
    set_theme(selling.id, theme, user_id=make_user(f"{look}@acme.example").pk)
    for path in ("/", "/products/", "/categories/kitchen/", "/brands/loft/", "/products/mug-1/", "/products/mug-2/"):
        page = browser.new_context(viewport={"width": NARROW, "height": 844}).new_page()
        opened(page, site.url("acme", path))
        shifts = page.evaluate("window.shifts")
        assert sum(value for value, *_ in shifts) < STILL, (path, shifts)

        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        page.evaluate("document.body.prepend(Object.assign(document.createElement('p'), {textContent: 'late'}))")
        page.evaluate(PAINTED)
        assert sum(value for value, *_ in page.evaluate("window.shifts")) > STILL, "what moves is seen"
        page.context.close()
