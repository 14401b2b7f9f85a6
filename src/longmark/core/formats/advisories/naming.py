"""Which packages a CVE JSON `affected` entry speaks of, in order of strength.

A purl or a collection with a package name beats CPE names, these beat the repository, and the
words of vendor and product count only where there is nothing better, trusted to a medium degree.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from longmark.core import identity
from longmark.core.errors import Invalid
from longmark.core.formats.advisories.records import Confidence
from longmark.core.identity import Cpe
from longmark.core.versions import Scheme

MAX_NAMES: Final = 200  # CPE names of one entry that are looked at
MAX_WORDS_LENGTH: Final = 200  # characters; what is longer is a list or prose, and names nothing

_COLLECTIONS: Final = (
    ("registry.npmjs.org", "npm"), ("www.npmjs.com", "npm"), ("npmjs.com", "npm"),
    ("pypi.python.org", "PyPI"), ("pypi.org", "PyPI"),
    ("repo.maven.apache.org", "Maven"), ("repo1.maven.org", "Maven"),
    ("mvnrepository.com", "Maven"),
    ("packagist.org", "Packagist"), ("repo.packagist.org", "Packagist"),
    ("crates.io", "crates.io"), ("rubygems.org", "RubyGems"),
    ("www.nuget.org", "NuGet"), ("nuget.org", "NuGet"), ("api.nuget.org", "NuGet"),
    ("pkg.go.dev", "Go"), ("hex.pm", "Hex"), ("repo.hex.pm", "Hex"), ("pub.dev", "Pub"),
)  # fmt: skip
_HOST: Final = re.compile(r"^[a-z+]+://([^/:]+)", re.IGNORECASE)
_RHEL: Final = re.compile(r"cpe:[/:][^ ]*redhat:(?:enterprise_linux|rhel_[a-z0-9]+):(\d+)")
_NO_VENDOR: Final = frozenset(("", "n/a", "unknown", "unspecified", "-"))


class Version(msgspec.Struct, rename="camel"):
    """One entry of `versions`."""

    version: str = ""
    status: str = "affected"
    version_type: str = ""
    less_than: str | None = None
    less_than_or_equal: str | None = None
    changes: list["Change"] = []


class Change(msgspec.Struct):
    """A change of status within an interval."""

    at: str
    status: str


class Affected(msgspec.Struct, rename="camel"):
    """One entry of `affected`."""

    vendor: str = ""
    product: str = ""
    collection_url: str = msgspec.field(default="", name="collectionURL")
    package_name: str = ""
    package_url: str = msgspec.field(default="", name="packageURL")
    cpes: list[str] = []
    repo: str = ""
    program_files: list[str] = []
    default_status: str = ""
    versions: list[Version] = []


class Identity(msgspec.Struct, frozen=True):
    """One package key of an entry, and how far it can be trusted."""

    package: str
    wording: str
    cap: Confidence = Confidence.EXACT
    part: str = ""
    is_distributor: bool = False

    @property
    def scheme(self) -> Scheme:
        """Return the scheme in which the package's versions are ordered."""
        return identity.package_scheme(self.package)


def identities(entry: Affected) -> tuple[Identity, ...]:
    """Return the packages that the entry speaks of, each once."""
    found = [*_packages(entry)]
    if found and not any(one.is_distributor for one in found):
        # The package in its ecosystem, and the product as its maker delivers it.
        found += _words(entry)
    elif not found:
        found = [*_cpes(entry)]
        repository = identity.package_of_repository(entry.repo) if entry.repo else None
        if repository:
            found.append(Identity(repository, entry.repo))
        if not any(one.package.startswith("cpe:") and one.part != "h" for one in found):
            found += _words(entry)
    return tuple({one.package: one for one in reversed([*map(canonical, found)])}.values())


def canonical(one: Identity) -> Identity:
    """Return the first key of a product of the alias table: its components go by all of them."""
    known = identity.any_product_of(one.package)
    if known is None or known.first_version:
        return one
    return msgspec.structs.replace(one, package=known.cpe_packages[0])


def _packages(entry: Affected) -> Iterator[Identity]:
    purl = identity.parse_purl(entry.package_url) if entry.package_url else None
    if purl:
        yield Identity(identity.package_of_purl(purl), entry.package_url)
    if not entry.package_name:
        return
    release = next(filter(None, map(_RHEL.match, entry.cpes)), None)
    if release:
        package, _ = identity.package_of_osv(f"Red Hat:{release.group(1)}", entry.package_name)
        yield Identity(package, f"{entry.product}: {entry.package_name}", is_distributor=True)
        return
    host = _HOST.match(entry.collection_url)
    ecosystem = dict(_COLLECTIONS).get(host.group(1).lower()) if host else None
    if ecosystem and (ecosystem != "Maven" or ":" in entry.package_name):
        package, _ = identity.package_of_osv(ecosystem, entry.package_name)
        yield Identity(package, f"{ecosystem}: {entry.package_name}")


def _cpes(entry: Affected) -> Iterator[Identity]:
    for name in entry.cpes[:MAX_NAMES]:
        try:
            cpe = Cpe.parse(name)
        except Invalid:
            continue
        package = identity.package_of_cpe(cpe)
        if package:
            yield Identity(package, f"{cpe.vendor}:{cpe.product}", part=cpe.part)


def _words(entry: Affected) -> Iterator[Identity]:
    """Yield the folded words; a distribution's product with a package name is not that product."""
    if entry.vendor.strip().lower() in _NO_VENDOR and not entry.product:
        return
    product = entry.package_name if entry.package_name and not entry.product else entry.product
    if entry.package_name and entry.vendor == "Red Hat":
        return
    if len(entry.vendor) + len(product) > MAX_WORDS_LENGTH:
        return
    package = identity.package_of_name(entry.vendor, product)
    package = package or identity.package_of_nobody(product)
    if package:
        wording = " ".join(f"{entry.vendor} {product}".split())
        yield Identity(package, wording[:300], Confidence.MEDIUM)
