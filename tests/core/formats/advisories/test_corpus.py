"""Real public records: all are read, and what is not used of them is accounted for."""

import tarfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson
import pytest

from longmark.core.formats import cvss
from longmark.core.formats.advisories import archives, cve5, epss, kev, nvd, osv
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord, Status
from longmark.core.versions import Scheme, key

pytestmark = pytest.mark.corpus

READERS = {"osv": osv.read, "nvd": nvd.read, "cve5": cve5.read}
ECOSYSTEMS = {
    "AlmaLinux": 4504, "Bitnami": 6658, "CRAN": 10, "GIT": 116, "Go": 3890, "Hackage": 33,
    "OSS-Fuzz": 3620, "PyPI": 2379, "crates.io": 1075,
}  # fmt: skip
YEARS = {2002: 6091, 2008: 6456, 2025: 11253}


def records(path: Path, kind: str) -> Iterator[AdvisoryRecord | RecordInvalid]:
    with path.open("rb") as file:
        is_feed = kind == "nvd" and not archives.is_archive(file)
        for member in archives.entries(file) if is_feed else archives.members(file):
            try:
                yield READERS[kind](member.content)
            except RecordInvalid as invalid:
                yield invalid


def counted(path: Path, kind: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for record in records(path, kind):
        if isinstance(record, RecordInvalid):
            found["refused"] += 1
            continue
        found["read"] += 1
        found["statements"] += len(record.statements)
        found["defects"] += len(record.defects)
        for statement in record.statements:
            assert statement.ranges or statement.exact
            assert all(one.low < one.high for one in statement.ranges)
            assert not any(one.status is Status.NOT_AFFECTED for one in statement.ranges)
    return found


@pytest.mark.parametrize(("ecosystem", "count"), ECOSYSTEMS.items())
def test_every_osv_record_is_read(corpus, ecosystem, count):
    found = counted(corpus / "osv" / ecosystem / "all.zip", "osv")

    assert (found["read"], found["refused"]) == (count, 0)
    assert found["statements"] >= count * 0.95


@pytest.mark.parametrize("year", YEARS)
def test_every_nvd_entry_of_a_feed_is_read(corpus, year):
    found = counted(corpus / "nvd" / "feeds-2.0" / f"nvdcve-2.0-{year}.json.xz", "nvd")

    assert (found["read"], found["refused"]) == (YEARS[year], 0)
    assert found["defects"] < 0.02 * found["statements"]


def test_genuine_nvd_answers_are_read(corpus):
    for path in sorted((corpus / "nvd" / "genuine-2.0" / "osv-dev").glob("*.json")):
        found = counted(path, "nvd")
        assert found["read"] and not found["refused"], path.name


@pytest.mark.parametrize("archive", ["vulnrichment/2023-a.tar.xz", "linux-cna/2019-2022.tar.xz"])
def test_every_cve_record_is_read(corpus, archive):
    found = counted(corpus / "cve5" / archive, "cve5")

    assert found["read"] > 1_000
    assert found["refused"] == 0


def test_drafts_of_the_kernel_that_have_no_id_are_refused(corpus):
    read = list(records(corpus / "cve5" / "linux-cna" / "rejected.tar.xz", "cve5"))

    reasons = Counter(str(one) for one in read if isinstance(one, RecordInvalid))
    assert [(count, "cveId" in reason) for reason, count in reasons.items()] == [(266, True)]


def test_kernel_records_state_one_line_of_versions_each(corpus):
    path = corpus / "cve5" / "linux-cna" / "2023.tar.xz"

    for record in islice(records(path, "cve5"), 300):
        assert isinstance(record, AdvisoryRecord)
        assert {one.package for one in record.statements} <= {"cpe:linux:linux_kernel"}


def test_every_edition_of_kev_is_read(corpus):
    editions = {"2024.10.22": 1199, "2025.06.10": 1364, "2025.07.28": 1391}

    for version, count in editions.items():
        folder = corpus / "kev" / version
        catalogue = kev.read((folder / "known_exploited_vulnerabilities.json").read_bytes())
        assert (catalogue.version, len(catalogue.entries)) == (version, count)
        assert catalogue.refusals == ()


def test_every_line_of_epss_is_read(corpus):
    with (corpus / "epss" / "epss_scores-2026-08-09.csv.gz").open("rb") as file:
        lines = archives.lines(file)
        head = epss.read_head(lines)
        kinds = Counter(type(one) for one in epss.read_scores(lines))

    assert head.model == "v2026.06.15"
    assert kinds == {epss.Score: 356_353}


def test_computed_scores_equal_the_published_ones(corpus):
    """NVD's own 2025 records; the one score that differs is wrong in the record."""
    path = corpus / "nvd" / "feeds-2.0" / "nvdcve-2.0-2025.json.xz"
    wrong = []
    with path.open("rb") as file:
        for member in archives.entries(file):
            wrong += [
                pair for pair in published(member.content) if cvss.base_score(pair[0]) != pair[1]
            ]

    assert len(wrong) <= 1


def published(content: bytes) -> Iterator[tuple[str, float]]:
    for kind, metrics in orjson.loads(content)["cve"].get("metrics", {}).items():
        if kind.startswith("cvssMetric"):
            for metric in metrics:
                yield metric["cvssData"]["vectorString"], metric["cvssData"]["baseScore"]


def test_kernel_statements_agree_with_the_pairs_of_commits_they_were_made_from(corpus):
    """Of 85,789 pairs of all years 19 differ, all in the records; here one year."""
    folder = corpus / "cve5" / "linux-cna"
    pairs = kernel_pairs(folder / "dyads.tar.xz")
    agreeing = differing = 0
    for record in records(folder / "2024.tar.xz", "cve5"):
        assert isinstance(record, AdvisoryRecord)
        fixed = {end for _, end in pairs[record.id]} - {"0"}
        first = {start for start, _ in pairs[record.id]} - {"0"} - fixed
        for version, is_affected in [(one, False) for one in fixed] + [
            (one, True) for one in first
        ]:
            if is_kernel_affected(record, version) is is_affected:
                agreeing += 1
            else:
                differing += 1

    assert agreeing > 10_000
    assert differing < 0.001 * agreeing


def kernel_pairs(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the versions in which each CVE begins and ends, by branch; 0 means never."""
    found = {}
    with tarfile.open(path) as archive:
        for entry in archive:
            lines = archive.extractfile(entry).read().decode().splitlines()
            rows = [line.split(":") for line in lines if line and not line.startswith("#")]
            found[Path(entry.name).stem] = [(row[0], row[2]) for row in rows if len(row) == 4]
    return found


def is_kernel_affected(record: AdvisoryRecord, version: str) -> bool:
    version_key = key(Scheme.GENERIC, version)
    return any(
        status_at(stated.ranges, version_key) is Status.AFFECTED for stated in record.statements
    )
