"""purl and CPE against published test tables; every difference has its reason here."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from longmark.core.identity import Cpe, canonical_purl, parse_purl

pytestmark = pytest.mark.corpus

# Types that packageurl-python does not fold or check; nothing is matched under them.
UNCHECKED_TYPES = ("pkg:brew/", "pkg:chrome-extension/", "pkg:mlflow/")


def purl_cases(corpus: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((corpus / "truth" / "purl-spec").glob("*/*.json")):
        yield from json.loads(path.read_bytes())["tests"]


def is_answered_as_expected(case: dict[str, Any]) -> bool:
    purl, expected = case["input"], case["expected_output"]
    if case["expected_failure"]:
        return canonical_purl(purl) is None
    if isinstance(expected, str):
        return canonical_purl(purl) == expected
    parsed = parse_purl(purl)
    return parsed is not None and parsed._asdict() == {
        **{field: value or "" for field, value in expected.items()},
        "qualifiers": tuple(sorted((expected["qualifiers"] or {}).items())),
    }


def test_purls_read_and_print_as_the_specification_says(corpus: Path) -> None:
    cases = [case for case in purl_cases(corpus) if isinstance(case["input"], str)]

    wrong = [case["input"] for case in cases if not is_answered_as_expected(case)]

    assert len(cases) > 200
    assert [purl for purl in wrong if not purl.startswith(UNCHECKED_TYPES)] == []


def explanation(row: dict[str, str]) -> str:
    """Say why our answer to a row of Dependency-Track's table differs, or nothing."""
    criterion, target = Cpe.parse(row["criterion"]), Cpe.parse(row["target"])
    if not (criterion.is_identity and target.is_identity):
        return "a wildcard or missing vendor or product identifies nothing"
    if "*" in criterion.vendor:
        return "a wildcard inside the vendor is matched as NISTIR 7696 says"
    return ""


def test_cpe_names_match_as_in_the_table_of_another_matcher(corpus: Path) -> None:
    path = corpus / "truth" / "matching" / "dependency-track-cpe-match.tsv"
    with path.open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if not has_bounds(row)]

    wrong = [row for row in rows if is_match(row) != (row["expect_match"] == "true")]

    assert len(rows) > 40
    assert [row["criterion"] for row in wrong if not explanation(row)] == []


def has_bounds(row: dict[str, str]) -> bool:
    return any(value for name, value in row.items() if name.startswith("version"))


def is_match(row: dict[str, str]) -> bool:
    return Cpe.parse(row["criterion"]).admits(Cpe.parse(row["target"]))
