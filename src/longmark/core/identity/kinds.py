"""Kinds of package: what a source of advisories does or does not speak of.

A kind is the first part of a package key (``npm``, ``cpe``), with the distribution where there is
one (``deb:debian``); the Linux kernel is a kind of its own, since it has a source of its own.
"""

from collections.abc import Iterable
from typing import Final

from longmark.core.identity.distributions import SCHEMES
from longmark.core.identity.packages import ECOSYSTEMS, package_of_osv

KERNEL_PACKAGE: Final = "cpe:linux:linux_kernel"
KERNEL_KIND: Final = "linux-kernel"
NAMED_KINDS: Final = frozenset(("cpe", "name", "generic", KERNEL_KIND))
"""What is told by vendor and product: libraries in C and C++, operating systems, devices."""

_OSV_HEADS: Final = frozenset((*ECOSYSTEMS, *SCHEMES, "conan", "git", "oss-fuzz"))


def kind_of(package: str) -> str:
    """Return the kind of a package key.

    >>> kind_of("npm:@babel/traverse"), kind_of("deb:debian:12:zlib"), kind_of("cpe:arm:mbed_tls")
    ('npm', 'deb:debian', 'cpe')
    >>> kind_of("cpe:linux:linux_kernel")
    'linux-kernel'
    """
    if package == KERNEL_PACKAGE:
        return KERNEL_KIND
    head, _, rest = package.partition(":")
    return f"{head}:{rest.partition(':')[0]}" if head in SCHEMES else head


def is_of_osv(kind: str) -> bool:
    """Tell whether OSV has a place for advisories on packages of a kind.

    >>> is_of_osv("deb:ubuntu"), is_of_osv("cpe")
    (True, False)
    """
    return kind.partition(":")[0] in _OSV_HEADS


def kinds_of_ecosystems(ecosystems: Iterable[str]) -> frozenset[str]:
    """Return the kinds that ecosystems of OSV hold.

    >>> sorted(kinds_of_ecosystems(["PyPI", "Debian", "crates.io"]))
    ['cargo', 'deb:debian', 'pypi']
    """
    return frozenset(kind_of(package_of_osv(each, "any")[0]) for each in ecosystems)
