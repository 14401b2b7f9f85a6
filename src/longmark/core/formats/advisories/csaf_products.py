"""Products of a CSAF document: the tree, names outside of it, and what is part of what.

Walking the branches gathers vendor, family, name, version or range; helpers add purls and CPE
names. A relationship makes a new product: one side is the component, the other what it is part of
or installed on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from longmark.core.formats.advisories.reading import RecordInvalid

MAX_DEPTH: Final = 40  # branches within branches; genuine ones have five
MAX_PRODUCTS: Final = 100_000
MAX_CHAIN: Final = 8  # relationships within relationships

_SUFFIXES: Final = frozenset(("patch_level", "service_pack"))


class Helper(msgspec.Struct):
    """Ways to identify a product."""

    cpe: str | None = None
    purl: str | None = None
    purls: list[str] | None = None
    model_numbers: list[str] | None = None
    skus: list[str] | None = None


class FullName(msgspec.Struct):
    """A product with its id in the document."""

    product_id: str
    name: str = ""
    helper: Helper | None = msgspec.field(default=None, name="product_identification_helper")


class Branch(msgspec.Struct):
    """A node of the tree."""

    category: str = ""
    name: str = ""
    branches: list["Branch"] | None = None
    product: FullName | None = None


class Relationship(msgspec.Struct):
    """Two products that make a third (CSAF 2.0)."""

    product_reference: str
    relates_to_product_reference: str
    full_product_name: FullName
    category: str = "default_component_of"


class Subpath(msgspec.Struct):
    """One step of a product path."""

    next_product_reference: str
    category: str = "default_component_of"


class ProductPath(msgspec.Struct):
    """A product and what it is part of, step by step (CSAF 2.1)."""

    beginning_product_reference: str
    full_product_name: FullName
    subpaths: list[Subpath] = []


class Group(msgspec.Struct):
    """Products under one id."""

    group_id: str
    product_ids: list[str] = []


class Tree(msgspec.Struct):
    """The products of a document."""

    branches: list[Branch] | None = None
    full_product_names: list[FullName] | None = None
    product_groups: list[Group] | None = None
    relationships: list[Relationship] | None = None
    product_paths: list[ProductPath] | None = None


@dataclass(frozen=True)
class Parent:
    """What a product is part of, or installed on."""

    category: str
    product: "Product"


@dataclass(frozen=True)
class Product:
    """A product as its document names it; version or range may be missing."""

    id: str
    vendor: str = ""
    family: str = ""
    name: str = ""
    title: str = ""
    version: str | None = None
    range: str | None = None
    purls: tuple[str, ...] = ()
    cpes: tuple[str, ...] = ()
    has_models: bool = False
    parents: tuple[Parent, ...] = ()

    @property
    def wording(self) -> str:
        """Return the words of vendor and product."""
        words = f"{self.vendor} {self.name or self.family}".strip() or self.title
        return " ".join(words.split())[:250]


@dataclass
class _Place:
    """What the branches above a node say."""

    said: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


def products_of(tree: Tree) -> dict[str, Product]:
    """Return the products of a document by their ids.

    Raises:
        RecordInvalid: the tree is deeper or larger than any honest one.
    """
    found: dict[str, Product] = {}
    for branch in tree.branches or ():
        for product in _walked(branch, _Place(), 0):
            _add(found, product)
    for name in tree.full_product_names or ():
        _add(found, _product(name, _Place()))
    for relationship in tree.relationships or ():
        steps = [(relationship.category, relationship.relates_to_product_reference)]
        _add_composite(found, relationship.product_reference, steps, relationship.full_product_name)
    for path in tree.product_paths or ():
        steps = [(one.category, one.next_product_reference) for one in path.subpaths]
        _add_composite(found, path.beginning_product_reference, steps, path.full_product_name)
    return found


def groups_of(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Return the product ids of each group."""
    return {one.group_id: tuple(one.product_ids) for one in tree.product_groups or ()}


def vendor_count(tree: Tree) -> int:
    """Return how many vendors a document is about."""
    names = {one.name.strip().lower() for one in tree.branches or () if one.category == "vendor"}
    return len(names)


def _add(found: dict[str, Product], product: Product) -> None:
    if len(found) >= MAX_PRODUCTS:
        raise RecordInvalid("The document has more than {limit} products.", limit=MAX_PRODUCTS)
    found.setdefault(product.id, product)


def _walked(branch: Branch, above: _Place, depth: int) -> Iterator[Product]:
    if depth > MAX_DEPTH:
        raise RecordInvalid("The products are nested more than {limit} deep.", limit=MAX_DEPTH)
    suffix = f"{above.suffix} {branch.name}" if branch.category in _SUFFIXES else above.suffix
    here = _Place({**above.said, branch.category: branch.name}, suffix)
    if branch.product:
        yield _product(branch.product, here)
    for inner in branch.branches or ():
        yield from _walked(inner, here, depth + 1)


def _product(named: FullName, place: _Place) -> Product:
    helper = named.helper or Helper()
    version = place.said.get("product_version")
    return Product(
        id=named.product_id,
        vendor=place.said.get("vendor", "").strip(),
        family=place.said.get("product_family", "").strip(),
        name=place.said.get("product_name", "").strip(),
        title=named.name,
        version=f"{version}{place.suffix}" if version else place.suffix.strip() or None,
        range=place.said.get("product_version_range"),
        purls=tuple(filter(None, (helper.purl, *(helper.purls or ())))),
        cpes=(helper.cpe,) if helper.cpe else (),
        has_models=bool(helper.model_numbers or helper.skus),
    )


def _add_composite(
    found: dict[str, Product], reference: str, steps: list[tuple[str, str]], named: FullName
) -> None:
    """Add the component of a relationship, in what it is part of; unknown ids add nothing."""
    component = found.get(reference)
    if component is None:
        return
    around = tuple(Parent(kind, found[other]) for kind, other in steps if other in found)
    own = _product(named, _Place())
    parents = (*component.parents, *around)[:MAX_CHAIN]
    _add(
        found,
        replace(
            component,
            id=named.product_id,
            parents=parents,
            purls=own.purls or component.purls,
            cpes=own.cpes or component.cpes,
        ),
    )
