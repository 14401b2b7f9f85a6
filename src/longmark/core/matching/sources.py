"""What a question brings along: records of one or several sources, and VEX statements."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from longmark.core.formats.advisories import partial
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord, Source
from longmark.core.formats.vex import is_vex
from longmark.core.matching.contexts import Context
from longmark.core.matching.questions import Question

_LABELS: Final = {
    "osv": Format.OSV, "ghsa": Format.OSV, "pysec": Format.OSV, "rustsec": Format.OSV,
    "go": Format.OSV, "github": Format.OSV, "nvd": Format.NVD, "nvd2": Format.NVD,
    "nvd20": Format.NVD, "nvdjson": Format.NVD, "cve": Format.CVE, "cve5": Format.CVE,
    "cvejson": Format.CVE, "cvejson5": Format.CVE, "cvelist": Format.CVE, "mitre": Format.CVE,
    "csaf": Format.CSAF, "csaf20": Format.CSAF, "csaf21": Format.CSAF, "csafvex": Format.CSAF,
}  # fmt: skip
_PARTS: Final = ("nvd", "osv", "cve5", "cve", "csaf", "ghsa")
_IDS: Final = re.compile(r"CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)


@dataclass(frozen=True)
class Material:
    """Records, and the context with all VEX; `identifiers` are the ids that are asked about."""

    records: tuple[AdvisoryRecord, ...]
    context: Context
    identifiers: frozenset[str]


def material_of(question: Question) -> Material:
    """Return what there is to answer a question with.

    Raises:
        RecordInvalid: the advisory is of no known format, or cannot be read.
    """
    records: list[AdvisoryRecord] = []
    vex: list[Any] = []
    for document, label in _parts(question.advisory, question.format):
        kind = _kind(document, label)
        if kind is None:
            vex.append(document)
            continue
        identifier = question.vulnerability or question.id
        records += partial.records_of(document, kind=kind, identifier=identifier)
        if kind is Format.CSAF and _is_csaf_vex(document):
            vex.append(document)
    context = replace(question.context, vex=(*question.context.vex, *vex))
    return Material(tuple(records), context, identifiers_of(question, records))


def _parts(advisory: Any, label: str) -> list[tuple[Any, str]]:
    """Return a document, or the documents of several sources that one object holds."""
    if not isinstance(advisory, Mapping):
        return [(advisory, label)]
    named = [name for name in _PARTS if isinstance(advisory.get(name), dict | list)]
    if not named or ({"descriptions", "id"} & advisory.keys() and "cve" in named):
        return [(advisory, label)]
    if named == ["cve"] and not is_vex(advisory):
        return [(advisory, label)]
    rest = {name: value for name, value in advisory.items() if name not in named}
    enclosed = rest.pop("vex", None)
    parts = [(advisory[name], name) for name in named]
    parts += [
        (one, "vex") for one in (enclosed if isinstance(enclosed, list) else [enclosed]) if one
    ]
    return [*parts, (rest, "vex")] if is_vex(rest) else parts


def _kind(document: Any, label: str) -> Format | None:
    """Return the format of a document, None if it is VEX.

    Raises:
        RecordInvalid: it is of no known format.
    """
    words = [word for word in re.split(r"[^a-z0-9.]+", label.lower()) if word and word != "vex"]
    found = _LABELS.get("".join(words).replace(".", ""))
    if found is None and is_vex(document):
        return None
    found = found or partial.detected(document)
    if found is None:
        raise RecordInvalid("The advisory is of no format known here.")
    return found


def _is_csaf_vex(document: Any) -> bool:
    head = document.get("document") if isinstance(document, Mapping) else None
    return isinstance(head, Mapping) and head.get("category") == "csaf_vex"


def identifiers_of(question: Question, records: list[AdvisoryRecord]) -> frozenset[str]:
    """Return the ids of the vulnerability that is asked about; none if nobody says."""
    asked = {one.upper() for one in _IDS.findall(question.vulnerability)}
    asked = {one if one.startswith("CVE") else _as_ghsa(one) for one in asked}
    found = set(asked)
    for record in records:
        if record.source is not Source.CSAF or not asked:
            found.update(_IDS.findall(record.id), record.aliases, record.subjects)
        elif asked & set(record.subjects):
            found |= asked
    return frozenset(found)


def _as_ghsa(text: str) -> str:
    return f"GHSA{text[4:].lower()}"
