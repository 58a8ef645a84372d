"""What the two demo shops are, read from the files in `data/`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.text import slugify

DATA = Path(__file__).parent / "data"
SLUGS = ("fernmoor", "kasumino")
# The files of a shop that hold no products.
DESCRIBED = frozenset({"shop.toml", "customers.toml", "pages.toml", "business.toml"})


@dataclass(frozen=True, kw_only=True)
class DemoProduct:
    """A product as the data files describe it.

    Prices are in the shop's currency, `weight` is in grams, `size` in centimetres (length, width, height). `colours`
    (name to `#rrggbb`) become the option Colour, before `options`; `prices` are by the value of an option. `stock` is
    "plenty", "low" or "out". `reviews` are (stars, title, text). A product without `published_days_ago` has been on
    sale since before the history of orders begins.
    """

    name: str
    sku: str
    category: str
    brand: str
    price: str
    drawing: str
    accent: str
    weight: int
    short: str
    description: str
    colour: str = "#777777"
    colours: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    compare_at: str | None = None
    size: Sequence[int] = ()
    popularity: int = 1
    stock: str = "plenty"
    status: str = "active"
    visibility: str = "visible"
    tracked: bool = True
    backorder: bool = False
    published_days_ago: int | None = None
    tax_class: str = "standard"
    tags: Sequence[str] = ()
    features: Sequence[str] = ()
    specifications: Mapping[str, str] = field(default_factory=dict)
    reviews: Sequence[tuple[int, str, str]] = ()

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def all_options(self) -> dict[str, Sequence[str]]:
        """The options by name, in the order in which shoppers choose."""
        return ({"Colour": list(self.colours)} if self.colours else {}) | dict(self.options)

    @property
    def is_on_sale(self) -> bool:
        return self.status == "active" and self.visibility == "visible"


@dataclass(frozen=True, kw_only=True)
class DemoCategory:
    """A shelf; `tint` is the colour behind its products."""

    slug: str
    name: str
    description: str
    tint: str
    parent: str | None = None
    featured: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoStillLife:
    """A picture of several things, kept as `/media/home/<name>.webp`: `size` is width and height in pixels, a thing is
    (drawing, colour, accent, scale, x, y of its foot), those behind first."""

    name: str
    size: Sequence[int]
    tint: str
    things: Sequence[tuple[str, str, str, float, float, float]]


@dataclass(frozen=True, kw_only=True)
class DemoDiscount:
    """A code and how often it was used: `share` of the orders placed while it held (`days` ago, from and to)."""

    code: str
    name: str
    type: str
    value: str
    share: float
    minimum: str | None = None
    usage_limit: int | None = None
    per_customer: int | None = None
    days: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True)
class DemoPage:
    """A page of the shop's own, published; `body` is Markdown."""

    title: str
    slug: str
    body: str
    meta_description: str


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """Somebody who runs the shop, or buys for a company; `role` is that of the access, or of the member."""

    role: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Trade:
    """How the shop sells: orders a day at the beginning and the end of the history, weights of Monday to Sunday, and
    the shares of orders by guests and of orders paid on delivery."""

    orders_a_day: Sequence[float]
    weekdays: Sequence[float]
    guests: float
    cash_on_delivery: float


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Names and towns from which customers are made. A town is (city, postal code, state, country)."""

    count: int
    street: str
    phone: str
    first_names: Sequence[str]
    last_names: Sequence[str]
    streets: Sequence[str]
    towns: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class DemoBusiness:
    """Who buys as a business. `prices` are about a `sku`, a `category` or everything: so many percent `off`, or what
    `each` costs from so many pieces on. `quotes` without an `answer` wait for one, `requests` for an approver.
    """

    group: Mapping[str, str]
    company: Mapping[str, Any]
    people: Sequence[DemoPerson]
    prices: Sequence[Mapping[str, Any]]
    quantities: Sequence[Mapping[str, Any]]
    quotes: Sequence[Mapping[str, Any]]
    requests: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class DemoShop:
    """Everything about one demo shop. `settings` go into the shop's settings as they are.

    `tax_rates` are rows of that table, `zones` those of shipping with their `rates`; `carrier` takes the parcels.
    `searches` has what shoppers searched for, with or without success, and how often; and synonyms.
    """

    slug: str
    name: str
    plan: str
    currency: str
    timezone: str
    country: str
    scene: str
    theme: Mapping[str, Any]
    settings: Mapping[str, Any]
    carrier: str
    tax_rates: Sequence[Mapping[str, str]]
    zones: Sequence[Mapping[str, Any]]
    trade: Trade
    searches: Mapping[str, Any]
    people: Sequence[DemoPerson]
    discounts: Sequence[DemoDiscount]
    brands: Sequence[Mapping[str, str]]
    categories: Sequence[DemoCategory]
    still_lives: Sequence[DemoStillLife]
    products: Sequence[DemoProduct]
    pages: Sequence[DemoPage]
    crowd: Crowd
    business: DemoBusiness

    @property
    def owner(self) -> DemoPerson:
        return next(person for person in self.people if person.role == "owner")

    @property
    def shopper_email(self) -> str:
        """Where the customer has their mailbox as whom everybody may log in."""
        return f"shopper@{self.slug}.example"

    @property
    def tax_rate(self) -> Decimal:
        return Decimal(self.settings["tax_rate"])

    def tint_of(self, product: DemoProduct) -> str:
        return next(category.tint for category in self.categories if category.slug == product.category)


def demo_shops() -> list[DemoShop]:
    """Both shops, read from their files."""
    return [demo_shop(slug) for slug in SLUGS]


def demo_shop(slug: str) -> DemoShop:
    """One shop, read from its files. Errors: FileNotFoundError for a slug that is not in `SLUGS`."""
    folder = DATA / slug
    shop = _read(folder / "shop.toml")
    products = [
        DemoProduct(**row)
        for path in sorted(folder.glob("*.toml"))
        if path.name not in DESCRIBED
        for row in _read(path)["products"]
    ]
    return DemoShop(
        **{
            **shop,
            "trade": Trade(**shop["trade"]),
            "still_lives": [DemoStillLife(**row) for row in shop["still_lives"]],
            "people": [DemoPerson(**row) for row in shop["people"]],
            "discounts": [DemoDiscount(**row) for row in shop["discounts"]],
            "categories": [DemoCategory(**row) for row in shop["categories"]],
            "products": products,
            "pages": [DemoPage(**row) for row in _read(folder / "pages.toml")["pages"]],
            "crowd": Crowd(**_read(folder / "customers.toml")),
            "business": _business(_read(folder / "business.toml"), slug),
        }
    )


def _business(read: dict[str, Any], slug: str) -> DemoBusiness:
    """Each of the people has a mailbox by the `name` in the file."""
    people = [
        DemoPerson(
            **{name: value for name, value in row.items() if name != "name"}, email=f"{row['name']}@{slug}.example"
        )
        for row in read["people"]
    ]
    return DemoBusiness(**read | {"people": people})


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
