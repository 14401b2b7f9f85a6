"""Names that are mended once: at once for what is there, and for whatever comes later."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from longmark.core.actors import SYSTEM
from longmark.core.errors import LongmarkError
from longmark.core.identity.rules import NameRuleKind
from longmark.findings.models import Finding, Match
from longmark.findings.services import following
from longmark.findings.tasks import matching as tasks
from longmark.jobs.models import Job
from longmark.jobs.services import Cancelled
from longmark.names.models import NameRule
from longmark.names.services import rules
from longmark.names.services.rules import Said
from longmark.reactions import consequences, follow
from longmark.sboms.models import Component, Coordinate, Derivation, Occurrence, StatedName
from longmark.sboms.services import deriving
from tests.findings.test_tasks import Watched
from tests.findings.world import (
    an_sbom,
    criterion,
    findings_table,
    match_table,
    nvd,
    osv,
    take_in,
)
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

KNOWN, NOT, CORRECTED = NameRuleKind.KNOWN_AS, NameRuleKind.IS_NOT, NameRuleKind.CORRECTED
ACME = nvd("CVE-2024-1", criterion("acme:stack", versionEndExcluding="2.0"))
NX = nvd("CVE-2024-2", criterion("siemens:nx", versionEndExcluding="99"))
STACK = "pkg:generic/acme-stack-lib@1.5"
SIEMENS = {
    "type": "library",
    "name": "nx",
    "version": "15.0.0",
    "purl": "pkg:npm/nx@15.0.0",
    "cpe": "cpe:2.3:a:siemens:nx:15.0.0:*:*:*:*:*:*:*",
}


def react() -> None:
    follow(now=lambda: NINE)


def say(stated: str, kind: NameRuleKind, target: str = "", **said) -> NameRule:
    written = Said(stated, kind, target, **said)
    rule = rules.add_rule(written, reason="Seen in its source.", actor=SYSTEM, now=NINE)
    react()
    return rule


def unsay(rule: NameRule) -> None:
    rules.withdraw_rule(rule, reason="It was wrong.", actor=SYSTEM, now=NINE)
    react()


def upload(*components, version: str = "1") -> None:
    an_sbom(a_release(version, item=an_item(f"fw-{version}")), *components)
    react()


class StoppedAtOnce(Watched):
    """Progress of a job that someone stops."""

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        raise Cancelled


def test_a_name_added_later_is_matched_at_once(tmp_path: Path):
    take_in(tmp_path, ACME)
    upload(STACK)
    assert findings_table() == set()

    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")

    assert findings_table() == {("1", "CVE-2024-1", "affected")}
    assert match_table() == {(STACK, "CVE-2024-1", "affected", "medium")}


def test_a_name_survives_the_next_upload(tmp_path: Path):
    take_in(tmp_path, ACME)
    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")

    upload(STACK)
    upload("pkg:generic/acme-stack-lib@1.6", version="2")

    assert findings_table() == {
        ("1", "CVE-2024-1", "affected"),
        ("2", "CVE-2024-1", "affected"),
    }


def placed() -> list[tuple[str, str, str]]:
    """Return all coordinates in the order in which they are stored."""
    rows = Coordinate.objects.order_by("component_id", "id")
    return list(rows.values_list("component__purl", "package", "provenance"))


def test_before_and_after_the_upload_come_to_the_same():
    upload(STACK)
    rule = say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")
    later = placed()
    unsay(rule)

    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")
    Occurrence.objects.all().delete()
    Component.objects.all().delete()
    upload(STACK, version="2")

    assert len(later) > 1
    assert placed() == later


def test_withdrawing_restores_exactly(tmp_path: Path):
    take_in(tmp_path, ACME, NX)
    upload(STACK, SIEMENS)
    before = placed(), match_table()

    for rule in (
        say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack"),
        say("pkg:npm/nx", NOT, "cpe:siemens:nx"),
        say("pkg:generic/acme-stack-lib", CORRECTED, purl="pkg:pypi/stack"),
    ):
        unsay(rule)

    assert (placed(), match_table()) == before


def test_what_it_is_not_closes_its_finding_which_comes_back_as_the_same(tmp_path: Path):
    take_in(tmp_path, NX)
    upload(SIEMENS)
    first = Finding.objects.get()
    rule = say("pkg:npm/nx", NOT, "cpe:siemens:nx")

    closed = Finding.objects.get()
    assert (closed.pk, closed.is_open, closed.reason) == (first.pk, False, "renamed")
    assert match_table() == set()

    unsay(rule)
    again = Finding.objects.get()
    assert (again.pk, again.is_open, again.reason) == (first.pk, True, "")
    assert again.first_seen_at == first.first_seen_at


def test_a_corrected_identity_is_matched_at_once(tmp_path: Path):
    take_in(tmp_path, osv("PYSEC-1", "PyPI", "requests", {"introduced": "0"}, {"fixed": "3"}))
    upload({"type": "library", "name": "python-requests", "version": "2.0"})
    assert findings_table() == set()

    say("bare::python-requests", CORRECTED, purl="pkg:pypi/requests")

    assert findings_table() == {("1", "PYSEC-1", "affected")}
    assert match_table() == {("", "PYSEC-1", "affected", "exact")}


def test_only_what_is_called_so_is_derived(tmp_path: Path):
    upload(STACK, "pkg:npm/left-pad@1.0", "pkg:generic/acme-stack-lib@1.6")

    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack", versions="< 1.6")

    derived = Derivation.objects.get()
    assert (derived.looked_at_count, derived.changed_count) == (2, 1)


def test_very_many_become_a_job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(consequences, "AT_ONCE_LIMIT_COMPONENTS", 1)
    take_in(tmp_path, ACME)
    upload(STACK, "pkg:generic/acme-stack-lib@1.6")

    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")

    job = Job.objects.get()
    watched = Watched()
    assert findings_table() == set()
    assert tasks.follow_names(job.arguments, watched).startswith("2 matches; findings: 1 opened")
    assert (job.kind, watched.steps) == ("findings.follow-names", [(2, None)])
    assert findings_table() == {("1", "CVE-2024-1", "affected")}


def test_a_new_version_of_the_core_derives_everything_once_and_resumes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    take_in(tmp_path, ACME)
    say("pkg:generic/acme-stack-lib", KNOWN, "cpe:acme:stack")
    assert deriving.ask_for_derivation(now=NINE) is None  # nothing there, nothing to do
    upload(STACK, SIEMENS)
    before = placed(), match_table()
    assert deriving.ask_for_derivation(now=NINE) is None
    Coordinate.objects.all().delete()
    StatedName.objects.all().delete()
    monkeypatch.setitem(deriving.VERSIONS, "aliases_version", 99)
    monkeypatch.setattr(deriving, "CHUNK_COMPONENTS", 1)

    job = deriving.ask_for_derivation(now=NINE)
    assert job is not None
    assert deriving.ask_for_derivation(now=NINE) is None  # a second worker starts
    with pytest.raises(Cancelled):
        tasks.derive_anew(job.arguments, StoppedAtOnce())
    tasks.derive_anew(job.arguments, Watched())

    row = Derivation.objects.get(is_whole=True, aliases_version=99)
    assert (row.looked_at_count, row.changed_count, row.ended_at) == (2, 2, NINE)
    assert (placed(), match_table()) == before
    assert sorted(StatedName.objects.values_list("name", flat=True)) == [
        "cpe:siemens:nx",
        "pkg:generic/acme-stack-lib",
        "pkg:npm/nx",
    ]


def test_nobody_can_say_what_a_rule_that_holds_denies():
    say("pkg:npm/nx", NOT, "cpe:siemens:nx")

    with pytest.raises(LongmarkError, match=r"Rule \d+ says .*nx ≠ cpe:siemens:nx.*Longmark"):
        say("pkg:npm/nx", KNOWN, "cpe:siemens:nx")


NAMES = ("pkg:generic/a", "pkg:generic/b", "pkg:npm/nx", "cpe:siemens:nx", "bare::loose")
TARGETS = ("cpe:acme:stack", "cpe:siemens:nx", "product:zlib", "generic:b")
LINES = ("", "= 1.0", "< 2.0", ">= 2.0")
COMPONENTS = (
    "pkg:generic/a@1.0",
    "pkg:generic/a@2.0",
    "pkg:generic/b@1.0",
    SIEMENS,
    "pkg:npm/nx@1.0",
    {"type": "library", "name": "Loose", "version": "1.0"},
    {"type": "library", "name": "loose"},
)
STEPS = st.one_of(
    st.tuples(st.just("upload"), st.lists(st.sampled_from(range(7)), min_size=1, max_size=3)),
    st.tuples(
        st.just("rule"),
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from([KNOWN, NOT, CORRECTED]),
            st.sampled_from(TARGETS),
            st.sampled_from(LINES),
        ),
    ),
    st.tuples(st.just("withdraw"), st.integers(0, 5)),
)


def play(steps: list[tuple[str, object]], releases: Iterator[int]) -> None:
    for act, what in steps:
        if act == "upload":
            chosen = [COMPONENTS[place] for place in dict.fromkeys(what)]
            upload(*chosen, version=str(next(releases)))
        elif act == "rule":
            stated, kind, target, versions = what
            said = {"versions": versions}
            if kind is CORRECTED:
                said["purl"], target = "pkg:generic/b", ""
            try:
                say(stated, kind, target, **said)
            except LongmarkError:
                continue  # it contradicts one that holds
        else:
            standing = NameRule.objects.filter(withdrawn_at=None).order_by("id")
            if standing:
                unsay(standing[what % len(standing)])


class TestAnyOrder(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=2, max_size=7))
    def test_of_uploads_and_rules_ends_as_from_nothing(
        self, steps: list[tuple[str, object]]
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            zlib = nvd("CVE-2024-3", criterion("zlib:zlib", versionEndExcluding="9"))
            take_in(Path(folder), ACME, NX, zlib)
        play(steps, iter(range(1, 99)))
        stepwise = placed(), match_table(), findings_open()

        ids = list(Component.objects.values_list("pk", flat=True))
        Match.objects.all().delete()
        Coordinate.objects.all().delete()
        deriving.derive_components(ids, actor=SYSTEM, now=NINE)
        following.follow_components(ids, actor=SYSTEM, now=NINE)
        assert (placed(), match_table(), findings_open()) == stepwise


def findings_open() -> set[tuple[str, str, str]]:
    rows = Finding.objects.filter(closed_at=None)
    return set(rows.values_list("release__version", "vulnerability__name", "verdict"))
