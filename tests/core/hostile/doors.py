"""Every door through which foreign data comes in: what is sent through, and what may come out.

A door takes bytes and either returns what it read or refuses by an anticipated error. What it
read must be text that any database keeps: no NUL, no half characters.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from types import ModuleType

import msgspec
from tests.core.formats.sboms.round_trips import release_of
from tests.core.formats.sboms.round_trips import written as exported
from tests.core.hostile import samples

from longmark.core.errors import Invalid
from longmark.core.facts import Part, ReleaseFacts
from longmark.core.facts import Sheet as FactSheet
from longmark.core.formats import cvss, vex
from longmark.core.formats.advisories import (
    archives,
    bundles,
    csaf,
    cve5,
    detection,
    epss,
    euvd,
    kev,
    nvd,
    osv,
    providers,
)
from longmark.core.formats.advisories import (
    partial as parts,
)
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.facts import facts_in_sbom, read_facts
from longmark.core.formats.facts.kbuild import Tree
from longmark.core.formats.facts.kbuild import written as written_map
from longmark.core.formats.facts.reading import is_facts_alone
from longmark.core.formats.name_maps import Pair, pairs
from longmark.core.formats.name_maps.lists import read_list
from longmark.core.formats.parameters import read_parameters
from longmark.core.formats.parameters.definitions import read_definitions
from longmark.core.formats.parameters.writing import ENDINGS, written
from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.difference import difference, pieces_of
from longmark.core.formats.sboms.quality import PROFILES, facts_of, judged, plain
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sheets import cells
from longmark.core.formats.sheets.headers import headers
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.identity import canonical_purl, coordinates, parse_purl
from longmark.core.identity.cpe import Cpe
from longmark.core.identity.maps import map_row
from longmark.core.identity.names import read_lookup_name, read_stated_name, stated_names
from longmark.core.identity.repositories import repository_package, version_of_tag
from longmark.core.licences import combined, licence_of
from longmark.core.life.events import parameters_digest, sorted_values
from longmark.core.matching import answer_line, subject_of
from longmark.core.parameters.differences import differences
from longmark.core.parameters.drift import Known, drift
from longmark.core.parameters.secrets import protected
from longmark.core.parameters.values import misfit
from longmark.core.versions import NotVers, Scheme, Unkeyable, compare, key, parse_vers, read_vers
from longmark.core.versions.schemes import branch_end, is_unstated

REFUSALS = (Invalid, Unkeyable, NotVers)
URL = "https://acme.test/x/feed.json"


@dataclass(frozen=True)
class Door:
    """A reader of foreign data, and whole documents that it reads.

    What is typed on a command line may hold bytes of no character; a refusal may show them.
    """

    enter: Callable[[bytes], object]
    samples: list[bytes]
    is_typed: bool = False


def passes(door: Door, content: bytes) -> bool:
    """Tell whether a document was read; what is neither read nor refused raises."""
    try:
        read = door.enter(content)
    except REFUSALS as refusal:
        assert str(refusal), "a refusal says why"
        str(refusal).encode("utf-8", "backslashreplace" if door.is_typed else "strict")
        return False
    for text in texts_in(read):
        assert "\0" not in text, f"a NUL is no text: {text[:80]!r}"
        text.encode()
    return True


def texts_in(value: object) -> Iterator[str]:
    """Yield every text in what a reader returned."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            pending += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            pending += one
        elif is_dataclass(one) and not isinstance(one, type):
            pending += [getattr(one, field.name) for field in fields(one)]
        elif isinstance(one, msgspec.Struct):
            pending += [getattr(one, name) for name in one.__struct_fields__]


def _parameters(content: bytes) -> object:
    """Read a set of parameters, and do with it whatever is done with one."""
    read = read_parameters(content)
    known = {each.name: each for each in read_definitions(samples.DEFINITIONS)}
    safe = protected(read.values, known, key="a key", titles=read.titles)
    values = dict(safe.values)
    told = Known(known, {}, values, {}), Known(known, values, {}, values)
    digest = parameters_digest(sorted_values(values))
    again = [written(values, each) for each in ENDINGS]
    drifts = [drift(values, each) for each in told]
    misfits = [misfit(text, known[name]) for name, text in values.items() if name in known]
    assert all(read_parameters(file).values == values for file in again)
    return read, safe, digest, drifts, misfits, differences({}, values, known)


def _sbom(content: bytes) -> object:
    """Read an SBOM, and do with it whatever is done with one."""
    document = read_sbom(content, filename="{x}")
    report = judged(document, facts_of(content, document), PROFILES)
    pieces = list(pieces_of(document))
    changes = difference(pieces, reversed(pieces))
    licences = [combined(each.licences) for each in document.components]
    known = [
        (
            stated_names(purl=c.purl, cpes=c.cpes, group=c.group or "", name=c.name),
            coordinates(purl=c.purl, cpes=c.cpes, name=c.name, version=c.version),
        )
        for c in document.components
    ]
    return [document, plain(report), changes, licences, known, _facts_in(content)]


def _facts_in(content: bytes) -> object:
    return [facts_in_sbom(content), is_facts_alone(content)]


def _exported(content: bytes) -> object:
    bom = release_of(content, content.replace(b"zlib", b"Zlib"))
    for form in ExportFormat:
        read_sbom(exported(bom, form))
    return None


def _facts(content: bytes) -> object:
    """Read facts, and ask them about a component."""
    facts = read_facts(content, filename="{x}")
    known = ReleaseFacts([FactSheet(1, "0" * 64, facts)], [Part("fw", "1")])
    part = Part("zlib", "1.2.11", "pkg:generic/zlib@1.2.11", (samples.CRITERIA,))
    kernel = known.kernel("6.1.55", is_only=True)
    settled = known.settlement(
        part, ["CVE-2026-0001", "GHSA-x"], kernel=kernel, files=["net/can/bcm.c"]
    )
    return [facts, settled]


def _advisory(reader: ModuleType, content: bytes) -> object:
    detection.detect(content)
    return [reader.read(content), reader.references(content)]


def _euvd(content: bytes) -> object:
    return [[euvd.read(record), euvd.references(record)] for _, record in euvd.documents(content)]


def _euvd_ids(content: bytes) -> object:
    return [euvd.pair(line) for line in archives.lines(io.BytesIO(content))]


def _epss(content: bytes) -> object:
    lines = archives.lines(io.BytesIO(content))
    return [epss.read_head(lines), list(epss.read_scores(lines))]


def _partial(content: bytes) -> object:
    """Read what somebody has cut out of a record."""
    try:
        document = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return None
    if kind := parts.detected(document):
        return parts.records_of(document, kind=kind)
    vex.statements_of(document)
    return None  # weighed and told, never kept


def _question(content: bytes) -> object:
    """Answer a question; an answer is sent on as JSON, never kept."""
    return msgspec.json.encode(answer_line(content, number=1).as_json()).decode()


def _archive(content: bytes) -> object:
    file = io.BytesIO(content)
    detection.detect_any(archives.heads(file))
    is_archive = archives.is_archive(file)
    read = [(one.name, one.problem) for one in archives.members(file)]
    file.seek(0)
    return (
        None if is_archive else [read and (one.name, one.problem) for one in archives.entries(file)]
    )


def _bundle(content: bytes) -> object:
    with bundles.opened(io.BytesIO(content)) as opened:
        manifest = opened.read()
        opened.check(manifest, lambda done: None)
        return manifest


def _sheet(content: bytes) -> object:
    """Read a table, and each of its cells as what it may be."""
    sheet = open_sheet(io.BytesIO(content))
    read: list[object] = [sheet.header, headers(sheet.header, required=())]
    for row in sheet.rows:
        for cell in row.cells:
            read.append(cells.text_of(cell))
            for meaning in (cells.identifier_of, cells.moment_of):
                try:
                    meaning(cell, field="x")
                except Invalid as refusal:
                    read.append(str(refusal))
    return None  # NUL and the like are refused cell by cell, by who stores them


def _name_map(content: bytes) -> object:
    """Read a table; what it refuses is marked before it is stored, by who stores it."""
    lists = [Member("a/purls.yml", content), Member("a/cpes.yml", content)]
    read: list[object] = []
    for found in (*pairs(lists), *pairs([Member("", content)])):
        if isinstance(found, Pair):
            with suppress(Invalid):
                read.append(map_row(found.purl, found.cpe))
    return read


def _version(content: bytes) -> object:
    text = content.decode("utf-8", "surrogateescape")
    is_unstated(text)
    keys = []
    for scheme in Scheme:
        for ask in (key, branch_end):
            try:
                keys.append(ask(scheme, text))
            except Unkeyable:
                continue
        for other in ("1.0", text[:-1], text + "a"):
            try:
                assert compare(scheme, text, other) == -compare(scheme, other, text)
            except Unkeyable:
                continue
    assert all(each.isascii() and each.isprintable() for each in keys)
    return keys


def _range(content: bytes) -> object:
    text = content.decode("utf-8", "surrogateescape")
    with suppress(*REFUSALS):
        parse_vers(text)
    found = read_vers(text)
    try:
        return ["1.5" in found, str(found)]
    except Unkeyable:
        return None


def _name(content: bytes) -> object:
    text = content.decode("utf-8", "surrogateescape")
    found: list[object] = [parse_purl(text), canonical_purl(text), repository_package(text)]
    for ask in (Cpe.parse, read_stated_name, read_lookup_name, subject_of):
        try:
            found.append(ask(text))
        except Invalid:
            continue
    version_of_tag(text, ["libmodbus"])
    coordinates(purl=text, cpes=(text,), name=text, version=text)
    return found[:2] if text.isprintable() else None


def _vector(content: bytes) -> object:
    text = content.decode("utf-8", "surrogateescape")
    return [cvss.score(text), cvss.base_score(text), cvss.rating(cvss.score(text))]


def _licence(content: bytes) -> object:
    licence_of(content.decode("utf-8", "replace"))
    return None


def _makefile(content: bytes) -> object:
    text = content.decode("utf-8", "replace")
    tree = Tree({"": text, "can": text}, {"core.c", "can/bcm.c", "net.c"})
    tree.add_source("can/raw.c", content)
    return read_facts(json.dumps(written_map(tree)).encode()).count


RECORDS = [
    samples.OSV,
    samples.NVD,
    samples.CVE,
    samples.CSAF,
    samples.OPENVEX,
    samples.CYCLONEDX_VEX,
]
DOORS: dict[str, Door] = {
    "sbom": Door(_sbom, samples.SBOMS),
    "export": Door(_exported, samples.SBOMS),
    "facts": Door(_facts, samples.FACTS),
    "facts-in-sbom": Door(_facts_in, [samples.CYCLONEDX_VEX, samples.SPDX_VEX, *samples.SBOMS]),
    "osv": Door(partial(_advisory, osv), [samples.OSV]),
    "nvd": Door(partial(_advisory, nvd), [samples.NVD]),
    "cve": Door(partial(_advisory, cve5), [samples.CVE]),
    "csaf": Door(partial(_advisory, csaf), [samples.CSAF]),
    "csaf-vex": Door(csaf.read_vex, [samples.CSAF]),
    "euvd": Door(_euvd, [samples.EUVD]),
    "euvd-ids": Door(_euvd_ids, [samples.EUVD_IDS]),
    "kev": Door(kev.read, [samples.KEV]),
    "epss": Door(_epss, [samples.EPSS]),
    "partial": Door(_partial, RECORDS),
    "question": Door(_question, samples.QUESTIONS),
    "archive": Door(_archive, samples.archives()),
    "bundle": Door(_bundle, [samples.bundle()]),
    "provider": Door(partial(providers.read_metadata, url=URL), [samples.METADATA]),
    "rolie": Door(partial(providers.read_rolie, url=URL), [samples.ROLIE]),
    "changes": Door(partial(providers.read_changes, url=URL), [samples.CHANGES]),
    "index": Door(partial(providers.read_index, url=URL), [samples.INDEX]),
    "security-txt": Door(partial(providers.security_txt, url=URL), [samples.SECURITY_TXT]),
    "digest": Door(providers.stated_digest, [samples.DIGEST]),
    "sheet": Door(_sheet, [samples.SHEET, samples.workbook()]),
    "name-map": Door(_name_map, samples.NAME_MAPS),
    "name-list": Door(partial(read_list, key="purls"), [samples.NAME_LIST]),
    "parameters": Door(_parameters, samples.PARAMETERS),
    "definitions": Door(read_definitions, [samples.DEFINITIONS]),
    "version": Door(_version, samples.VERSIONS, is_typed=True),
    "range": Door(_range, samples.RANGES, is_typed=True),
    "name": Door(_name, samples.NAMES, is_typed=True),
    "cvss": Door(_vector, samples.VECTORS, is_typed=True),
    "licence": Door(_licence, samples.LICENCES),
    "makefile": Door(_makefile, [samples.MAKEFILE]),
}  # fmt: skip


def known_good() -> list[tuple[str, int, bytes]]:
    """Return every door with each of its whole documents."""
    return [
        (name, number, content)
        for name, door in DOORS.items()
        for number, content in enumerate(door.samples)
    ]
