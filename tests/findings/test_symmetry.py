"""The match table does not depend on the order in which components and advisories arrived."""

from pathlib import Path
from random import Random

import pytest

from longmark.findings.models import Match
from tests.findings.world import (
    an_sbom,
    criterion,
    match_advisories,
    match_all,
    match_table,
    nvd,
    osv,
    take_in,
)
from tests.world import a_release, an_item

pytestmark = pytest.mark.django_db

VERSIONS = ("0.9", "1.0-rc1", "1.0", "1.0.1", "1.1", "2.0", "2.10", "3.0a", "unknown", "nightly")
NAMES = ("zlib", "curl", "libmodbus", "openssl", "lwip")
CPES = ("zlib:zlib", "haxx:curl", "libmodbus:libmodbus", "openssl:openssl", "lwip_project:lwip")


def a_record(number: int, random: Random) -> dict[str, object]:
    """An advisory on some package, with one interval."""
    low, high = sorted(random.sample(VERSIONS[2:7], 2), key=VERSIONS.index)
    if random.random() < 0.4:
        name = random.choice(NAMES)
        return osv(f"PYSEC-{number}", "PyPI", name, {"introduced": low}, {"fixed": high})
    bounds = {"versionStartIncluding": low, "versionEndExcluding": high}
    return nvd(f"CVE-2024-{1000 + number}", criterion(random.choice(CPES), **bounds))


def a_purl(random: Random) -> str:
    kind = random.choice(("generic", "generic", "pypi"))
    return f"pkg:{kind}/{random.choice(NAMES)}@{random.choice(VERSIONS)}"


@pytest.mark.parametrize("seed", range(3))
def test_every_order_of_arrival_ends_in_the_same_table(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    records = [a_record(number, random) for number in range(14)]
    purls = sorted({a_purl(random) for _ in range(24)})
    item = an_item()
    take_in(tmp_path, *records[:7])
    first = an_sbom(a_release("1", item=item), *purls[:10])
    match_all([first])
    take_in(tmp_path, *records[7:])
    match_advisories()
    match_all([an_sbom(a_release("2", item=item), *purls[5:])])
    stepwise = match_table()

    Match.objects.all().delete()
    match_advisories()

    assert stepwise
    assert match_table() == stepwise
