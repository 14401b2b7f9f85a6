"""What becomes of every real document: taken, taken with a note, refused and why, per folder.

python -m tests.core.formats.verdicts.judging            print the table
python -m tests.core.formats.verdicts.judging --write    and keep it as what is expected
"""

import json
import os
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import (
    archives,
    csaf,
    cve5,
    detection,
    epss,
    euvd,
    kev,
    nvd,
    osv,
)
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.facts import read_facts
from longmark.core.formats.sboms import read_sbom

EXPECTED: Final = Path(__file__).parent / "verdicts.json"
ADVISORIES: Final = (
    "csaf", "cve5", "epss", "euvd", "ghsa-api-samples", "kev", "nvd", "osv", "osv-samples",
    "vex/csaf-vex", "vfd",
)  # fmt: skip
STATEMENTS: Final = ("vex/cyclonedx-vex", "vex/openvex")
READERS: Final = {
    Format.OSV: osv.read,
    Format.NVD: nvd.read,
    Format.CVE: cve5.read,
    Format.CSAF: csaf.read,
}
NO_DOCUMENTS: Final = (
    ".asc", ".cpes", ".csv", ".html", ".sha256", ".sha512", ".tsv", ".txt", ".yml", "dyads.tar.xz",
)  # fmt: skip
"""Endings of what lies beside the documents: hashes, signatures, lists."""

REASONS: Final = {
    "of no known format": "no SBOM: other text",
    "SPDX in YAML": "no SBOM that is read: SPDX in YAML",
    "protobuf text": "no SBOM that is read: CycloneDX in protobuf text",
    "unpack it first": "compressed",
    "but no SBOM": "no SBOM: other JSON",
    "but not an object": "no SBOM: other JSON",
    "but no CycloneDX": "no SBOM that is read: SPDX in RDF or XML, other XML",
    "is not read": "version not read",
    "is not known here": "version not read",
    "The document does not follow its format": "breaks its format",
    "is not valid JSON": "broken JSON",
    "is not well-formed XML": "broken XML",
    "is not closed": "cut off",
    "document type declaration": "hostile XML",
    "is not UTF-8": "wrong encoding",
    "nests deeper": "too deep",
    "required field `document`": "a publisher's table of contents",
    "required field `cveMetadata`": "a draft without id",
    "missing required field `cveId`": "a draft without id",
    "This is no KEV catalogue": "no catalogue",
    "holds no OSV, NVD": "no advisory: of another kind",
    "holds no facts": "no statements: an SBOM",
}


@dataclass
class Folder:
    """What became of the documents of one folder."""

    taken: int = 0
    noted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    surprising: Counter[str] = field(default_factory=Counter)

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept."""
        counted = {"taken": self.taken, "noted": self.noted}
        told = {"refused": self.refused, "surprising": self.surprising}
        return counted | {name: dict(sorted(each.items())) for name, each in told.items() if each}


@dataclass
class Table:
    """All folders, and what was said that says too little."""

    folders: dict[str, Folder] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)

    def judge(self, place: str, read: Callable[[], int]) -> None:
        """Read one document; ``read`` returns how many notes there are.

        What is neither taken nor refused raises, with the name of the document.
        """
        folder = self.folders.setdefault(folder_of(place), Folder())
        expected = expectation(place)
        try:
            notes = read()
        except Invalid as refusal:
            folder.refused[self._reason(place, str(refusal))] += 1
            if expected == "valid":
                folder.surprising["valid, and refused"] += 1
        except Exception as error:
            raise AssertionError(f"{place}: {error!r}") from error
        else:
            folder.taken += 1
            folder.noted += bool(notes)
            if expected == "invalid":
                said = "and taken with a note" if notes else "and taken without a note"
                folder.surprising[f"invalid, {said}"] += 1

    def _reason(self, place: str, message: str) -> str:
        if not 10 < len(message) < 1_000 or "Traceback" in message:
            self.unclear.append(f"{place}: {message}")
        for words, reason in REASONS.items():
            if words in message:
                return reason
        self.unclear.append(f"{place}: {message}")
        return "unexplained"

    def plain(self) -> dict[str, dict[str, Any]]:
        """Return the table as it is kept."""
        return {name: self.folders[name].plain() for name in sorted(self.folders)}


def folder_of(place: str) -> str:
    """Return the folder under which a document is counted; of files that lie in it, its own.

    >>> folder_of("csaf/examples/a.json"), folder_of("euvd/b.json"), folder_of("osv/Go/all.zip/c")
    ('csaf/examples', 'euvd', 'osv/Go')
    """
    first, second, *rest = [*place.split("/"), ""]
    return f"{first}/{second.partition('.')[0]}" if any(rest) else first


def expectation(place: str) -> str:
    """Return what a suite says of its own document: ``valid``, ``invalid``, or nothing.

    CSAF calls its documents ``…-01`` to ``…-09`` if they fail a test, from ``…-11`` if they pass.
    """
    name = place.rpartition("/")[2]
    if "cyclonedx-spec-tests" in place and "textproto" not in name:
        return name.partition("-")[0]
    if "csaf/validator-suite/secvisogram" in place:
        return "invalid" if "/failing/" in place else "valid"
    number = name.removesuffix(".json").rpartition("-")[2]
    if "csaf/validator-suite" in place and len(number) == 2 and number.isdecimal():
        return "invalid" if number < "11" else "valid"
    return ""


def judged(corpus: Path) -> Table:
    """Return what becomes of every document of a corpus."""
    table = Table()
    for place, content in documents(corpus, ("sbom",)):
        table.judge(place, lambda content=content, place=place: sbom(content, place))
    for place, content in documents(corpus, STATEMENTS):
        table.judge(place, lambda content=content, place=place: statements(content, place))
    for root in ADVISORIES:
        for path in sorted(each for each in (corpus / root).rglob("*") if each.is_file()):
            if not path.name.endswith(NO_DOCUMENTS) or path.name.startswith("epss"):
                advisories(table, path, path.relative_to(corpus).as_posix())
    return table


def documents(corpus: Path, roots: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of folders, those in archives of folders too, by place."""
    for root in roots:
        for path in sorted(each for each in (corpus / root).rglob("*") if each.is_file()):
            place = path.relative_to(corpus).as_posix()
            if not path.name.endswith(".tar.xz"):
                yield place, path.read_bytes()
                continue
            with tarfile.open(path) as archive:
                for member in archive:
                    file = archive.extractfile(member) if member.isfile() else None
                    content = file.read() if file else b""
                    if content:
                        yield f"{place.removesuffix('.tar.xz')}/{member.name}", content


def sbom(content: bytes, place: str) -> int:
    """Read an SBOM; return how many defects it has."""
    return len(read_sbom(content, filename=place.rpartition("/")[2]).defects)


def statements(content: bytes, place: str) -> int:
    """Read statements on exploitability; return how many defects they have."""
    return len(read_facts(content, filename=place.rpartition("/")[2]).defects)


def advisories(table: Table, path: Path, place: str) -> None:
    """Read a file of advisories or signals as an intake does."""
    with path.open("rb") as file:
        found = detection.detect_any(archives.heads(file))
        if found is None or found in (Format.KEV, Format.EPSS):
            content = file.read() if found is Format.KEV else b""
            table.judge(place, lambda: signals(content, found, path))
            return
        is_feed = found is Format.NVD and not archives.is_archive(file)
        for member in archives.entries(file) if is_feed else archives.members(file):
            if not member.name.endswith(".csv"):
                whole = f"{place}/{member.name}".removesuffix("/")
                table.judge(whole, lambda member=member: record(member.content, found))


def record(content: bytes, found: Format) -> int:
    """Read one record; return how many defects it has."""
    if found is Format.EUVD:
        return sum(len(euvd.read(one).defects) for _, one in euvd.documents(content))
    return len(READERS[found](content).defects)


def signals(content: bytes, found: Format | None, path: Path) -> int:
    """Read a file of signals; return how many lines or entries are refused."""
    if found is None:
        raise Invalid("{file} holds no OSV, NVD, CVE, CSAF, KEV, EPSS or EUVD document.", file=path)
    if found is Format.KEV:
        return len(kev.read(content).refusals)
    with path.open("rb") as file:
        lines = archives.lines(file)
        epss.read_head(lines)
        return sum(isinstance(one, epss.Refusal) for one in epss.read_scores(lines))


def totals(found: dict[str, dict[str, Any]]) -> tuple[int, int]:
    """Return how many documents are taken and refused in all."""
    refused = sum(sum(each.get("refused", {}).values()) for each in found.values())
    return sum(each["taken"] for each in found.values()), refused


def main() -> None:
    """Print the table."""
    root = Path(__file__).parents[4]
    table = judged(Path(os.environ.get("LONGMARK_CORPUS") or root.parent / "shared" / "data"))
    found = table.plain()
    taken, refused = totals(found)
    lines = [*(f"{name}: {folder}" for name, folder in found.items()), *table.unclear]
    sys.stdout.write("\n".join([*lines, f"{taken:,} taken, {refused:,} refused", ""]))
    if "--write" in sys.argv:
        EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
