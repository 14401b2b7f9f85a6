"""Whether what a condition names is there: hardware, operating systems, other software.

Three-valued: recorded facts can meet a demand or contradict it; where nothing is recorded it stays
open. Facts are the platform of the context, what the component says of itself, and the distribution
that packed it. Another model than the one that is recorded contradicts; missing software does not,
since no list of it is known to be complete.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.records import Alternatives
from longmark.core.identity import Cpe, Provenance, package_of_cpe, package_scheme
from longmark.core.identity.cpe import ANY, NA
from longmark.core.identity.distributions import SCHEMES, origin_of, release_of
from longmark.core.matching.contexts import Context
from longmark.core.matching.subjects import Subject
from longmark.core.versions import Scheme, Unkeyable, compare


class Demand(StrEnum):
    """Whether a component meets what a statement asks for."""

    MET = "met"
    OPEN = "open"
    CONTRADICTED = "contradicted"


_NEGATED: Final = {
    Demand.MET: Demand.CONTRADICTED,
    Demand.CONTRADICTED: Demand.MET,
    Demand.OPEN: Demand.OPEN,
}
_DISTRIBUTIONS: Final = {
    "debian_linux": "debian", "ubuntu_linux": "ubuntu", "alpine_linux": "alpine",
    "enterprise_linux": "redhat", "fedora": "fedora", "centos": "centos", "opensuse": "opensuse",
    "leap": "opensuse", "suse_linux_enterprise_server": "suse", "almalinux": "almalinux",
    "rocky_linux": "rocky", "amazon_linux": "amzn", "openwrt": "openwrt",
}  # fmt: skip
_SAME: Final = {"mac_os_x": "macos", "mac_os": "macos", "iphone_os": "ios"}
_SIGNS: Final = {">=": (0, 1), ">": (1,), "<=": (-1, 0), "<": (-1,)}
KERNEL: Final = "linux_kernel"


def demand_of(group: Alternatives, subject: Subject, context: Context) -> Demand:
    """Return whether a group of alternatives, or of requirements, is met."""
    versions = group.versions or ("",) * len(group.names)
    found = [
        *(
            _demand_of_name(*pair, subject, context)
            for pair in zip(group.names, versions, strict=True)
        ),
        *(demand_of(inner, subject, context) for inner in group.groups),
    ]
    strongest, weakest = (
        (Demand.CONTRADICTED, Demand.MET) if group.is_all else (Demand.MET, Demand.CONTRADICTED)
    )
    demand = Demand.OPEN
    if strongest in found:
        demand = strongest
    elif found and all(one is weakest for one in found):
        demand = weakest
    return _NEGATED[demand] if group.is_negated else demand


def _demand_of_name(text: str, bounds: str, subject: Subject, context: Context) -> Demand:
    name = platform(text)
    if name is None:
        return Demand.OPEN
    own = _of_itself(name, bounds, subject)
    if own is not None:
        return own
    same = [one for one in context.names if _is_same_product(name, one)]
    if same:
        return _any_of(_of_version(name, bounds, one.stated_version or "") for one in same)
    if name.part == "h":
        others = [one for one in context.names if one.part == "h" and one.product != ANY]
        return Demand.CONTRADICTED if others else Demand.OPEN
    if name.part == "o":
        return _any_of(_systems(name, bounds, subject, context))
    return Demand.OPEN


def _any_of(demands: Iterable[Demand]) -> Demand:
    found = set(demands)
    if Demand.MET in found:
        return Demand.MET
    return Demand.CONTRADICTED if found == {Demand.CONTRADICTED} else Demand.OPEN


def _of_itself(name: Cpe, bounds: str, subject: Subject) -> Demand | None:
    """Return whether the component itself is what is named; None if it is another product."""
    package = package_of_cpe(name)
    one = subject.by_package.get(package) if package else None
    if one is None or name.part == "h" or one.provenance is Provenance.GUESSED:
        return None
    return _of_version(name, bounds, one.version)


def _is_same_product(name: Cpe, fact: Cpe) -> bool:
    is_hardware = "h" in (name.part, fact.part)
    if is_hardware and name.part != fact.part:
        return False
    return (name.vendor, name.product) == (fact.vendor, fact.product)


def _of_version(name: Cpe, bounds: str, version: str) -> Demand:
    """Compare a version that is there with what a name asks for; names of hardware ask for few."""
    stated = name.stated_version
    if stated is None and not bounds:
        return Demand.MET
    if not version:
        return Demand.OPEN
    package = package_of_cpe(name)
    scheme = package_scheme(package) if package else Scheme.GENERIC
    try:
        if stated is not None:
            is_met = compare(scheme, version, stated) == 0
        else:
            is_met = all(_holds(scheme, version, bound) for bound in bounds.split(","))
    except Unkeyable:
        return Demand.MET if version == stated else Demand.OPEN
    return Demand.MET if is_met else Demand.CONTRADICTED


def _holds(scheme: Scheme, version: str, bound: str) -> bool:
    sign = bound[:2] if bound[:2] in _SIGNS else bound[:1]
    return compare(scheme, version, bound.removeprefix(sign)) in _SIGNS[sign]


def _systems(name: Cpe, bounds: str, subject: Subject, context: Context) -> Iterator[Demand]:
    """Yield what each known system says of the one that is named."""
    if subject.ecosystem in SCHEMES:
        yield _of_distribution(name, subject)
    facts = [*context.names, *subject.names]
    for fact in facts:
        if fact.part == "o" and fact.product not in (ANY, NA):
            yield _of_system(name, bounds, fact)


def _of_distribution(name: Cpe, subject: Subject) -> Demand:
    """Compare a system with the distribution that packed the component."""
    if name.product == KERNEL:
        return Demand.MET
    purl = subject.parsed_purl
    distribution, release = origin_of(purl) if purl else ("", "")
    wanted = _DISTRIBUTIONS.get(name.product)
    if wanted is None:
        return Demand.OPEN if _is_firmware(name) or not _is_foreign(name) else Demand.CONTRADICTED
    if not distribution:
        return Demand.OPEN
    if wanted != distribution:
        return Demand.CONTRADICTED
    stated = release_of(distribution, name.stated_version or "")
    return Demand.MET if not (stated and release) or stated == release else Demand.CONTRADICTED


def _of_system(name: Cpe, bounds: str, fact: Cpe) -> Demand:
    """Compare two operating systems of different names."""
    wanted, there = _system(name), _system(fact)
    if wanted == there:
        return _of_version(name, bounds, fact.stated_version or "")
    if _is_firmware(name) != _is_firmware(fact):
        return Demand.OPEN
    if there in _DISTRIBUTIONS and wanted == KERNEL:
        return Demand.OPEN if bounds or name.stated_version else Demand.MET
    if there == KERNEL and (wanted in _DISTRIBUTIONS or wanted == "android"):
        return Demand.OPEN
    if name.vendor == fact.vendor == "microsoft":
        if wanted == "windows":
            return Demand.MET
        return Demand.OPEN if there == "windows" else Demand.CONTRADICTED
    if there == "android" and wanted == KERNEL:
        return Demand.OPEN
    return Demand.CONTRADICTED


def _system(name: Cpe) -> str:
    return _SAME.get(name.product, name.product)


def _is_firmware(name: Cpe) -> bool:
    return name.product.endswith("firmware")


FOREIGN_SYSTEMS: Final = frozenset(
    (
        "windows", "macos", "mac_os", "mac_os_x", "iphone_os", "ios", "ipados", "android", "tvos",
        "watchos", "visionos", "chrome_os", "solaris", "aix", "hp-ux", "freebsd", "netbsd",
    )
)  # fmt: skip
"""Systems that no deb, rpm or apk package runs on."""


def _is_foreign(name: Cpe) -> bool:
    return name.product in FOREIGN_SYSTEMS or name.vendor == "microsoft"


@lru_cache(maxsize=1 << 14)
def platform(text: str) -> Cpe | None:
    """Return the parts of a CPE name, None if it is none."""
    try:
        return Cpe.parse(text)
    except Invalid:
        return None
