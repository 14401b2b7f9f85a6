"""What Buildroot knows of its packages: ``make show-info``, ``pkg-stats``, and the recipes.

The two JSON reports list CVEs that a recipe ignores, without saying why, so these only count as
*under investigation*. The reason stands in the recipe (``.mk``), by custom in the comment above
the assignment of ``…_IGNORE_CVES``: the name of a patch, or a sentence.
"""

import re
from collections.abc import Iterator
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_ASSERTIONS,
    Asserted,
    Assertion,
    Basis,
    FactKind,
    Facts,
    Named,
    reasoned,
    refuse_many,
    shortened,
)
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text

_IGNORES: Final = re.compile(r"^([A-Z0-9_]+)_IGNORE_CVES\s*\+?=\s*(.*)$")
_VERSION: Final = re.compile(r"^([A-Z0-9_]+)_VERSION\s*=\s*(\S+)\s*$")
_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,}")
_LISTS: Final = ("ignore_cves", "ignored_cves")
RECIPE: Final = re.compile(rb"^[A-Z0-9_]+_IGNORE_CVES\s*\+?=", re.MULTILINE)


def is_report(tree: JsonObject) -> bool:
    """Tell whether a document has the shape of ``show-info`` or ``pkg-stats``."""
    return any(
        isinstance(each, dict) and ("ignore_cves" in each or "ignored_cves" in each)
        for each in _packages(tree).values()
    )


def _packages(tree: JsonObject) -> JsonObject:
    packages = member(tree, "packages")
    return packages if isinstance(packages, dict) else tree


def read(tree: JsonObject) -> Facts:
    """Return what a report asserts: ignored, and nobody says why.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    assertions: list[Assertion] = []
    for key, package in _packages(tree).items():
        assertions += _of_package(key, package)
        refuse_many(len(assertions), MAX_ASSERTIONS, "issues")
    return Facts(FactKind.BUILDROOT, tool="Buildroot", assertions=tuple(assertions))


def _of_package(key: str, package: Json) -> Iterator[Assertion]:
    version = text(package, "version") or text(package, "current_version") or ""
    cpe = text(package, "cpe-id") or text(package, "cpeid")
    names = (text(package, "name") or key).removeprefix("host-")
    component = Named((names,), version, cpes=(cpe,) if cpe else ())
    for listed in _LISTS:
        for number, each in enumerate(members(package, listed)):
            if isinstance(each, str) and each:
                yield Assertion(
                    vulnerability=each,
                    status=Asserted.UNDER_INVESTIGATION,
                    basis=Basis.EXCLUSION,
                    pointer=f"{key}.{listed}[{number}]",
                    component=component,
                )


def read_recipes(content: str) -> Facts:
    """Return what one or many recipes ignore, with the comment above as the reason.

    Assignments that follow each other share a comment; any other line ends it.

    Raises:
        FactsInvalid: they make more assertions than are read.
    """
    assertions: list[Assertion] = []
    versions: dict[str, str] = {}
    comment: list[str] = []
    is_comment = False
    for number, line in enumerate(content.splitlines(), start=1):
        was_comment, is_comment = is_comment, line.startswith("#")
        if is_comment:
            comment = [*(comment if was_comment else ()), line.lstrip("# ").strip()]
        elif found := _IGNORES.match(line):
            version = versions.get(found[1], "")
            assertions += _ignored(found[1], version, found[2], " ".join(comment), number)
            refuse_many(len(assertions), MAX_ASSERTIONS, "issues")
        else:
            comment = []
            versions.update(_VERSION.findall(line))
    return Facts(FactKind.BUILDROOT, tool="Buildroot", assertions=tuple(assertions))


def _ignored(
    prefix: str, version: str, listed: str, comment: str, line: int
) -> Iterator[Assertion]:
    name = prefix.lower().replace("_", "-")
    stated = version if "$" not in version else ""
    is_patch = ".patch" in comment
    status = Asserted.FIXED if is_patch else reasoned(Asserted.NOT_AFFECTED, comment)
    for cve in _CVE.findall(listed):
        yield Assertion(
            vulnerability=cve,
            status=status,
            basis=Basis.PATCH if is_patch else Basis.EXCLUSION,
            pointer=f"line {line}",
            component=Named((name, prefix.lower()), stated),
            detail=shortened(comment),
        )
