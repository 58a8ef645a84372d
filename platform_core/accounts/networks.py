"""Slowing down networks that try passwords, whichever accounts they try them on."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import connections, models, router
from django.db.models import F
from django.db.models.functions import Greatest, Now

from smartseller.database import CurrentTimestamp
from smartseller.lockout import LOCKED_FOR

# So many wrong attempts of one network within a window, over all accounts and all hosts of the platform.
ATTEMPTS = 30
# A household or a rented machine has at least so much of the IPv6 space to itself.
IPV6_PREFIX = 64

# One row, one statement, counted before anything is looked at. A window that is over begins anew.
COUNT = """
INSERT INTO log_in_networks (network, attempts, window_until)
VALUES (%(network)s, 1, now() + make_interval(secs => %(seconds)s))
ON CONFLICT (network) DO UPDATE SET
    attempts = CASE WHEN log_in_networks.window_until <= now() THEN 1 ELSE log_in_networks.attempts + 1 END,
    window_until = CASE WHEN log_in_networks.window_until <= now() THEN excluded.window_until
                        ELSE log_in_networks.window_until END
RETURNING attempts
"""


class LogInNetwork(models.Model):
    """A network from which passwords were tried lately. It stands in the database: every shop's host is one door more
    to the same accounts, and a cache may be away."""

    network = models.CharField(primary_key=True, max_length=50, help_text="An IPv4 address, or the /64 of an IPv6 one.")
    attempts = models.IntegerField(default=0, db_default=0)
    window_until = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "log_in_networks"
        indexes = [models.Index(fields=["window_until"], name="idx_log_in_networks_until")]

    def __str__(self) -> str:
        return self.network


def network_of(ip: str | None) -> str:
    """The network that an address counts for; what is no address counts together, as `unknown`."""
    try:
        address = ip_address(ip or "")
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(address) if address.version == 4 else str(ip_network((address, IPV6_PREFIX), strict=False))


def count_attempt(network: str) -> bool:
    """Count an attempt of a network; whether it may go on. One statement, in the caller's transaction."""
    with connections[router.db_for_write(LogInNetwork)].cursor() as cursor:
        cursor.execute(COUNT, {"network": network, "seconds": LOCKED_FOR.total_seconds()})
        row = cursor.fetchone()
    return bool(row[0] <= ATTEMPTS)


def take_back(network: str) -> None:
    """What was right is no try. What went before it stays: an account of one's own does not clear the count."""
    LogInNetwork.objects.filter(network=network, window_until__gt=Now()).update(attempts=Greatest(F("attempts") - 1, 0))


def forget_networks(now: datetime) -> int:
    """Delete the windows that are over for a day; how many there were."""
    return LogInNetwork.objects.filter(window_until__lt=now - timedelta(days=1)).delete()[0]
