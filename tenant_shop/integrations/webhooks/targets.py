"""Where webhooks may be sent: never into our own network, whatever a name says and whenever it says it.

A name is resolved once for each attempt, and the connection goes to the very address that was checked: a name that
answers otherwise the second time (DNS rebinding) is not asked a second time.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from tenant_shop.integrations.webhooks.errors import UrlRefused

LONGEST_URL = 500
# Names of IPv6 that lead to an IPv4 address inside them, or nowhere: NAT64, IPv4-compatible, 6to4, Teredo.
NAT64 = IPv6Network("64:ff9b::/96")
NEVER = tuple(IPv6Network(net) for net in ("::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10"))
# For protocols, one of them metadata of machines, and for relays to IPv6; older Pythons take most of it for public.
NEVER_EITHER = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))

Address = tuple[socket.AddressFamily, tuple[str, int]]


class TargetRefused(Exception):
    """The name leads to a place that nothing is sent to, or nowhere."""


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be written down. Errors: UrlRefused.

    Names are not resolved here: what they mean is looked at whenever something is sent.
    """
    if len(url) > LONGEST_URL or any(not "!" <= char <= "~" or char in '\\"<>^`{|}' for char in url):
        raise UrlRefused(f"The address must be plain ASCII without spaces, at most {LONGEST_URL} characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlRefused("This is no address.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_TO_PRIVATE_ADDRESSES):
        raise UrlRefused("The address must begin with https://.")
    if not parts.hostname or port == 0:
        raise UrlRefused("The address names no host.")
    if parts.username is not None or parts.password is not None:
        raise UrlRefused("No user or password in the address: use a header of your own.")
    if parts.fragment:
        raise UrlRefused("The address must have no fragment (#…).")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return parts
    if not may_be_reached(literal):
        raise UrlRefused("Nothing is sent to private addresses.")
    return parts


def address_of(host: str, port: int) -> Address:
    """The one address to connect to. Errors: TargetRefused when `host` has none, or any that is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetRefused(f"{host} cannot be resolved.") from error
    for _, _, _, _, address in found:
        if not may_be_reached(ip_address(str(address[0]).partition("%")[0])):
            raise TargetRefused(f"{host} leads to a private address.")
    if not found:
        raise TargetRefused(f"{host} cannot be resolved.")
    family, _, _, _, address = found[0]
    return family, (str(address[0]), int(address[1]))


def may_be_reached(address: IPv4Address | IPv6Address) -> bool:
    """Whether something may be sent there: a public address of one machine (or anywhere, in development)."""
    return bool(settings.WEBHOOKS_TO_PRIVATE_ADDRESSES) or _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address in NAT64:
            return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in net for net in NEVER):
            return False
    elif any(address in net for net in NEVER_EITHER):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
