"""Facts of releases: kept as they came, with their history, and what they settle, reversibly."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.catalog.models import Item, Release
from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.formats.facts import FactsInvalid
from longmark.findings.models import FactDocument, Finding
from longmark.findings.queries import facts as queries
from longmark.findings.queries.settled import leading, said_of, settled_counts
from longmark.findings.services import facts
from longmark.ledger.models import Entry
from longmark.reactions import follow
from longmark.sboms.services.documents import add_document, withdraw_document
from tests.findings.world import (
    a_component,
    an_sbom,
    criterion,
    findings_table,
    match_advisories,
    match_all,
    nvd,
    refresh,
    take_in,
)
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
OLD = "pkg:generic/libmodbus@3.1.6"


def cve_check(status: str = "Patched", *, cve: str = "CVE-2022-0367", **issue: str) -> bytes:
    issues = [{"id": cve, "status": status, **issue}]
    package = {"name": "libmodbus", "version": "3.1.6", "issue": issues, "products": []}
    return json.dumps({"version": "1", "package": [package]}).encode()


def vex(status: str, *, day: int = 1, **statement: Any) -> bytes:
    stated = {
        "vulnerability": {"name": "CVE-2022-0367"},
        "products": [{"@id": OLD}],
        "status": status,
        "justification": "vulnerable_code_not_in_execute_path",
        "timestamp": f"2026-01-{day:02}T00:00:00Z",
    }
    context = "https://openvex.dev/ns/v0.2.0"
    return json.dumps({"@context": context, "statements": [stated | statement]}).encode()


def add(release: Release, content: bytes, filename: str = "facts.json") -> FactDocument:
    return facts.add_facts(release, content, filename=filename, actor=SYSTEM, now=NINE)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """A release with one component that is affected."""
    take_in(tmp_path, MODBUS)
    release = a_release()
    match_all([an_sbom(release, OLD)])
    refresh(release)
    return release


def state() -> list[tuple[Any, ...]]:
    """All findings, but for when they changed last."""
    rows = Finding.objects.order_by("release_id", "vulnerability_id").values_list(
        "release_id", "vulnerability_id", "verdict", "confidence", "component_count",
        "first_seen_at", "reason", "rule", "settlements",
    )  # fmt: skip
    return list(rows)


def test_a_file_of_facts_is_kept_byte_for_byte_and_recorded(release: Release) -> None:
    document = add(release, cve_check())

    with queries.open_original(document) as file:
        assert file.read() == cve_check()
    assert (document.kind, document.fact_count, document.is_current) == ("cve-check", 1, True)
    entry = Entry.objects.get(action="findings.facts-added")
    assert entry.subject_id == str(document.pk)


def test_the_same_bytes_again_change_nothing(release: Release) -> None:
    first, entries = add(release, cve_check()), Entry.objects.count()

    assert add(release, cve_check()) == first
    assert Entry.objects.count() == entries


def test_what_cannot_be_read_is_kept_and_the_refusal_recorded(release: Release) -> None:
    with pytest.raises(FactsInvalid, match=r"notes\.txt holds no facts"):
        add(release, b"Dear all,", "notes.txt")

    assert Entry.objects.filter(action="findings.facts-refused").count() == 1
    assert not FactDocument.objects.exists()


def test_a_patch_that_the_build_reports_closes_the_finding_and_keeps_it_listed(
    release: Release,
) -> None:
    document = add(release, cve_check())

    refreshed = refresh(release)

    (finding,) = refreshed.closed
    assert (finding.verdict, finding.reason, finding.rule) == (
        "fixed",
        "patched",
        "patched-in-build",
    )
    (said,) = said_of([finding])[finding.pk]
    assert (said.document, said.place) == (document, "package[0].issue[0]")
    assert said.text == "The build reports it as patched (facts.json)."


@pytest.mark.parametrize(
    ("content", "stands"),
    [
        (cve_check("Patched"), "patched"),
        (cve_check("Ignored", description="No TCP server is built."), "excluded"),
        (cve_check("Ignored", detail="not-applicable-config"), "excluded"),
        (cve_check("Ignored"), "affected"),
        (cve_check("Unpatched"), "affected"),
        (cve_check("Patched", detail="version-not-in-range"), "affected"),
        (cve_check("Patched", cve="CVE-1999-0001"), "affected"),
        (vex("not_affected"), "vex"),
        (vex("fixed"), "vex"),
        (vex("affected"), "affected"),
        (vex("under_investigation"), "affected"),
        (vex("not_affected", justification=""), "affected"),
    ],
)
def test_each_kind_of_assertion_settles_what_it_may(
    release: Release, content: bytes, stands: str
) -> None:
    add(release, content)

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", stands)}


def test_what_facts_settle_from_the_start_is_listed_all_the_same(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    add(release, vex("not_affected"))
    match_all([an_sbom(release, OLD)])

    refresh(release)

    counts = settled_counts(release)
    assert (counts.total, counts.settled, counts.exploited) == (1, 1, 0)
    assert [(each.rule, each.count) for each in counts.by_rule] == [("vex-not-affected", 1)]


def test_withdrawing_facts_restores_what_was(release: Release) -> None:
    before = state()
    document = add(release, cve_check())
    refresh(release)
    facts.withdraw_facts(document, reason="Wrong build.", actor=SYSTEM, now=NINE)

    refreshed = refresh(release)

    assert [one.vulnerability.name for one in refreshed.opened] == ["CVE-2022-0367"]
    assert state() == before


def test_facts_that_come_again_count_again(release: Release) -> None:
    document = add(release, cve_check())
    facts.withdraw_facts(document, reason="Wrong build.", actor=SYSTEM, now=NINE)

    again = add(release, cve_check())

    assert (again.pk, again.is_current, again.withdrawn_at) == (document.pk, True, None)
    refresh(release)
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "patched")}


def test_newer_facts_take_the_place_of_older_ones(release: Release) -> None:
    document = add(release, cve_check())

    newer = facts.replace_facts(document, cve_check("Unpatched"), actor=SYSTEM, now=NINE)

    refresh(release)
    document.refresh_from_db()
    assert (document.is_current, document.superseded_by) == (False, newer)
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}


def test_facts_that_do_not_count_any_more_cannot_be_withdrawn(release: Release) -> None:
    document = add(release, cve_check())
    facts.withdraw_facts(document, reason="Wrong build.", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="not current any more"):
        facts.withdraw_facts(document, reason="Twice.", actor=SYSTEM, now=NINE)
    with pytest.raises(Invalid, match="Say why"):
        facts.withdraw_facts(document, reason=" ", actor=SYSTEM, now=NINE)


def test_facts_of_one_release_say_nothing_of_another(release: Release) -> None:
    other = a_release("2.4", item=release.item)
    match_all([an_sbom(other, OLD)])
    add(release, cve_check())

    refresh(release, other)

    assert findings_table() == {
        ("2.3.1", "CVE-2022-0367", "patched"),
        ("2.4", "CVE-2022-0367", "affected"),
    }


def sbom_with_analysis(state: str = "not_affected") -> bytes:
    analysis = {"state": state, "justification": "code_not_reachable"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "components": [a_component(OLD, **{"bom-ref": "modbus"})],
        "vulnerabilities": [
            {"id": "CVE-2022-0367", "analysis": analysis, "affects": [{"ref": "modbus"}]}
        ],
    }
    return json.dumps(document).encode()


def test_facts_within_an_sbom_count_as_long_as_the_sbom_does(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    sbom = add_document(release, sbom_with_analysis(), actor=SYSTEM, now=NINE)
    follow(now=lambda: NINE)
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "vex")}
    add_document(release, json.dumps(json.loads(sbom_with_analysis()) | {"vulnerabilities": [],
                 "version": 2}).encode(), actor=SYSTEM, now=NINE)  # fmt: skip

    withdraw_document(sbom, reason="Wrong build.", actor=SYSTEM, now=NINE)
    follow(now=lambda: NINE)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}


def test_facts_within_an_sbom_cannot_be_withdrawn_alone(tmp_path: Path) -> None:
    sbom = add_document(a_release(), sbom_with_analysis(), actor=SYSTEM, now=NINE)
    document = facts.take_facts_of(sbom, actor=SYSTEM, now=NINE)
    assert document is not None

    with pytest.raises(Refused, match="part of an SBOM"):
        facts.withdraw_facts(document, reason="No.", actor=SYSTEM, now=NINE)


def test_taking_the_facts_of_an_sbom_again_finds_them_there(tmp_path: Path) -> None:
    sbom = add_document(a_release(), sbom_with_analysis(), actor=SYSTEM, now=NINE)

    first = facts.take_facts_of(sbom, actor=SYSTEM, now=NINE)

    assert facts.take_facts_of(sbom, actor=SYSTEM, now=NINE) == first


def test_setting_aside_opens_the_finding_and_undoing_it_closes_it(
    release: Release, petra: Actor
) -> None:
    add(release, cve_check())
    refresh(release)
    settled, finding = state(), Finding.objects.get()

    facts.set_aside(finding, reason="The patch is for the server only.", actor=petra, now=NINE)

    refresh(release)
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "affected")}
    finding.refresh_from_db()
    assert leading(said_of([finding])[finding.pk], finding.rule) is not None
    row = queries.setting_aside_of(finding)
    assert row is not None
    assert (row.actor_name, row.reason) == ("Petra", "The patch is for the server only.")

    facts.restore(finding, reason="It was a misunderstanding.", actor=petra, now=NINE)

    refresh(release)
    assert state() == settled
    assert queries.setting_aside_of(finding) is None


def test_nothing_is_set_aside_twice_or_restored_without_need(
    release: Release, petra: Actor
) -> None:
    finding = Finding.objects.get()
    with pytest.raises(Refused, match="Nothing is set aside"):
        facts.restore(finding, reason="x", actor=petra, now=NINE)
    facts.set_aside(finding, reason="x", actor=petra, now=NINE)

    with pytest.raises(Refused, match="already"):
        facts.set_aside(finding, reason="y", actor=petra, now=NINE)
    with pytest.raises(Invalid, match="Say why"):
        facts.set_aside(finding, reason="", actor=petra, now=NINE)


def test_outsiders_hand_over_nothing_and_judge_nothing(
    release: Release, otto: Actor, lena: Actor
) -> None:
    finding, document = Finding.objects.get(), add(release, cve_check())
    refusals: list[Callable[[Actor], object]] = [
        lambda actor: facts.add_facts(release, cve_check(), actor=actor, now=NINE),
        lambda actor: facts.replace_facts(document, cve_check(), actor=actor, now=NINE),
        lambda actor: facts.withdraw_facts(document, reason="x", actor=actor, now=NINE),
        lambda actor: facts.set_aside(finding, reason="x", actor=actor, now=NINE),
        lambda actor: facts.restore(finding, reason="x", actor=actor, now=NINE),
    ]
    for refused in refusals:
        for actor in (otto, lena):
            with pytest.raises(NotAllowed):
                refused(actor)


def test_an_exploited_vulnerability_that_facts_settle_is_counted_apart(
    release: Release,
) -> None:
    finding = Finding.objects.get()
    finding.vulnerability.exploited_on = NINE.date()
    finding.vulnerability.save(update_fields=["exploited_on"])
    add(release, cve_check())

    refresh(release)

    assert settled_counts(release).exploited == 1


def test_a_withdrawn_advisory_takes_the_settlement_with_it(
    release: Release, tmp_path: Path
) -> None:
    add(release, cve_check())
    refresh(release)
    take_in(tmp_path, nvd("CVE-2022-0367", status="Rejected", modified="2025-01-01T00:00:00.000"))
    match_advisories()
    refresh(release)
    assert settled_counts(release).total == 0
    take_in(
        tmp_path,
        nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"),
            modified="2025-02-01T00:00:00.000"),
    )  # fmt: skip
    match_advisories()

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", "patched")}


STEPS = st.lists(
    st.sampled_from(["patched", "ignored", "vex", "sbom", "withdraw", "aside", "restore"]),
    min_size=1,
    max_size=7,
)


@pytest.mark.django_db(transaction=False)
def test_whatever_comes_and_goes_the_state_is_that_of_what_counts(tmp_path: Path) -> None:
    """Take many paths to the same facts: the findings are those of the facts alone."""
    take_in(tmp_path, MODBUS)
    files = {
        "patched": cve_check(),
        "ignored": cve_check("Ignored", description="Why."),
        "vex": vex("not_affected", day=2),
    }
    numbers = iter(range(10_000))

    @given(STEPS)
    def walk(steps: list[str]) -> None:
        release = a_release(f"1.{next(numbers)}", item=_item())
        match_all([an_sbom(release, OLD)])
        moment = NINE
        for step in steps:
            moment += timedelta(minutes=1)
            _take(step, release, files)
            refresh(release)
        walked = _stand(release)
        fresh = a_release(f"1.{next(numbers)}", item=_item())
        for document in FactDocument.objects.filter(release=release, is_current=True):
            with queries.open_original(document) as file:
                add(fresh, file.read())
        match_all([an_sbom(fresh, OLD)])
        refresh(fresh)
        if queries.set_aside_in([release.pk]):
            facts.set_aside(Finding.objects.get(release=fresh), reason="x", actor=SYSTEM, now=NINE)
            refresh(fresh)

        assert walked == _stand(fresh)

    walk()


def _item() -> Item:
    return Item.objects.filter(name="tg200-fw").first() or an_item()


def _take(step: str, release: Release, files: dict[str, bytes]) -> None:
    finding = Finding.objects.filter(release=release).first()
    current = FactDocument.objects.filter(release=release, is_current=True).order_by("id").first()
    if step in files:
        add(release, files[step])
    elif step == "withdraw" and current:
        facts.withdraw_facts(current, reason="x", actor=SYSTEM, now=NINE)
    elif step == "aside" and finding and not queries.setting_aside_of(finding):
        facts.set_aside(finding, reason="x", actor=SYSTEM, now=NINE)
    elif step == "restore" and finding and queries.setting_aside_of(finding):
        facts.restore(finding, reason="x", actor=SYSTEM, now=NINE)


def _stand(release: Release) -> tuple[str, str, str, str]:
    finding = Finding.objects.get(release=release)
    return finding.verdict, finding.confidence, finding.reason, finding.rule
