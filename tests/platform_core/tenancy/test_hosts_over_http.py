"""Hosts as they come over the wire, where a request can name two: no shop answers for another's name."""

import socket
from typing import Any

import pytest

from tests.browser import Site

pytestmark = pytest.mark.slow


def ask(site: Site, *headers: str, path: str = "/") -> int:
    """The status of the answer; 0 for a line that is hung up."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as line:
        line.sendall("\r\n".join([f"GET {path} HTTP/1.1", *headers, "Connection: close", "", ""]).encode())
        answer = b""
        while data := line.recv(65536):
            answer += data
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_a_request_that_names_two_hosts_is_answered_by_none(make_shop: Any, site: Site) -> None:
    for slug in ("acme", "globex"):
        make_shop(slug)
    own, other = (f"Host: {slug}.localhost:{site.port}" for slug in ("acme", "globex"))
    assert ask(site, own) == 200
    assert ask(site, own, other) in (0, 400)
    assert ask(site, other, own) in (0, 400)
    assert ask(site, own, own) in (0, 400)


@pytest.mark.parametrize("host", ["evil.example", "acme.localhost@evil.example", "acme.localhost:b@evil", "a b", ""])
def test_a_host_that_is_nobodys_or_none_gets_no_shop(make_shop: Any, site: Site, host: str) -> None:
    make_shop("acme")
    assert ask(site, f"Host: {host}") in (0, 400, 404)


def test_an_address_that_names_its_host_itself_is_no_way_around(make_shop: Any, site: Site) -> None:
    """What the request line says and what the header says may differ: never a shop that the header does not name."""
    for slug in ("acme", "globex"):
        make_shop(slug)
    assert ask(site, f"Host: nobody.localhost:{site.port}", path=f"http://acme.localhost:{site.port}/") in (0, 400, 404)
