"""The order of versions against published truth sets; every difference has its reason here.

The text tables hold one comparison a line (``1.0 < 1.1``), the JSON ones tests of the schema of the
vers specification: `comparison` (what sorting must give) and `equality`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cmp_to_key, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from longmark.core.versions import (
    NotVers,
    Scheme,
    Unkeyable,
    compare,
    parse_vers,
    read_vers,
    vers_of_native,
)

pytestmark = pytest.mark.corpus

Row = tuple[str, str, str]

TABLES = {
    "osv-semantic/alpine-versions.txt": Scheme.APK,
    "osv-semantic/cran-versions.txt": Scheme.CRAN,
    "osv-semantic/debian-versions-generated.txt": Scheme.DPKG,
    "osv-semantic/debian-versions.txt": Scheme.DPKG,
    "osv-semantic/maven-versions.txt": Scheme.MAVEN,
    "osv-semantic/packagist-versions.txt": Scheme.COMPOSER,
    "osv-semantic/pub-versions.txt": Scheme.PUB,
    "osv-semantic/pypi-versions.txt": Scheme.PEP440,
    "osv-semantic/rubygems-versions-generated.txt": Scheme.GEM,
    "osv-semantic/rubygems-versions.txt": Scheme.GEM,
    "osv-semantic/semver-versions.txt": Scheme.SEMVER,
    "univers/alpine_test.txt": Scheme.APK,
}

VECTORS = [
    "univers/schema/deb_version_python_pkg_test.json",
    "vers-spec/alpine_version_cmp_test.json",
    "vers-spec/alpm_version_cmp_test.json",
    "vers-spec/conan_version_cmp_test.json",
    "vers-spec/lexicographic-test.json",
]

RANGES = [
    "univers/schema/range/npm_range_containment.json",
    "univers/schema/range/pypi_range_containment.json",
    "univers/schema/range/pypi_range_roundtrip.json",
    "vers-spec/npm_range_containment_test.json",
    "vers-spec/pypi_range_containment_test.json",
    "vers-spec/pypi_range_validate_test.json",
    "vers-spec/vers_canonical_parse_test.json",
]

NATIVES = {
    "univers/npm_advisory.json": 885,
    "univers/schema/range/gitlab/npm_gitlab_range_from_native.json": 533,
    "univers/schema/range/gitlab/pypi_gitlab_range_from_native.json": 122,
    "univers/schema/range/nginx_range_from_native.json": 8,
    "univers/schema/range/npm_range_from_native.json": 897,
    "univers/schema/range/pypi_range_from_native.json": 3,
    "vers-spec/nginx_range_from_native_test.json": 4,
    "vers-spec/npm_range_from_native_test.json": 491,
    "vers-spec/pypi_range_from_native_test.json": 3,
}

NEEDLESS = "the same set of versions; the table keeps bounds that others make needless"
PARTIAL = "npm: a number that is missing stands for any, so 1.0.5 is up to 1.0"
LOWER_ONLY = "npm: >= bounds below only, whatever stands for any"
NATIVE_DIFFERENCES: Mapping[str, tuple[str, str]] = {
    "<= 1.0": ("vers:npm/<1.1.0", PARTIAL),
    "<=1.0": ("vers:npm/<1.1.0", PARTIAL),
    "<=3.3": ("vers:npm/<3.4.0", PARTIAL),
    "<=2.1 >=1.1": ("vers:npm/>=1.1.0|<2.2.0", PARTIAL),
    "2.1 || 2.6": ("vers:npm/>=2.1.0|<2.2.0|>=2.6.0|<2.7.0", PARTIAL),
    ">= 1.x": ("vers:npm/>=1.0.0", LOWER_ONLY),
    ">= 2.2.x": ("vers:npm/>=2.2.0", LOWER_ONLY),
    ">=5.0.3 >=4.2.1": ("vers:npm/>=5.0.3", "npm: both bounds hold, the table takes either"),
    "1.1.2 1.2.2": ("vers:none/*", "npm: no version is both, the table takes either"),
    ">= 0.2.0 <= 0.9.6 || ~0.8.0-pre": (
        "vers:npm/>=0.2.0|<=0.9.6",
        "npm: a tilde keeps 0.8, which the first alternative holds whole",
    ),
    "^2.0.18 || ^3.0.16 || ^3.1.6 || ^4.0.8 || ^5.0.0-beta.5": (
        "vers:npm/>=2.0.18|<3.0.0|>=3.0.16|<4.0.0|>=4.0.8|<6.0.0",
        NEEDLESS,
    ),
    "<2.0.18 || <3.0.16 || <3.1.6 || <4.0.8 || <5.0.0-beta.5": (
        "vers:npm/<5.0.0-beta.5",
        NEEDLESS,
    ),
    "<2.0.1 || <1.1.7": ("vers:npm/<2.0.1", NEEDLESS),
    "<=1.0.2||<2.3.10": ("vers:npm/<2.3.10", NEEDLESS),
    "2.0.x || 2.1.x": ("vers:npm/>=2.0.0|<2.2.0", NEEDLESS),
    ">= 5.2.1 <= 6.0.0 || >=6.0.0 <= 6.0.2": ("vers:npm/>=5.2.1|<=6.0.2", NEEDLESS),
    "1.5.0+, 1.4.1+": ("vers:nginx/>=1.4.1", NEEDLESS),
}
"""What we make of native ranges where it is not what the tables say, and why."""

SCHEMES = {"apk": Scheme.APK, "deb": Scheme.DPKG}
"""Names that the vectors give to schemes, where they are not ours."""

DIFFERENCES: Mapping[Row, str] = {
    ("1.0.0", ">", "1.0"): "Composer fills up to four numbers, PHP's own function does not",
    (
        "1-1",
        "=",
        "1-ga-1",
    ): "Maven 3.9 puts the empty qualifier before the number; older ones drop it",
    ("1-1.foo-bar-1-baz-0.1", "=", "1-1.foo-bar1baz-.1"): "Maven 3.9 joins words with their digits",
}

_LINE = re.compile(r"(\S+) ([<>=]) (\S+)")
_REMARK = re.compile(r"^#.*|^//.*|\s+(?://|#\s).*")


def comparisons(path: Path) -> Iterator[Row]:
    for line in path.read_text("utf-8").splitlines():
        found = _LINE.fullmatch(_REMARK.sub("", line).strip())
        if found:
            yield found[1], found[2], found[3]


def vectors(path: Path) -> list[Mapping[str, Any]]:
    content = json.loads(path.read_bytes())
    tests: list[Mapping[str, Any]] = content["tests"] if isinstance(content, dict) else content
    return tests


def holds(case: Mapping[str, Any]) -> bool:
    name, texts = case["input"]["input_scheme"], case["input"]["versions"]
    order = partial(compare, SCHEMES.get(name) or Scheme(name))
    if case["test_type"] == "equality":
        return all(order(*pair) == 0 for pair in pairwise(texts)) is case["expected_output"]
    expected: list[str] = case["expected_output"]
    return sorted(texts, key=cmp_to_key(order)) == expected


def range_holds(case: Mapping[str, Any]) -> bool:
    given, expected = case["input"], case.get("expected_output")
    if case["test_type"] == "containment":
        return (given["version"] in read_vers(given["vers"])) is expected
    if case["test_type"] in ("roundtrip", "validate"):
        return str(read_vers(given["vers"] if isinstance(given, dict) else given)) == expected
    try:
        found = parse_vers(given)
    except NotVers:
        return bool(case["expected_failure"])
    constraints = [[each.sign.value, each.version] for each in found.constraints]
    return {"scheme": found.type, "version_constraints": constraints} == expected


def native_cases(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield kind, native range and the range that the table makes of it."""
    for case in vectors(path):
        if "npm_native" in case:
            yield case["scheme"], case["npm_native"], case["expected_vers"]
        else:
            given = case["input"]
            yield given["scheme"], given["native_range"], case["expected_output"]


def answer(scheme: Scheme, row: Row) -> str:
    """Return the sign that we put between two versions."""
    try:
        return "<=>"[compare(scheme, row[0], row[2]) + 1]
    except Unkeyable:
        return "no order"


@pytest.mark.parametrize(("table", "scheme"), TABLES.items())
def test_every_row_of_a_truth_table_holds(corpus: Path, table: str, scheme: Scheme) -> None:
    rows = list(comparisons(corpus / "truth" / "versions" / table))

    differing = [(row, answer(scheme, row)) for row in rows if answer(scheme, row) != row[1]]

    assert len(rows) > 20
    assert [each for each in differing if each[0] not in DIFFERENCES] == []


@pytest.mark.parametrize("name", VECTORS)
def test_every_vector_of_the_vers_schema_holds(corpus: Path, name: str) -> None:
    cases = vectors(corpus / "truth" / "versions" / name)

    assert len(cases) > 5
    assert [case for case in cases if not holds(case)] == []


@pytest.mark.parametrize("name", RANGES)
def test_every_range_of_the_vers_schema_is_read(corpus: Path, name: str) -> None:
    cases = vectors(corpus / "truth" / "versions" / name)

    assert cases
    assert [case for case in cases if not range_holds(case)] == []


def test_every_explained_difference_still_differs(corpus: Path) -> None:
    found = {
        row
        for table, scheme in TABLES.items()
        for row in comparisons(corpus / "truth" / "versions" / table)
        if row in DIFFERENCES and answer(scheme, row) != row[1]
    }

    assert found == set(DIFFERENCES)


@pytest.mark.parametrize(("name", "count"), NATIVES.items())
def test_every_native_range_becomes_what_the_table_says(
    corpus: Path, name: str, count: int
) -> None:
    cases = list(native_cases(corpus / "truth" / "versions" / name))

    differing = {
        (native, found)
        for kind, native, expected in cases
        if (found := str(vers_of_native(kind, native))) != expected
    }
    explained = {(native, found) for native, (found, _) in NATIVE_DIFFERENCES.items()}
    assert len(cases) == count
    assert differing <= explained


def test_every_explained_native_range_still_differs(corpus: Path) -> None:
    found = {
        native
        for name in NATIVES
        for kind, native, expected in native_cases(corpus / "truth" / "versions" / name)
        if str(vers_of_native(kind, native)) != expected
    }

    assert found == set(NATIVE_DIFFERENCES)
