"""Coordinates: the pairs of package key and version under which a component is matched.

A component has one coordinate per name that it goes by, each with its provenance, which limits how
far a match through it is trusted. The rules:

* A package of an ecosystem is looked up there, and by CPE only if its SBOM declares that CPE.
* A distribution's package is decided by that distribution alone, since fixes are ported back. What
  upstream says of the version is a hint for review; so are all releases when none is stated.
* Everything else (C and C++ sources, firmware, bare names) gains the names of the alias table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from longmark.core.errors import Invalid
from longmark.core.identity import distributions
from longmark.core.identity.cpe import Cpe
from longmark.core.identity.packages import (
    ECOSYSTEMS,
    has_known_release,
    package_of_cpe,
    package_of_name,
    package_of_purl,
    package_of_repository,
    package_scheme,
)
from longmark.core.identity.products import (
    Product,
    any_product_of,
    product_named,
    product_of_package,
    product_of_source,
)
from longmark.core.identity.provenance import TRUST, Provenance
from longmark.core.identity.purl import Purl, parse_purl
from longmark.core.identity.repositories import version_of_tag
from longmark.core.identity.rules import (
    Identity,
    NameRule,
    added_names,
    barred_packages,
    corrected_identity,
)
from longmark.core.versions import Scheme, Unkeyable, is_unstated, key


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A name and a version; an empty version is unstated, no key means it has no order."""

    package: str
    scheme: Scheme
    version: str
    key: str | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class _Claim:
    package: str
    version: str
    provenance: Provenance


def coordinates(
    *,
    purl: str | None,
    cpes: Sequence[str],
    name: str,
    version: str | None,
    rules: tuple[NameRule, ...] = (),
) -> tuple[Coordinate, ...]:
    """Return the coordinates of a component, the most trusted of each package first.

    ``rules`` are those that :func:`rules_of` found for it.

    >>> found = coordinates(purl="pkg:generic/zlib@1.2.12", cpes=(), name="zlib", version=None)
    >>> [coordinate.package for coordinate in found][:2]
    ['generic:zlib', 'cpe:zlib:zlib']
    """
    return _coordinates(purl, tuple(cpes), name, version, rules)


@lru_cache(maxsize=1 << 14)
def _coordinates(
    purl: str | None,
    cpes: tuple[str, ...],
    name: str,
    version: str | None,
    rules: tuple[NameRule, ...],
) -> tuple[Coordinate, ...]:
    stated = Identity(parse_purl(purl) if purl else None, cpes, version or "")
    identity = corrected_identity(rules, stated)
    claims = [
        *_purl_claims(identity.purl, identity.version),
        *_cpe_claims(identity.cpes, identity.purl, identity.version),
    ]
    if not claims:
        claims = [*_product_claims(product_named(name, identity.version), identity.version)]
    if rules:
        barred = barred_packages(rules)
        claims += [_Claim(*added) for added in added_names(rules, identity)]
        claims = [claim for claim in claims if claim.package not in barred]
    strongest: dict[tuple[str, str], _Claim] = {}
    for claim in sorted(claims, key=lambda claim: TRUST[claim.provenance]):
        strongest.setdefault((claim.package, claim.version), claim)
    return tuple(map(_coordinate, strongest.values()))


def _coordinate(claim: _Claim) -> Coordinate:
    scheme = package_scheme(claim.package)
    if is_unstated(claim.version):
        return Coordinate(claim.package, scheme, "", None, claim.provenance)
    try:
        place = key(scheme, claim.version)
    except Unkeyable:
        place = None
    return Coordinate(claim.package, scheme, claim.version, place, claim.provenance)


def _purl_claims(purl: Purl | None, version: str) -> Iterator[_Claim]:
    if purl is None:
        return iter(())
    version = purl.version or version
    if purl.type in distributions.SCHEMES:
        return _distribution_claims(purl, version)
    if purl.type in ECOSYSTEMS:
        return iter((_Claim(package_of_purl(purl), version, Provenance.DECLARED),))
    return _source_claims(purl, version)


def _source_claims(purl: Purl, version: str) -> Iterator[_Claim]:
    """Claim the purl's own key, its repository, and the other names of the product."""
    declared = package_of_purl(purl)
    repository = package_of_repository(purl.qualifier("vcs_url"))
    product = _known_product(purl, declared, repository, version)
    plain = version_of_tag(version, product.tag_names if product else (purl.name.lower(),))
    yield _Claim(declared, plain, Provenance.DECLARED)
    if repository:
        yield _Claim(repository, plain, Provenance.DERIVED)
    yield from _product_claims(product, plain)


def _known_product(
    purl: Purl, declared: str, repository: str | None, version: str
) -> Product | None:
    known = any_product_of(declared) or (any_product_of(repository) if repository else None)
    plain = version_of_tag(version, known.tag_names if known else (purl.name.lower(),))
    for package in filter(None, (declared, repository)):
        found = product_of_package(package, plain)
        if found:
            return found
    return None if declared.startswith("git:") else product_named(purl.name, plain)


def _product_claims(
    product: Product | None, version: str, provenance: Provenance = Provenance.CURATED
) -> Iterator[_Claim]:
    if product is None:
        return
    plain = version_of_tag(version, product.tag_names)
    for package in product.packages:
        yield _Claim(package, plain, provenance)


def _distribution_claims(purl: Purl, version: str) -> Iterator[_Claim]:
    full = distributions.full_version(purl, version)
    declared = package_of_purl(purl)
    source = distributions.source_name(purl)
    is_packed_from_another = purl.type != "rpm" and source != purl.name.lower()
    own = Provenance.DERIVED if is_packed_from_another else Provenance.DECLARED
    yield _Claim(declared, full, own)
    if purl.type == "rpm" and source != purl.name.lower():
        from_source = f"{declared.rpartition(':')[0]}:{source.removesuffix('.src.rpm')}"
        yield _Claim(from_source, full, Provenance.DERIVED)
    yield from _release_guesses(declared, full)
    upstream = distributions.upstream_version(full)
    product = product_of_source(source, upstream)
    if product and upstream:
        for package in product.cpe_packages:
            yield _Claim(package, upstream, Provenance.GUESSED)


def _release_guesses(declared: str, version: str) -> Iterator[_Claim]:
    """Guess at releases: any where the component states none, none where it states one.

    A source that states no release may mean any: what it says is for review.
    """
    kind, distribution, release, name = declared.split(":", 3)
    if release == distributions.ROLLING:
        return
    is_known = has_known_release(declared)
    others = (distributions.UNKNOWN,) if is_known else distributions.SUPPORTED.get(distribution, ())
    for release in others:
        package = distributions.distribution_package(kind, distribution, release, name)
        yield _Claim(package, version, Provenance.GUESSED)


def _cpe_claims(names: Iterable[str], purl: Purl | None, version: str) -> Iterator[_Claim]:
    """Claim declared CPEs; hardware goes by that name alone, and a wildcard is none of anything."""
    for name in names:
        cpe = _parsed(name)
        package = package_of_cpe(cpe) if cpe else None
        if cpe is None or package is None:
            continue
        stated = cpe.stated_version or version or (purl.version if purl else "")
        if cpe.part == "h":
            yield _Claim(package, stated, Provenance.DECLARED)
            continue
        if purl and purl.type in distributions.SCHEMES:
            yield _Claim(package, distributions.upstream_version(stated), Provenance.GUESSED)
            continue
        folded = package_of_name(cpe.vendor, cpe.product) or ""
        product = product_of_package(package, stated) or product_of_package(folded, stated)
        plain = version_of_tag(stated, product.tag_names if product else (cpe.product,))
        yield _Claim(package, plain, Provenance.DECLARED)
        if purl and purl.type in ECOSYSTEMS:
            continue
        if folded.startswith("name:"):
            yield _Claim(folded, plain, Provenance.DERIVED)
            if folded.endswith("firmware"):  # records in words name the device, not its firmware
                yield _Claim(folded.removesuffix("firmware"), plain, Provenance.CURATED)
        yield from _product_claims(product, plain)


def _parsed(name: str) -> Cpe | None:
    try:
        return Cpe.parse(name)
    except Invalid:
        return None
