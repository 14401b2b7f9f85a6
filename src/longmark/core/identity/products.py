"""Products that go by several names, read from ``products.toml``: the curated alias table.

Whoever knows one name of such a product (a CPE, a repository, a purl's name, the words of a CVE
record) knows the others through here. Some names were used for two lines of versions; then the
version decides which product is meant, and if none is stated, the names stay apart.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from longmark.core.identity.words import fold, folded_pairs
from longmark.core.versions import Scheme, Unkeyable, is_unstated, key

ALIASES_VERSION: Final = 5
"""Raised whenever the table changes: coordinates derived by an older one are derived again."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product identity with every package key that speaks of it."""

    id: str
    scheme: Scheme
    tag_names: tuple[str, ...]
    cpe_packages: tuple[str, ...]
    name_package: str
    git_package: str
    first_version: str = ""
    version_limit: str = ""

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the keys of this product: mirrors and old spellings lead to one of these."""
        return tuple(filter(None, (*self.cpe_packages, self.name_package, self.git_package)))

    def has_line_of(self, version: str) -> bool:
        """Tell whether a version lies in this product's line."""
        if not self.first_version or is_unstated(version):
            return True
        try:
            place = key(self.scheme, version)
        except Unkeyable:
            return False
        return key(self.scheme, self.first_version) <= place < key(self.scheme, self.version_limit)


@lru_cache(maxsize=1 << 14)
def product_named(name: str, version: str) -> Product | None:
    """Return the product with a bare name, if the version lies in its line."""
    return _in_line(_index()[0].get(fold(name), ()), version)


@lru_cache(maxsize=1 << 14)
def product_of_source(source: str, version: str) -> Product | None:
    """Return the product that a distribution's source package packs."""
    return _in_line(_index()[1].get(source, ()), version)


@lru_cache(maxsize=1 << 14)
def product_of_package(package: str, version: str) -> Product | None:
    """Return the product that a CPE, repository or folded-name key belongs to."""
    return _in_line(_index()[2].get(package, ()), version)


@lru_cache(maxsize=1 << 14)
def any_product_of(package: str) -> Product | None:
    """Return the first product that a key belongs to, whatever its line of versions."""
    return next(iter(_index()[2].get(package, ())), None)


def product_with_id(identifier: str) -> Product | None:
    """Return the product that the table knows under an id.

    >>> product_with_id("curl").cpe_packages[0]
    'cpe:haxx:curl'
    """
    return _by_id().get(identifier)


@cache
def _by_id() -> Mapping[str, Product]:
    return {product.id: product for found in _index()[2].values() for product in found}


@cache
def products() -> tuple[Product, ...]:
    """Return every product of the table."""
    found = {one.id: one for some in _index()[2].values() for one in some}
    return tuple(found.values())


def _in_line(candidates: tuple[Product, ...], version: str) -> Product | None:
    return next((product for product in candidates if product.has_line_of(version)), None)


Index = Mapping[str, tuple[Product, ...]]


@cache
def _index() -> tuple[Index, Index, Index]:
    """Return products by bare name, by source package and by package key."""
    by_name: dict[str, list[Product]] = defaultdict(list)
    by_source: dict[str, list[Product]] = defaultdict(list)
    by_package: dict[str, list[Product]] = defaultdict(list)
    table = tomllib.loads(files(__package__).joinpath("products.toml").read_text("utf-8"))
    for name, row in table.items():
        product = _product(name, row)
        for bare in row["names"]:
            by_name[bare].append(product)
        for source in row.get("sources", row["names"]):
            by_source[source].append(product)
        for package in _all_packages(name, row):
            by_package[package].append(product)
    return _frozen(by_name), _frozen(by_source), _frozen(by_package)


def _frozen(index: dict[str, list[Product]]) -> Index:
    return {name: tuple(products) for name, products in index.items()}


def _all_packages(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every key that leads to a product, those of mirrors and old spellings included."""
    return (
        *(f"cpe:{pair}" for pair in row["cpes"]),
        *(f"git:{repository}" for repository in row.get("repositories", ())),
        *(f"name:{pair}" for pair in _folded_pairs(row)),
        *(f"generic:{bare}" for bare in {name, *row["names"]}),
    )


def _folded_pairs(row: Mapping[str, Any]) -> tuple[str, ...]:
    spoken = [*row.get("vendors", ()), *row["cpes"]]
    return tuple(dict.fromkeys(folded_pairs(*pair.split(":", 1))[0] for pair in spoken))


def _product(name: str, row: Mapping[str, Any]) -> Product:
    repositories = row.get("repositories", ())
    stems = (repository.rpartition("/")[2] for repository in repositories)
    return Product(
        id=name,
        scheme=Scheme(row.get("scheme", Scheme.GENERIC)),
        tag_names=tuple(dict.fromkeys([name, *row["names"], *stems])),
        cpe_packages=tuple(f"cpe:{pair}" for pair in row["cpes"]),
        name_package=f"name:{_folded_pairs(row)[0]}",
        git_package=f"git:{repositories[0]}" if repositories else "",
        first_version=row.get("from", ""),
        version_limit=row.get("below", ""),
    )
