"""Where a feed may lead: to public https addresses, and to hosts that the settings name.

A name is resolved here, every address of it is checked, and the connection is made to the address
that was checked, not to the name. So neither a redirect nor a name server that changes its mind
leads into the own network.
"""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from longmark.core.errors import Refused, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")  # NAT64: RFC 6052
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Target:
    """A URL that may be asked, and the addresses at which it is."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]


def checked(url: str, *, trusted: Collection[str], is_resolved_here: bool = True) -> Target:
    """Return where a URL leads.

    `trusted` are hosts that may be spoken to in plain http and at private addresses. Behind a
    proxy names are not resolved here; it decides then where they lead.

    Raises:
        Refused: it leads to where no feed may lead.
        Unavailable: the name is not known.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise Refused("{url} is no address.", url=url[:200]) from None
    host = (parts.hostname or "").rstrip(".")
    is_trusted = host in trusted
    if parts.scheme not in _PORTS or not host or parts.username or parts.password:
        raise Refused("{url} is no https address without user name.", url=url[:200])
    if parts.scheme != "https" and not is_trusted:
        raise Refused(
            "{url} is not encrypted. If the host is yours, name it in LONGMARK_FEED_TRUSTED_HOSTS.",
            url=url[:200],
        )
    found = _addresses(host, port, is_resolved_here=is_resolved_here)
    for one in found:
        if is_trusted and _is_nobodys(one):
            raise Refused(
                "{host} leads to {address}, which is the address of no server.",
                host=host,
                address=str(one),
            )
        if not is_trusted and not _is_public(one):
            raise Refused(
                "{host} leads to {address}, which is not a public address. If the host is yours,"
                " name it in LONGMARK_FEED_TRUSTED_HOSTS.",
                host=host,
                address=str(one),
            )
    return Target(url, parts.scheme, host, port, tuple(str(one) for one in found))


def _addresses(host: str, port: int, *, is_resolved_here: bool) -> list[Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        if not is_resolved_here:
            return []
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable("{host} is not known: {reason}", host=host, reason=str(error)) from None
    texts = dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows)
    return [ipaddress.ip_address(text) for text in texts]


def _is_nobodys(address: Address) -> bool:
    """Tell whether an address is one at which clouds answer their own machines, or nobody does."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return _is_nobodys(address.ipv4_mapped)
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _is_public(address: Address) -> bool:
    """Tell whether an address is one of the open network, also when it is wrapped in another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
