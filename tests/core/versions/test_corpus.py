"""The order of versions against published truth tables; every difference has its reason here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from longmark.core.versions import Scheme, Unkeyable, compare, key

pytestmark = pytest.mark.corpus

TABLES = {
    "osv-semantic/alpine-versions.txt": Scheme.APK,
    "univers/alpine_test.txt": Scheme.APK,
    "osv-semantic/debian-versions.txt": Scheme.DPKG,
    "osv-semantic/debian-versions-generated.txt": Scheme.DPKG,
    "osv-semantic/maven-versions.txt": Scheme.MAVEN,
    "osv-semantic/pypi-versions.txt": Scheme.PEP440,
    "osv-semantic/rubygems-versions.txt": Scheme.GEM,
    "osv-semantic/rubygems-versions-generated.txt": Scheme.GEM,
    "osv-semantic/semver-versions.txt": Scheme.SEMVER,
    "osv-semantic/pub-versions.txt": Scheme.SEMVER,
}
MAVEN_RELEASES_DISAGREE = {("1-1", "1-ga-1"), ("1-1.foo-bar-1-baz-0.1", "1-1.foo-bar1baz-.1")}
LINE = re.compile(r"(\S+) ([<>=]) (\S+)")


def comparisons(path: Path) -> Iterator[tuple[str, str, str]]:
    for line in path.read_text("utf-8").splitlines():
        found = LINE.fullmatch(line.split("//")[0].split("#")[0].strip())
        if found:
            yield found[1], found[2], found[3]


def disagrees(scheme: Scheme, left: str, sign: str, right: str) -> bool:
    """Tell whether our answer differs; what has no key is not answered at all."""
    try:
        return "<=>"[compare(scheme, left, right) + 1] != sign
    except Unkeyable:
        return False


def is_explained(scheme: Scheme, left: str, right: str) -> bool:
    """Semantic Versioning ignores build metadata, which Dart's pub compares."""
    if scheme is Scheme.SEMVER:
        return "+" in left + right
    return (left, right) in MAVEN_RELEASES_DISAGREE


@pytest.mark.parametrize(("table", "scheme"), TABLES.items())
def test_every_row_of_a_truth_table_holds(corpus: Path, table: str, scheme: Scheme) -> None:
    rows = list(comparisons(corpus / "truth" / "versions" / table))

    differing = [row for row in rows if disagrees(scheme, *row)]

    assert len(rows) > 20
    assert [row for row in differing if not is_explained(scheme, row[0], row[2])] == []


def test_the_alpine_vectors_of_the_vers_specification_hold(corpus: Path) -> None:
    path = corpus / "truth" / "versions" / "vers-spec" / "alpine_version_cmp_test.json"
    for case in json.loads(path.read_bytes())["tests"]:
        keys = [key(Scheme.APK, version) for version in case["input"]["versions"]]
        if case["test_type"] == "equality":
            assert (keys[0] == keys[1]) == case["expected_output"]
        else:
            assert sorted(keys) == [key(Scheme.APK, each) for each in case["expected_output"]]
