"""purl and CPE against published truth tables; every difference has its reason here."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packageurl import PackageURL

from longmark.core.identity import (
    Coordinate,
    Cpe,
    Provenance,
    canonical_purl,
    coordinates,
    package_of_purl,
    parse_purl,
)
from longmark.core.versions import compare

pytestmark = pytest.mark.corpus

BOUNDS = {
    "versionStartIncluding": (0, 1),
    "versionStartExcluding": (1,),
    "versionEndIncluding": (-1, 0),
    "versionEndExcluding": (-1,),
}
"""Columns of the match tables, and how a version inside must compare with them."""

PURL_DIFFERENCES = {
    ("pkg:deb/debian/sudo", "pkg:deb/debian/sudo@1.9.5?distro=debian-11"): (
        "a source without a release may mean any: for review"
    ),
    ("pkg:rpm/redhat/libsolv", "pkg:rpm/redhat/libsolv@0.7.24-3.el8"): (
        "a source without a release may mean any: for review"
    ),
    (
        "pkg:rpm/redhat/libsolv?distro=rhel-8",
        "pkg:rpm/redhat/libsolv@0.7.24-3.el8?distro=garbage",
    ): "the mark in the version tells the release",
}


def purl_cases(corpus: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((corpus / "truth" / "purl-spec").glob("*/*.json")):
        yield from json.loads(path.read_bytes())["tests"]


def is_answered_as_expected(case: dict[str, Any]) -> bool:
    purl, expected = case["input"], case["expected_output"]
    if isinstance(purl, dict):
        return built(purl) == expected
    if case["expected_failure"]:
        return canonical_purl(purl) is None
    if isinstance(expected, str):
        return canonical_purl(purl) == expected
    parsed = parse_purl(purl)
    return parsed is not None and parsed._asdict() == {
        **{field: value or "" for field, value in expected.items()},
        "qualifiers": tuple(sorted((expected["qualifiers"] or {}).items())),
    }


def built(parts: dict[str, Any]) -> str | None:
    """Return the canonical spelling of a purl that a library makes of its parts."""
    try:
        return canonical_purl(PackageURL(**parts).to_string())
    except ValueError:
        return None


def test_purls_read_and_print_as_the_specification_says(corpus: Path) -> None:
    cases = list(purl_cases(corpus))

    wrong = [case["input"] for case in cases if not is_answered_as_expected(case)]

    assert len(cases) > 300
    assert wrong == []


def rows_of(corpus: Path, name: str) -> list[dict[str, str]]:
    path = corpus / "truth" / "matching" / name
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def named(*, purl: str | None = None, cpes: tuple[str, ...] = ()) -> tuple[Coordinate, ...]:
    return coordinates(purl=purl, cpes=cpes, name="", version=None)


def is_within(coordinate: Coordinate, row: dict[str, str]) -> bool:
    """Tell whether a version lies within the bounds of a row; a missing one may be any."""
    return all(
        not row[column] or compare(coordinate.scheme, coordinate.version, row[column]) in signs
        for column, signs in BOUNDS.items()
        if coordinate.version
    )


def cpe_matches(row: dict[str, str]) -> bool:
    criterion, target = Cpe.parse(row["criterion"]), Cpe.parse(row["target"])
    if not criterion.admits(target):
        return False
    return all(is_within(one, row) for one in named(cpes=(row["target"],)))


def cpe_difference(row: dict[str, str]) -> str:
    """Say why our answer to a row of Dependency-Track's table differs, or nothing."""
    criterion, target = Cpe.parse(row["criterion"]), Cpe.parse(row["target"])
    if not (criterion.is_identity and target.is_identity):
        return "a wildcard or missing vendor or product identifies nothing"
    if "*" in criterion.vendor:
        return "a wildcard inside the vendor is matched as NISTIR 7696 says"
    return ""


def test_cpe_names_match_as_in_the_table_of_another_matcher(corpus: Path) -> None:
    rows = rows_of(corpus, "dependency-track-cpe-match.tsv")

    wrong = [row for row in rows if cpe_matches(row) != (row["expect_match"] == "true")]

    assert len(rows) > 40
    assert [row for row in wrong if not cpe_difference(row)] == []


def purl_matches(row: dict[str, str]) -> bool:
    criterion = parse_purl(row["criterion"])
    assert criterion
    package = package_of_purl(criterion)
    return any(
        is_within(one, row) and criterion.version in ("", one.version)
        for one in named(purl=row["target"])
        if one.package == package and one.provenance is not Provenance.GUESSED
    )


def test_purls_match_as_in_the_table_of_another_matcher(corpus: Path) -> None:
    rows = rows_of(corpus, "dependency-track-purl-match.tsv")

    wrong = [row for row in rows if purl_matches(row) != (row["expect_match"] == "true")]

    assert len(rows) > 20
    assert {(row["criterion"], row["target"]) for row in wrong} == set(PURL_DIFFERENCES)
