"""What a walk is made of: a page's name and the way there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Way = Callable[["Page", str], None]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to photograph; `arrive` brings a browser there from anywhere, given the address of the shop's host."""

    name: str
    arrive: Way


def at(path: str) -> Way:
    return lambda page, shop: go(page, shop + path)


def go(page: "Page", address: str) -> None:
    page.goto(address, wait_until="load")
