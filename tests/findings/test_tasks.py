"""Background work: what follows an SBOM, an advisory file, a change of rules."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.findings.tasks import matching as tasks
from longmark.intel.models import Intake
from tests.findings.world import an_sbom, criterion, findings_table, match_all, nvd, take_in
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

OLD = "pkg:generic/libmodbus@3.1.6"
MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
AFFECTED = {("2.3.1", "CVE-2022-0367", "affected")}


@dataclass
class Watched:
    """Progress as a job reports it."""

    actor: Actor = SYSTEM
    now: datetime = NINE
    steps: list[tuple[int, int | None]] = field(default_factory=list)

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        self.steps.append((done, total))


def test_a_release_is_matched_with_all_its_documents(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    an_sbom(release, OLD)
    an_sbom(release, "pkg:generic/libmodbus@3.1.5")

    outcome = tasks.match_release({"release_id": release.pk}, Watched())

    assert outcome == "2 matches; findings: 1 opened, 0 changed, 0 closed."
    assert findings_table() == AFFECTED


def test_an_advisory_file_touches_the_releases_that_it_names(tmp_path: Path) -> None:
    an_sbom(None, OLD)
    take_in(tmp_path, MODBUS)
    watched = Watched()

    outcome = tasks.match_intake({"intake_id": Intake.objects.get().pk}, watched)

    assert outcome == "1 matches; findings: 1 opened, 0 changed, 0 closed."
    assert watched.steps == [(1, 1)]
    assert findings_table() == AFFECTED


def test_a_withdrawn_advisory_closes_what_it_opened(tmp_path: Path) -> None:
    release = a_release()
    an_sbom(release, OLD)
    take_in(tmp_path, MODBUS)
    tasks.match_release({"release_id": release.pk}, Watched())
    take_in(tmp_path, nvd("CVE-2022-0367", status="Rejected", modified="2025-01-01T00:00:00.000"))

    newest = Intake.objects.order_by("-id")[0]
    outcome = tasks.match_intake({"intake_id": newest.pk}, Watched())

    assert outcome == "0 matches; findings: 0 opened, 0 changed, 1 closed."
    assert findings_table() == {("2.3.1", "CVE-2022-0367", "withdrawn")}


def test_everything_can_be_matched_anew(tmp_path: Path) -> None:
    document = an_sbom(None, OLD, "pkg:npm/left-pad@1.3.0")
    take_in(tmp_path, MODBUS)

    first = tasks.match_everything({}, Watched())
    second = tasks.match_everything({}, Watched())

    assert first == "1 matches; findings: 1 opened, 0 changed, 0 closed."
    assert second == "0 matches; findings: 0 opened, 0 changed, 0 closed."
    assert not match_all([document]).has_changes
