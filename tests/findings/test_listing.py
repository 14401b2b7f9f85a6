"""The list of vulnerabilities that concern a release."""

from pathlib import Path

import pytest

from longmark.core.errors import Invalid
from longmark.findings.queries.listing import (
    ORDERS,
    Narrowing,
    concern_count,
    concerns_page,
    match_counts,
)
from longmark.sboms.models import Component
from tests.findings.world import (
    a_component,
    an_sbom,
    criterion,
    match_advisories,
    nvd,
    refresh,
    take_in,
)
from tests.world import a_release

CPE = "cpe:2.3:a:libmodbus:libmodbus:3.1.4:*:*:*:*:*:*:*"


@pytest.fixture
def names(db: None, tmp_path: Path) -> list[str]:
    """Three vulnerabilities of one component of one release."""
    release = a_release()
    an_sbom(release, a_component("pkg:generic/libmodbus@3.1.4", cpe=CPE))
    names = [f"CVE-2021-000{number}" for number in range(3)]
    bounds = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")
    take_in(tmp_path, *(nvd(name, bounds) for name in names))
    match_advisories()
    refresh(release)
    return names


@pytest.mark.parametrize("order", ORDERS)
def test_pages_by_key_show_each_once_in_any_order(names: list[str], order: str) -> None:
    seen, after = [], None
    for _ in names:
        page = concerns_page(order=order, after=after, limit=1)
        seen += [one.vulnerability.name for one in page.items]
        after = page.next

    assert sorted(seen) == names
    assert after is None


def test_order_that_does_not_exist_is_refused(db: None) -> None:
    with pytest.raises(Invalid, match="cannot be ordered by colour"):
        concerns_page(order="colour")


def test_list_can_be_narrowed(names: list[str]) -> None:
    assert concern_count() == 3
    assert concern_count(Narrowing(text="0001")) == 1
    assert concern_count(Narrowing(is_exploited=True)) == 0
    assert concern_count(Narrowing(release_ids=[])) == 0


def test_matches_of_a_component_are_counted(names: list[str]) -> None:
    component = Component.objects.get(name="libmodbus")

    assert match_counts([component.pk]) == {component.pk: 3}
