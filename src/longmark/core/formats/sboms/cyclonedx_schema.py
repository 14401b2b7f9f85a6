"""Validation of CycloneDX against its official schemas, 1.0-1.7 (JSON from 1.2).

The schema files are those that the package cyclonedx-python-lib carries. They are read
from that package once per process and version; nothing is ever fetched. Formats
(date-time, URI references) are asserted, as the specification's own tests expect.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import cast

import jsonschema_rs
import orjson
from lxml import etree

from longmark.core.formats.sboms.document import Problem
from longmark.core.formats.sboms.json_text import JsonObject
from longmark.core.formats.sboms.xml_text import local_name, namespace

XML_VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
JSON_VERSIONS = XML_VERSIONS[2:]
MESSAGE_LENGTH = 200
ADDRESSES = frozenset({"uri", "uri-reference", "iri", "iri-reference", "email", "idn-email"})

_FOLDER = files("cyclonedx.schema") / "_res"
_BASE = "http://cyclonedx.org/schema/"
_SHARED = (
    "spdx.SNAPSHOT.schema.json",
    "jsf-0.82.SNAPSHOT.schema.json",
    "cryptography-defs.SNAPSHOT.schema.json",
)


def json_problems(tree: JsonObject, spec_version: str, defects: list[Problem]) -> Iterator[Problem]:
    """Yield what the JSON schema of ``spec_version`` objects to, lazily.

    A malformed web or mail address is added to ``defects`` instead: tools write what they
    find in package files, and nothing here depends on it. A malformed instant is a problem.
    """
    for error in _json_validator(spec_version).iter_errors(tree):
        cause = _closest_cause(error)
        kind = cause.kind
        problem = Problem(_place(cause.instance_path), _shortened(cause))
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.Format) and kind.format in ADDRESSES:
            defects.append(problem)
        else:
            yield problem


@cache
def _json_validator(spec_version: str) -> jsonschema_rs.Draft7Validator:
    shared = [(_BASE + name, _schema(name)) for name in _SHARED]
    return jsonschema_rs.Draft7Validator(
        _schema(f"bom-{spec_version}.SNAPSHOT.schema.json"),
        registry=jsonschema_rs.Registry(shared, draft=jsonschema_rs.Draft7),
        retriever=_refuse_retrieval,
        validate_formats=True,
    )


def _schema(name: str) -> JsonObject:
    schema: JsonObject = orjson.loads((_FOLDER / name).read_bytes())
    return schema


@cache
def known_licences() -> frozenset[str]:
    """Return the ids of licences and exceptions that the SPDX list knows."""
    ids: list[str] = _schema(_SHARED[0])["enum"]  # type: ignore[assignment]  # as that schema is
    return frozenset(ids)


def _refuse_retrieval(uri: str) -> JsonObject:
    raise LookupError(f"A schema refers to {uri}, which the package does not carry.")


def _shortened(error: jsonschema_rs.ValidationError) -> str:
    """Keep the end of a long message: it begins with the value, and ends with the reason."""
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.UniqueItems):
        return "The same entry is listed twice."
    message = error.message
    return message if len(message) <= MESSAGE_LENGTH else "… " + message[-MESSAGE_LENGTH:]


def _closest_cause(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return, of alternatives that all failed, the complaint deepest in the document.

    *Is not valid under any of the given schemas* tells nobody what to mend.
    """
    cause, alternatives = error, _alternatives(error)
    while alternatives:
        cause = max(alternatives, key=lambda each: len(each.instance_path))
        alternatives = _alternatives(cause)
    return cause


def _alternatives(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    kind = error.kind
    if isinstance(
        kind,
        jsonschema_rs.ValidationErrorKind.OneOfNotValid | jsonschema_rs.ValidationErrorKind.AnyOf,
    ):
        return [each for branch in kind.context for each in branch]
    return []


def _place(path: list[str | int]) -> str:
    """Return a path as people write it.

    >>> _place(["components", 3, "purl"])
    'components[3].purl'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def xml_problems(root: etree._Element, spec_version: str, *, start: int = 0) -> Iterator[Problem]:
    """Yield what the XML schema of ``spec_version`` objects to, lazily.

    ``start`` is the number of the first entry, where the tree is a piece of a document.

    A repeated ``bom-ref`` is passed over: the JSON schemas do not notice it at all, and the
    same content must not be taken in one encoding and refused in the other.
    """
    schema = _xml_schema(spec_version)
    if schema.validate(root):
        return
    for complaint in cast("Iterable[etree._LogEntry]", schema.error_log):
        if complaint.type_name != "SCHEMAV_CVC_IDC" or "Duplicate" not in complaint.message:
            yield _xml_problem(complaint, root, start)


@cache
def _xml_schema(spec_version: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(_FOLDER / f"bom-{spec_version}.SNAPSHOT.xsd"), parser))


def _xml_problem(complaint: etree._LogEntry, root: etree._Element, start: int) -> Problem:
    own_namespace = f"{{{namespace(root)}}}"
    message = complaint.message.replace(own_namespace, "")[:MESSAGE_LENGTH]
    return Problem(_xml_place(complaint, root, start), message)


def _xml_place(complaint: etree._LogEntry, root: etree._Element, start: int) -> str:
    """Return where the complaint is: ``components/component[3]/purl, line 41``."""
    line = f"line {complaint.line}"
    try:
        found = root.xpath(complaint.path) if complaint.path else []
    except etree.XPathEvalError:  # the path names a prefix that the root does not know
        return line
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        return line
    lineage = [*reversed(list(found[0].iterancestors())), found[0]][1:]
    steps = "/".join(_step(each, start if depth == 1 else 0) for depth, each in enumerate(lineage))
    return f"{steps}, {line}" if steps else line


def _step(element: etree._Element, start: int) -> str:
    """Return the element's name, with its number if it has siblings of that name."""
    before = start + sum(1 for _ in element.itersiblings(str(element.tag), preceding=True))
    after = next(element.itersiblings(str(element.tag)), None)
    numbered = before or after is not None
    return f"{local_name(element)}[{before + 1}]" if numbered else local_name(element)
