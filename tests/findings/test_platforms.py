"""Conditions of "running on": what a release runs on and with decides what was open."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.catalog.models import Release
from longmark.core.actors import SYSTEM
from longmark.core.facts.platforms import by_platform, context_of
from longmark.core.facts.settlements import Rule
from longmark.core.formats.advisories.records import Alternatives, Condition, Surroundings
from longmark.core.matching import Subject, Verdict
from longmark.core.matching.trails import Step
from longmark.findings.models import Finding
from longmark.findings.queries.settled import said_of
from longmark.findings.services import facts
from longmark.sboms.services.documents import withdraw_document
from tests.findings.test_facts import state
from tests.findings.world import (
    a_component,
    an_sbom,
    criterion,
    findings_table,
    match_all,
    refresh,
    take_in,
)
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
MODBUS, LINUX = "pkg:generic/libmodbus@3.1.6", "pkg:generic/linux@5.10.236"
ZEPHYR = a_component(
    "pkg:generic/zephyr@2.5.0", cpe="cpe:2.3:o:zephyrproject:zephyr:2.5.0:*:*:*:*:*:*:*"
)
PHP = a_component("pkg:generic/php@8.1.0", cpe="cpe:2.3:a:php:php:8.1.0:*:*:*:*:*:*:*")


def running_on(*names: str, name: str = "CVE-2022-0367") -> Json:
    """A record by which libmodbus is affected only together with one of these."""
    vulnerable = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")
    needed = [{"vulnerable": False, "criteria": each} for each in names]
    nodes = [
        {"operator": "OR", "negate": False, "cpeMatch": [vulnerable]},
        {"operator": "OR", "negate": False, "cpeMatch": needed},
    ]
    return {
        "cve": {
            "id": name,
            "published": "2024-01-01T00:00:00.000",
            "lastModified": "2024-01-01T00:00:00.000",
            "vulnStatus": "Analyzed",
            "descriptions": [{"lang": "en", "value": "A weakness."}],
            "references": [],
            "metrics": {},
            "configurations": [{"operator": "AND", "nodes": nodes}],
        }
    }


WINDOWS = "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"
LINUX_CPE = "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"
PHP_CPE = "cpe:2.3:a:php:php:-:*:*:*:*:*:*:*"


@pytest.mark.parametrize(
    ("needed", "parts", "stands"),
    [
        ((WINDOWS,), (LINUX,), "other-platform"),
        ((WINDOWS,), (ZEPHYR,), "other-platform"),
        ((WINDOWS,), (), "affected"),  # nothing is known of the system: open
        ((WINDOWS,), (PHP,), "affected"),  # what is no system says nothing of one
        ((LINUX_CPE,), (LINUX,), "affected"),
        ((WINDOWS, LINUX_CPE), (LINUX,), "affected"),  # one of several is enough
        ((PHP_CPE,), (LINUX,), "unknown"),  # no list of software is complete
        ((PHP_CPE,), (LINUX, PHP), "affected"),
    ],
)
def test_a_release_decides_what_its_component_leaves_open(
    needed: tuple[str, ...], parts: tuple[Any, ...], stands: str, tmp_path: Path
) -> None:
    take_in(tmp_path, running_on(*needed))
    release = a_release()
    match_all([an_sbom(release, MODBUS, *parts)])

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", stands)}


def test_one_source_without_a_condition_keeps_it_open(tmp_path: Path) -> None:
    record = running_on(WINDOWS)
    plain = {
        "operator": "OR",
        "negate": False,
        "cpeMatch": [criterion("libmodbus:libmodbus:3.1.6")],
    }
    record["cve"]["configurations"].append({"nodes": [plain]})
    take_in(tmp_path, record)
    release = a_release()
    match_all([an_sbom(release, MODBUS, LINUX)])

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}


def settled_release(folder: Path) -> Release:
    take_in(folder, running_on(WINDOWS))
    release = a_release()
    match_all([an_sbom(release, MODBUS), an_sbom(release, LINUX)])
    refresh(release)
    return release


def test_what_the_release_contradicts_is_explained(tmp_path: Path) -> None:
    settled_release(tmp_path)

    finding = Finding.objects.get()

    (said,) = said_of([finding])[finding.pk]
    assert (finding.verdict, finding.reason) == ("not_affected", "other-platform")
    assert "microsoft windows" in said.text.lower()


def test_the_system_of_another_sbom_counts_as_long_as_that_does(tmp_path: Path) -> None:
    take_in(tmp_path, running_on(WINDOWS))
    release = a_release()
    system = an_sbom(release, LINUX)
    match_all([an_sbom(release, MODBUS), system])
    refresh(release)
    before = state()
    withdraw_document(system, reason="Wrong build.", actor=SYSTEM, now=NINE)

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}
    an_sbom(release, LINUX)
    refresh(release)
    assert state() == before


def test_what_the_surroundings_settle_can_be_set_aside(tmp_path: Path) -> None:
    release = settled_release(tmp_path)

    facts.set_aside(Finding.objects.get(), reason="Wine.", actor=SYSTEM, now=NINE)

    refresh(release)
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}


def a_step(verdict: Verdict, pointer: str) -> Step:
    return Step(
        source="nvd", record="CVE-1", pointer=pointer, wording="", package="cpe:a:b",
        provenance="declared", scheme="generic", version="1", key="1", low="", high="",
        low_text="", high_text="", tier=6, verdict=verdict, confidence="low",
        reasons=("platform-unverified",),
    )  # fmt: skip


SYSTEMS = st.sampled_from([WINDOWS, LINUX_CPE, "cpe:2.3:o:apple:macos:-:*:*:*:*:*:*:*"])
PACKAGES = st.sets(
    st.sampled_from(
        [
            ("cpe:linux:linux_kernel", "5.10"),
            ("cpe:zephyrproject:zephyr", "2"),
            ("cpe:php:php", "8"),
        ]
    )
)


@given(st.lists(SYSTEMS, min_size=1, max_size=3), PACKAGES, PACKAGES)
def test_knowing_more_of_a_release_never_takes_back_that_a_condition_is_met(
    names: list[str], fewer: set[tuple[str, str]], more: set[tuple[str, str]]
) -> None:
    condition = Condition("x", Surroundings.SYSTEM, (Alternatives(tuple(names)),))
    stated = {("nvd", "CVE-1", "/0", "cpe:a:b"): [condition]}
    steps = (a_step(Verdict.AFFECTED, "/0"),)
    subject = Subject.of(purl="pkg:generic/b@1")

    early = by_platform(steps, stated, subject, context_of(fewer))
    late = by_platform(steps, stated, subject, context_of(fewer | more))

    if LINUX_CPE in names and ("cpe:linux:linux_kernel", "5.10") in fewer:
        assert early is late is None
    assert early is None or early.rule is Rule.OTHER_PLATFORM


def test_a_trail_that_was_cut_short_settles_nothing() -> None:
    condition = Condition("x", Surroundings.SYSTEM, (Alternatives((WINDOWS,)),))
    stated = {("nvd", "CVE-1", f"/{number}", "cpe:a:b"): [condition] for number in range(9)}
    context = context_of([("cpe:linux:linux_kernel", "5.10")])
    subject = Subject.of(purl="pkg:generic/b@1")
    steps = [a_step(Verdict.AFFECTED, f"/{number}") for number in range(8)]

    assert by_platform(steps[:7], stated, subject, context) is not None
    assert by_platform(steps, stated, subject, context) is None
