"""Package keys: one canonical text for what a purl, a CPE or an advisory names, without version.

``pypi:jw-util``, ``maven:group:artifact``, ``golang:golang.org/x/crypto``, ``deb:debian:12:zlib``,
``apk:alpine:v3.19:busybox``, ``git:github.com/owner/repo``, ``cpe:arm:mbed_tls``, ``generic:zlib``,
and ``name:vendor:product`` for the folded words of a record that has nothing better. The version
scheme follows from the key, never from the label that an advisory gives to its range.
"""

import re
from functools import lru_cache
from typing import Final

from longmark.core.identity.cpe import Cpe
from longmark.core.identity.distributions import (
    SCHEMES,
    UNKNOWN,
    distribution_of,
    distribution_package,
    origin_of,
    release_of,
    source_name,
)
from longmark.core.identity.products import any_product_of, product_named
from longmark.core.identity.purl import Purl
from longmark.core.identity.repositories import repository_package, version_of_tag
from longmark.core.identity.words import fold, folded_pairs, folded_product
from longmark.core.versions import Scheme

ECOSYSTEMS: Final = {
    "npm": Scheme.SEMVER, "cargo": Scheme.SEMVER, "golang": Scheme.SEMVER, "hex": Scheme.SEMVER,
    "pub": Scheme.PUB, "swift": Scheme.SEMVER, "githubactions": Scheme.SEMVER,
    "pypi": Scheme.PEP440, "gem": Scheme.GEM, "nuget": Scheme.NUGET, "maven": Scheme.MAVEN,
    "composer": Scheme.COMPOSER, "bitnami": Scheme.GENERIC, "cran": Scheme.CRAN,
    "hackage": Scheme.HACKAGE,
}  # fmt: skip
"""Types with an advisory source of their own, and their version schemes."""

_PACKAGERS: Final = {"conan": Scheme.CONAN, "alpm": Scheme.ALPM, "ebuild": Scheme.GENTOO}
"""Types that package what others make, without advisories of their own here."""

_FORGES: Final = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_SEPARATORS: Final = re.compile(r"[-_.]+")

_OSV_TYPES: Final = {
    "npm": "npm", "pypi": "pypi", "maven": "maven", "go": "golang", "crates.io": "cargo",
    "hex": "hex", "pub": "pub", "swifturl": "swift", "nuget": "nuget", "rubygems": "gem",
    "packagist": "composer", "bitnami": "bitnami", "cran": "cran", "hackage": "hackage",
    "github actions": "githubactions", "conancenter": "conan", "oss-fuzz": "oss-fuzz",
}  # fmt: skip
_OSV_DISTRIBUTIONS: Final = {
    "debian": "deb", "ubuntu": "deb", "alpine": "apk", "wolfi": "apk", "chainguard": "apk",
    "minimos": "apk", "red hat": "rpm", "rocky linux": "rpm", "almalinux": "rpm", "suse": "rpm",
    "opensuse": "rpm", "openeuler": "rpm", "mageia": "rpm", "photon os": "rpm",
    "azure linux": "rpm", "amazon linux": "rpm", "oracle": "rpm", "fedora": "rpm",
}  # fmt: skip
_STREAM: Final = re.compile(r"v?(\d+(?:\.\d+)?)")
_NO_VENDOR: Final = frozenset(
    ("", "multiple", "various", "na", "unknown", "opensource", "unspecified", "none")
)

HARDWARE: Final = "h/"
"""Before the vendor in the key of a piece of hardware; no vendor of a CPE name holds a slash."""


def package_of_purl(purl: Purl) -> str:
    """Return the package key that a purl declares.

    >>> from longmark.core.identity.purl import parse_purl
    >>> package_of_purl(parse_purl("pkg:npm/%40babel/traverse@7.23.2"))
    'npm:@babel/traverse'
    """
    if purl.type in SCHEMES:
        return distribution_package(purl.type, *origin_of(purl), _packed_name(purl))
    if purl.type in _FORGES:
        location = f"{_FORGES[purl.type]}/{_joined(purl)}"
        return package_of_repository(location) or f"git:{location.lower()}"
    return _package(purl.type, purl.namespace, purl.name)


def _packed_name(purl: Purl) -> str:
    return purl.name if purl.type == "rpm" else source_name(purl)


def _joined(purl: Purl) -> str:
    return f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name


@lru_cache(maxsize=1 << 14)
def _package(kind: str, namespace: str, name: str) -> str:
    path = f"{namespace}/{name}" if namespace else name
    if kind == "maven":
        return f"maven:{namespace}:{name}"
    if kind == "pypi":
        return f"pypi:{_SEPARATORS.sub('-', name.lower())}"
    if kind == "cargo":
        return f"cargo:{name.lower().replace('_', '-')}"
    if kind == "golang":
        return f"golang:{_folded_module(path)}"
    if kind == "gem":
        return f"gem:{name}"
    return f"{kind}:{path.lower()}"


def _folded_module(path: str) -> str:
    return path.lower() if path.lower().startswith("github.com/") else path


def package_of_cpe(cpe: Cpe) -> str | None:
    """Return the key of a CPE name; ``None`` if vendor or product is not concrete.

    A piece of hardware has a key of its own: its name satisfies nothing that is said of software.
    """
    if not cpe.is_identity:
        return None
    mark = HARDWARE if cpe.part == "h" else ""
    return f"cpe:{mark}{cpe.vendor.replace(':', '%3a')}:{cpe.product.replace(':', '%3a')}"


@lru_cache(maxsize=1 << 14)
def package_of_name(vendor: str, product: str) -> str | None:
    """Return the key of vendor and product as words; ``None`` if they identify nothing.

    A vendor that names nobody (``multiple``) leaves only products of the alias table. See
    `package_of_nobody` for the others.
    """
    if fold(vendor) in _NO_VENDOR:
        known = product_named(product, "") if fold(product) else None
        return known.cpe_packages[0] if known else None
    packages = [f"name:{pair}" for pair in folded_pairs(vendor, product)]
    aliased = next(filter(None, map(any_product_of, packages)), None)
    if aliased:
        return aliased.name_package
    return packages[-1] if fold(product) else None


def package_of_nobody(product: str) -> str | None:
    """Return the key of a product whose vendor is not told: no component goes by it.

    It keeps a name for people, and for those who look for names that are alike.
    """
    folded = folded_product(product, "")
    return f"name::{folded}" if folded and folded not in _NO_VENDOR else None


def package_of_repository(url: str) -> str | None:
    """Return the key of a source repository, a known mirror's being that of the original."""
    package = repository_package(url)
    if package is None:
        return None
    known = any_product_of(package)
    return known.git_package if known else package


def tag_version(package: str, tag: str) -> str:
    """Return the version that a tag of a repository means, as components of it are keyed."""
    known = any_product_of(package)
    return version_of_tag(tag, known.tag_names if known else (package.rpartition("/")[2],))


@lru_cache(maxsize=1 << 14)
def package_of_osv(ecosystem: str, name: str) -> tuple[str, Scheme]:
    """Return key and scheme of a package in an OSV ecosystem (OSV schema 1.7).

    >>> package_of_osv("Alpine:v3.19", "busybox")
    ('apk:alpine:v3.19:busybox', <Scheme.APK: 'apk'>)
    >>> package_of_osv("PyPI", "jw.util")[0]
    'pypi:jw-util'
    """
    base, _, rest = ecosystem.partition(":")
    folded = base.lower()
    if folded in _OSV_DISTRIBUTIONS:
        kind = _OSV_DISTRIBUTIONS[folded]
        package = distribution_package(kind, distribution_of(base), _stream(folded, rest), name)
    else:
        package = _ecosystem_package(_OSV_TYPES.get(folded, folded.replace(" ", "-")), name)
    return package, package_scheme(package)


def _stream(distribution: str, suffix: str) -> str:
    """Return the release that an ecosystem's suffix names (``enterprise_linux:8::baseos``)."""
    if not suffix:
        return release_of(distribution_of(distribution), UNKNOWN)
    if "pro" in suffix.lower().split(":"):
        return suffix.lower().replace(":", "-")
    found = _STREAM.search(suffix)
    return release_of(distribution_of(distribution), found.group() if found else suffix)


def _ecosystem_package(kind: str, name: str) -> str:
    if kind == "maven":
        group, _, artifact = name.partition(":")
        return _package(kind, group, artifact)
    return _package(kind, "", name)


@lru_cache(maxsize=1 << 14)
def package_scheme(package: str) -> Scheme:
    """Return the scheme in which versions of a package are ordered."""
    kind = package.partition(":")[0]
    if kind in ECOSYSTEMS:
        return ECOSYSTEMS[kind]
    if kind in SCHEMES:
        return SCHEMES[kind]
    product = any_product_of(package)
    return product.scheme if product else _PACKAGERS.get(kind, Scheme.GENERIC)


def ecosystem_of(package: str) -> str:
    """Return the purl type of an ecosystem's or distribution's package, else an empty text."""
    kind = package.partition(":")[0]
    return kind if kind in ECOSYSTEMS or kind in SCHEMES else ""


def has_known_release(package: str) -> bool:
    """Tell whether a distribution's key states the release."""
    parts = package.split(":", 3)
    return len(parts) == 4 and parts[2] != UNKNOWN
