"""Asking DNS for the proof that a domain is a shop's."""

from dataclasses import dataclass

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from platform_core.tenancy.domains.models import TenantDomain

# The record has a label of its own, so that it stands beside whatever else the domain says.
LABEL = "_smartseller"
WORD = "smartseller-verification="
ONLY_TXT = "The address that it leads to was another shop's before: only the TXT record proves whose the domain is."
# What there is room for in the claim's row.
LONGEST_PROBLEM = 200
# Seconds for one question, with all that is asked on the way.
WITHIN = 5.0


class DnsUnavailable(Exception):
    """Nobody answered, or said that something is wrong with him: nothing is known."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How it is proven (TXT, CNAME), or "" and in a sentence what was found instead."""

    how: str
    problem: str = ""


def record_name(domain: str) -> str:
    """Where the TXT record stands."""
    return f"{LABEL}.{domain}"


def record_text(claim: TenantDomain) -> str:
    """What it says."""
    return f"{WORD}{claim.token}"


def shops_host(slug: str) -> str:
    """Where a CNAME has to lead."""
    return f"{slug}.{settings.PLATFORM_DOMAIN}"


def look_up(claim: TenantDomain, *, slug: str, cname_counts: bool = True) -> Proof:
    """The proof that the domain is the shop's: its own TXT record, or a CNAME to the shop's own host, if that counts.

    Two questions at most. Errors: DnsUnavailable.
    """
    texts = _ask(record_name(claim.domain), "TXT")
    if record_text(claim) in texts:
        return Proof("TXT")
    targets = _ask(claim.domain, "CNAME")
    if shops_host(slug) in targets:
        return Proof("CNAME") if cname_counts else Proof("", ONLY_TXT)
    if texts:
        return _found(f"{record_name(claim.domain)} says something else: {min(texts)[:80]}")
    if targets:
        return _found(f"{claim.domain} leads to {min(targets)[:80]}")
    return Proof("", "There is no such record yet. Changes of DNS can take an hour to be seen.")


def _found(sentence: str) -> Proof:
    """Anybody writes anything into a zone: as much of it as can be shown, and kept."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in sentence)
    return Proof("", printable[:LONGEST_PROBLEM])


def _ask(name: str, kind: str) -> set[str]:
    """The answers, texts put together and names without their last dot; none when there is no such name."""
    try:
        answer = _resolver().resolve(name, kind, lifetime=WITHIN, search=False, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
        return set()
    except (dns.exception.DNSException, OSError) as error:
        raise DnsUnavailable(str(error)) from error
    if kind == "TXT":
        return {b"".join(record.strings).decode("utf-8", "replace").strip() for record in answer}
    return {str(record.target).rstrip(".").lower() for record in answer if record.rdtype == dns.rdatatype.CNAME}


def _resolver() -> dns.resolver.Resolver:
    """The servers that the settings name (address or address:port), else the machine's."""
    servers: list[str] = settings.DNS_SERVERS
    if not servers:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [
        dns.nameserver.Do53Nameserver(address, int(port or 53))
        for address, _, port in (server.partition(":") for server in servers)
    ]
    return resolver
