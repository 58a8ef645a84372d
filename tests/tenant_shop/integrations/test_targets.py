"""Nothing is ever sent into our own network, whatever a name or a receiver says."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from tenant_shop.integrations.webhooks import targets
from tenant_shop.integrations.webhooks.targets import TargetRefused, address_of, may_be_reached
from tenant_shop.integrations.webhooks.transport import post
from tests.receiver import answers, receiving

SENT = {"body": b"{}", "headers": {}, "timeout_seconds": 5}


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names resolve to these addresses, one list for each time that somebody asks; who was asked about."""
    asked: list[str] = []
    left = list(answers)

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in found
        ]

    monkeypatch.setattr(targets.socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.127.255.255", "192.0.0.192", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "fe80::1",
        "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_reached(address: str) -> None:
    assert not may_be_reached(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses_are(address: str) -> None:
    assert may_be_reached(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "localhost", "[::1]"])
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with receiving() as receiver:
        answer = post(f"https://{host}:{receiver.port}/", **SENT)
    assert answer.status is None
    assert "private" in answer.error
    assert receiver.taken == []


def test_one_private_address_among_public_ones_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(TargetRefused):
        address_of("both.example", 443)


def test_a_name_is_resolved_once_and_the_checked_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that says something public first and this machine afterwards (DNS rebinding) is asked once."""
    asked = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    answer = post("https://rebinding.example/", **SENT)
    assert answer.error == "Connection refused"
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", 443)]


def test_a_redirect_is_an_answer_and_not_followed(settings) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving() as inside, receiving(answers(307, Location=inside.url)) as receiver:
        answer = post(receiver.url, **SENT)
    assert (answer.status, answer.is_success) == (307, False)
    assert "not followed" in answer.error
    assert (len(receiver.taken), inside.taken) == (1, [])


def test_plain_http_is_refused_when_it_is_sent_too(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["93.184.216.34"])
    assert post("http://books.example/", **SENT).error == "The address must begin with https://."


def test_a_name_that_means_nothing_is_a_failure_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(targets.socket, "getaddrinfo", getaddrinfo)
    assert post("https://nowhere.example/", **SENT).error == "nowhere.example cannot be resolved."
