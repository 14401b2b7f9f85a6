"""Records that are not whole: only the part that states what is affected.

Whoever asks about one advisory often has an excerpt: the `affected` list of an OSV or CVE record,
the `configurations` of an NVD entry, a status with a description. The missing frame is put around
it, and the reader of its format does the rest, so that a part is read exactly as the whole is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from longmark.core.formats.advisories import csaf, cve5, nvd, osv
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord

UNNAMED: Final = "unnamed"

_UNDATED: Final = "1999-01-01T00:00:00Z"
_NVD_KEYS: Final = frozenset(
    (
        "configurations",
        "vulnStatus",
        "cveTags",
        "cpeMatch",
        "nodes",
        "sourceIdentifier",
        "cpe_match",
    )
)
_CVE_KEYS: Final = frozenset(
    (
        "cveMetadata",
        "containers",
        "cna",
        "adp",
        "cpeApplicability",
        "dataType",
        "defaultStatus",
        "state",
    )
)
_CSAF_KEYS: Final = frozenset(("document", "product_tree", "product_status"))
_CVE_ENTRY_KEYS: Final = frozenset(
    ("vendor", "product", "defaultStatus", "packageURL", "collectionURL", "packageName", "cpes")
)
_OSV_KEYS: Final = frozenset(("ranges", "package", "events", "withdrawn", "schema_version"))
_TELLING: Final = (
    (_CSAF_KEYS, Format.CSAF),
    (_CVE_KEYS, Format.CVE),
    (_NVD_KEYS | {"cve", "vulnerabilities"}, Format.NVD),
    (_OSV_KEYS, Format.OSV),
    (frozenset(("affected",)), None),
    (_CVE_ENTRY_KEYS, Format.CVE),
    (frozenset(("descriptions",)), Format.NVD),
    (frozenset(("details", "aliases", "summary", "modified")), Format.OSV),
)
"""Members that tell a format, the surest first; `affected` needs a look inside."""

_OSV_RECORD: Final = (
    "id", "modified", "published", "withdrawn", "aliases", "related", "upstream", "summary",
    "details", "severity", "affected", "database_specific",
)  # fmt: skip

Json = dict[str, Any]


def detected(document: object) -> Format | None:
    """Return the format of a record or a part of one, None if it looks like none."""
    sample = document[0] if isinstance(document, list) and document else document
    if not isinstance(sample, Mapping):
        return None
    keys = sample.keys()
    for telling, found in _TELLING:
        if keys & telling:
            return found if found else _of_entries(sample["affected"])
    return None


def _of_entries(entries: object) -> Format:
    sample = entries[0] if isinstance(entries, list) and entries else entries
    is_cve = isinstance(sample, Mapping) and sample.keys() & _CVE_ENTRY_KEYS
    return Format.CVE if is_cve else Format.OSV


def records_of(
    document: object, *, kind: Format, identifier: str = UNNAMED
) -> tuple[AdvisoryRecord, ...]:
    """Return the records that a document or a part of one holds.

    `identifier` names a record that does not say its own id.

    Raises:
        RecordInvalid: it cannot be read even with a frame around it.
    """
    framed = _FRAMES[kind](document, identifier)
    return tuple(_READERS[kind](_encoded(one)) for one in framed)


def read(content: bytes, *, kind: Format) -> AdvisoryRecord:
    """Return a whole record of a known format.

    Raises:
        RecordInvalid: it cannot be read.
    """
    return _READERS[kind](content)


def vex_records_of(document: object) -> tuple[AdvisoryRecord, ...]:
    """Return a CSAF document, or a part of one, read as VEX: what is not listed is not said.

    Raises:
        RecordInvalid: it cannot be read even with a frame around it.
    """
    return tuple(csaf.read_vex(_encoded(one)) for one in _csaf(document, UNNAMED))


def _encoded(record: Json) -> bytes:
    try:
        return msgspec.json.encode(record)
    except (UnicodeEncodeError, RecursionError) as error:
        raise RecordInvalid("The record cannot be read: {reason}", reason=str(error)) from None


_READERS: Final[dict[Format, Callable[[bytes], AdvisoryRecord]]] = {
    Format.OSV: osv.read,
    Format.NVD: nvd.read,
    Format.CVE: cve5.read,
    Format.CSAF: csaf.read,
}


def _osv(document: object, identifier: str) -> list[Json]:
    """Frame OSV records, `affected` lists and single entries."""
    if isinstance(document, list):
        if document and isinstance(document[0], Mapping) and "affected" in document[0]:
            return [framed for one in document for framed in _osv(one, identifier)]
        return _osv({"affected": document}, identifier)
    record = _mapping(document)
    if not record.keys() & {"affected", "withdrawn", "details", "summary"}:
        record = {"affected": [record]}
    kept = {name: record[name] for name in _OSV_RECORD if record.get(name) is not None}
    if "affected" in kept:
        kept["affected"] = [_osv_entry(one) for one in _listed(kept["affected"])]
    return [{"modified": _UNDATED, **kept, "id": _identifier(kept.get("id"), identifier)}]


def _osv_entry(value: object) -> Json:
    entry = dict(_mapping(value))
    if "events" in entry:
        entry["ranges"] = [{"type": entry.pop("type", "ECOSYSTEM"), "events": entry.pop("events")}]
    entry["ranges"] = _listed(entry.get("ranges"))
    entry["versions"] = _listed(entry.get("versions"))
    return entry


def _nvd(document: object, identifier: str) -> list[Json]:
    """Frame NVD answers, entries, configurations, nodes and matches."""
    if isinstance(document, list):
        whole = [one for one in document if isinstance(one, Mapping) and ("cve" in one)]
        if whole:
            return [framed for one in whole for framed in _nvd(one, identifier)]
        return _nvd({"configurations": document}, identifier)
    record = _mapping(document)
    if "vulnerabilities" in record:
        return _nvd(_listed(record["vulnerabilities"]), identifier)
    record = _mapping(record.get("cve", record))
    cve = {
        "lastModified": _UNDATED,
        **{name: value for name, value in record.items() if value is not None},
        "id": _identifier(record.get("id"), identifier),
        "descriptions": [_text(one) for one in _listed(record.get("descriptions"))],
        "cveTags": [_tags(one) for one in _listed(record.get("cveTags"))],
        "configurations": _configurations(record),
    }
    return [{"cve": cve}]


def _configurations(record: Mapping[str, Any]) -> list[Json]:
    if "configurations" in record:
        return [_configuration(one) for one in _listed(record["configurations"])]
    has_nodes = record.keys() & {"nodes", "cpeMatch", "cpe_match", "children", "criteria"}
    return [_configuration(record)] if has_nodes else []


def _configuration(value: object) -> Json:
    stated = _mapping(value)
    if "nodes" not in stated:
        return {"nodes": [_node(stated)]}
    nodes = [_node(one) for one in _listed(stated["nodes"])]
    return {**_operator(stated), "nodes": nodes}


def _node(value: object) -> Json:
    stated = _mapping(value)
    if "criteria" in stated or "cpe23Uri" in stated:
        return {"cpeMatch": [_match(stated)]}
    matches = _listed(stated.get("cpeMatch", stated.get("cpe_match")))
    children = [_node(one) for one in _listed(stated.get("children"))]
    return {**_operator(stated), "cpeMatch": [_match(one) for one in matches], "children": children}


def _operator(stated: Mapping[str, Any]) -> Json:
    return {name: stated[name] for name in ("operator", "negate") if stated.get(name) is not None}


def _match(value: object) -> Json:
    stated = dict(_mapping(value))
    if "criteria" not in stated:
        stated["criteria"] = stated.get("cpe23Uri", stated.get("cpeName", ""))
    return stated


def _cve(document: object, identifier: str) -> list[Json]:
    """Frame CVE records, containers, `affected` lists and single entries."""
    if isinstance(document, list):
        if document and isinstance(document[0], Mapping) and "containers" in document[0]:
            return [framed for one in document for framed in _cve(one, identifier)]
        return _cve({"affected": document}, identifier)
    record = _mapping(document)
    metadata = dict(_mapping(record.get("cveMetadata") or {}))
    metadata["cveId"] = _identifier(metadata.get("cveId", record.get("cveId")), identifier)
    if "state" in record:
        metadata.setdefault("state", record["state"])
    return [{"cveMetadata": metadata, "containers": _containers(record)}]


def _containers(record: Mapping[str, Any]) -> Json:
    containers = _mapping(record.get("containers", record))
    if "cna" in containers or "adp" in containers:
        cna, adp = containers.get("cna") or {}, _listed(containers.get("adp"))
        return {"cna": _container(cna), "adp": [_container(one) for one in adp]}
    return {"cna": _container(containers)}


def _container(value: object) -> Json:
    stated = dict(_mapping(value))
    if "affected" not in stated and stated.keys() & _CVE_ENTRY_KEYS:
        stated = {"affected": [stated]}
    stated["affected"] = _listed(stated.get("affected"))
    stated["descriptions"] = [_text(one) for one in _listed(stated.get("descriptions"))]
    stated["cpeApplicability"] = _configurations(
        {"configurations": _listed(stated.get("cpeApplicability"))}
    )
    return stated


def _csaf(document: object, identifier: str) -> list[Json]:
    """Frame CSAF documents, and a product tree with a status alone."""
    if isinstance(document, list):
        return [framed for one in document for framed in _csaf(one, identifier)]
    record = dict(_mapping(document))
    head = dict(_mapping(record.get("document") or {}))
    tracking = dict(_mapping(head.get("tracking") or {}))
    tracking["id"] = _identifier(tracking.get("id"), identifier)
    stated = record.get("vulnerabilities")
    if stated is None:
        kept = ("cve", "ids", "product_status", "remediations", "flags", "threats")
        stated = [{name: record[name] for name in kept if name in record}]
    tree = record.get("product_tree", {"branches": record.get("branches")})
    framed = {"document": {**head, "tracking": tracking}, "product_tree": tree}
    return [{**framed, "vulnerabilities": _listed(stated)}]


_FRAMES: Final[dict[Format, Callable[[object, str], list[Json]]]] = {
    Format.OSV: _osv,
    Format.NVD: _nvd,
    Format.CVE: _cve,
    Format.CSAF: _csaf,
}


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RecordInvalid("An object is expected, not {text}.", text=repr(value)[:80])
    return value


def _listed(value: object) -> list[Any]:
    """Return a list as it is, one value as a list, nothing as an empty one."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [value]


def _identifier(stated: object, fallback: str) -> str:
    text = str(stated or "").strip().replace(" ", "-")
    return text or fallback.strip().replace(" ", "-") or UNNAMED


def _text(value: object) -> Json:
    if isinstance(value, Mapping):
        return {"lang": str(value.get("lang") or "en"), "value": str(value.get("value") or "")}
    return {"lang": "en", "value": str(value)}


def _tags(value: object) -> Json:
    tags = value.get("tags") if isinstance(value, Mapping) else value
    return {"tags": [str(one) for one in _listed(tags)]}
