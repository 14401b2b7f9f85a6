"""What a CSAF document says that cannot be so: told beside what is read of it, never refused.

Publishers' documents contradict themselves now and then. The first definition of a product counts,
what points to nothing adds nothing; whoever relies on the document is told where.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from longmark.core.formats.advisories.csaf_products import Branch, FullName, Tree
from longmark.core.formats.advisories.csaf_versions import is_range
from longmark.core.formats.advisories.records import Defect
from longmark.core.identity.cpe import is_cpe
from longmark.core.identity.purl import parse_purl

SHOWN: Final = 80  # characters of what is wrong
_TREE: Final = "/product_tree"
_MEANINGS: Final = {
    "first_affected": "affected",
    "known_affected": "affected",
    "last_affected": "affected",
    "known_not_affected": "not affected",
    "first_fixed": "fixed",
    "fixed": "fixed",
    "under_investigation": "under investigation",
}


def tree_defects(tree: Tree) -> Iterator[Defect]:
    """Yield what is wrong with the products of a document."""
    yield from _range_defects(tree)
    named = list(_named(tree))
    known: set[str] = set()
    for pointer, name in named:
        if name.product_id in known:
            yield Defect(pointer, f"{_shown(name.product_id)} is defined twice; the first counts.")
        known.add(name.product_id)
        yield from _name_defects(pointer, name)
    for pointer, references in _references(tree):
        yield from unknown(references, known, pointer)
    groups: set[str] = set()
    for number, group in enumerate(tree.product_groups or ()):
        if group.group_id in groups:
            pointer = f"{_TREE}/product_groups/{number}"
            yield Defect(pointer, f"{_shown(group.group_id)} is defined twice; the last counts.")
        groups.add(group.group_id)


def unknown(
    references: Iterable[str], known: Container[str], pointer: str, kind: str = "product"
) -> Iterator[Defect]:
    """Yield which references lead to nothing in the document."""
    for reference in dict.fromkeys(references):
        if reference not in known:
            yield Defect(pointer, f"{_shown(reference)} is no {kind} of the document.")


def status_defects(statuses: Mapping[str, Sequence[str]], pointer: str) -> Iterator[Defect]:
    """Yield which products have two statuses that exclude each other."""
    said: dict[str, str] = {}
    for status, products in statuses.items():
        meaning = _MEANINGS.get(status)
        for product in dict.fromkeys(products) if meaning else ():
            other = said.setdefault(product, meaning or "")
            if other != meaning:
                reason = f"{_shown(product)} is said to be {other} and {meaning}."
                yield Defect(f"{pointer}/{status}", reason)


def _range_defects(tree: Tree) -> Iterator[Defect]:
    """Yield where the first range stands in the place of a version, and how many more do."""
    found = [
        (pointer, branch.name)
        for pointer, branch in _branches(tree)
        if branch.category == "product_version" and is_range(branch.name)
    ]
    if found:
        (pointer, name), others = found[0], len(found) - 1
        more = f" So are {others:,} more." if others else ""
        reason = f"{_shown(name)} is a range where one version should stand; it is read as a range."
        yield Defect(f"{pointer}/name", reason + more)


def _branches(tree: Tree) -> Iterator[tuple[str, Branch]]:
    """Yield every node of the tree, with its place."""
    pending = [(f"{_TREE}/branches", tree.branches or [])]
    while pending:
        pointer, branches = pending.pop()
        for number, branch in enumerate(branches):
            yield f"{pointer}/{number}", branch
            if branch.branches:
                pending.append((f"{pointer}/{number}/branches", branch.branches))


def _named(tree: Tree) -> Iterator[tuple[str, FullName]]:
    """Yield every definition of a product, with its place."""
    for pointer, branch in _branches(tree):
        if branch.product:
            yield f"{pointer}/product", branch.product
    for number, name in enumerate(tree.full_product_names or ()):
        yield f"{_TREE}/full_product_names/{number}", name
    for number, relationship in enumerate(tree.relationships or ()):
        pointer = f"{_TREE}/relationships/{number}/full_product_name"
        yield pointer, relationship.full_product_name
    for number, path in enumerate(tree.product_paths or ()):
        yield f"{_TREE}/product_paths/{number}/full_product_name", path.full_product_name


def _references(tree: Tree) -> Iterator[tuple[str, list[str]]]:
    """Yield what the tree says of products that stand elsewhere in it, with its place."""
    for number, one in enumerate(tree.relationships or ()):
        yield (
            f"{_TREE}/relationships/{number}",
            [one.product_reference, one.relates_to_product_reference],
        )
    for number, path in enumerate(tree.product_paths or ()):
        steps = [each.next_product_reference for each in path.subpaths]
        yield f"{_TREE}/product_paths/{number}", [path.beginning_product_reference, *steps]
    for number, group in enumerate(tree.product_groups or ()):
        yield f"{_TREE}/product_groups/{number}", group.product_ids


def _name_defects(pointer: str, name: FullName) -> Iterator[Defect]:
    """Yield which names of a product are none, so that nothing is matched by them."""
    helper = name.helper
    if helper is None:
        return
    place = f"{pointer}/product_identification_helper"
    for purl in chain(filter(None, [helper.purl]), helper.purls or ()):
        if parse_purl(purl) is None:
            yield Defect(place, f"{_shown(purl)} is no package URL; nothing is matched by it.")
    if helper.cpe and not is_cpe(helper.cpe):
        yield Defect(place, f"{_shown(helper.cpe)} is no CPE name; nothing is matched by it.")


def _shown(text: str) -> str:
    return f"'{text[:SHOWN]}'"
