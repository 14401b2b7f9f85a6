"""The judge against the Linux kernel's own pairs of vulnerable and fixed versions.

A pair names the version that brought a weakness and the one that fixed it, per stable branch; it
comes from commits, not from the version ranges of the record, which is what is judged.
"""

import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from longmark.core.formats.advisories import cve5
from longmark.core.matching import Claim, Subject, decide

pytestmark = pytest.mark.corpus

SAMPLE_RECORDS = 400


def members(path: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(suffix) else None
            if content:
                yield Path(member.name).stem, content.read()


def fixed_versions(dyads: bytes) -> list[str]:
    rows = (line.split(":") for line in dyads.decode().splitlines() if line[:1] not in ("", "#"))
    return [row[2] for row in rows if row[2] != "0" and "-" not in row[2]]


def version_before(version: str) -> str | None:
    *branch, patch = version.split(".")
    return ".".join([*branch, str(int(patch) - 1)]) if len(branch) == 2 and patch > "1" else None


def test_kernel_versions_are_judged_as_their_commits_say(corpus: Path) -> None:
    folder = corpus / "cve5" / "linux-cna"
    dyads = dict(members(folder / "dyads.tar.xz", ".dyad"))
    answers: Counter[tuple[str, str]] = Counter()
    for name, content in list(members(folder / "2023.tar.xz", ".json"))[:SAMPLE_RECORDS]:
        record = cve5.read(content)
        claims = [Claim(record.source, record.id, stated) for stated in record.statements]
        for version in fixed_versions(dyads.get(name, b"")):
            for kind, judged in (("fixed", version), ("before", version_before(version))):
                if judged:
                    decision = decide(Subject.of(purl=f"pkg:generic/linux@{judged}"), claims)
                    answers[kind, decision.verdict if decision else "clear"] += 1

    assert answers["fixed", "clear"] > 1_000
    assert answers["fixed", "affected"] <= 0.001 * answers["fixed", "clear"]
    assert answers["before", "affected"] > 1_000
    assert answers["before", "clear"] <= 0.02 * answers["before", "affected"]
