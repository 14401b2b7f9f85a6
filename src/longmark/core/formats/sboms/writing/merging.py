"""Several documents of one release, merged into pieces.

Two entries are one piece if purl, CPEs and version agree (and the name, where there is
neither purl nor CPE), unless their hashes contradict each other: those are two artefacts.
Entries with neither identity nor version are never taken for one: that two things bear the
same name is not known to mean that they are the same. What documents say otherwise of one
piece is kept beside it; completeness is the least that any document claims.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from longmark.core.formats.sboms.document import (
    NO_REMARKS,
    ComponentEntry,
    Composition,
    Format,
    Hash,
    LicenceText,
    Link,
    Remarks,
    SbomDocument,
)
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    About,
    Completeness,
    Part,
    Piece,
    Place,
    ReleaseBom,
    Source,
    Variant,
)
from longmark.core.identity import canonical_purl

SERIALS = uuid.UUID("c2f7a3a4-9a1f-5f0b-8a61-0d9a5ec1f1d7")
"""The serial number of every export derives from it: it must never change."""

UNKNOWN = "unknown"
_WEAKEST_FIRST = (UNKNOWN, "not_specified", "incomplete", "complete")


def merged(
    about: About,
    documents: Iterable[tuple[Source, SbomDocument]],
    *,
    parts: Sequence[Part] = (),
    created_at: datetime,
) -> ReleaseBom:
    """Return the inventory of a release, from its documents and what may sit in it.

    The same input gives the same result, serial number included.
    """
    merging = _Merging(about)
    for source, document in documents:
        merging.take(source, document)
    merging.settle_subject()
    merging.place_parts(parts)
    return ReleaseBom(
        serial=serial_of(about, merging.sources, parts, Variant.INVENTORY),
        created_at=created_at,
        variant=Variant.INVENTORY,
        about=about,
        pieces=merging.pieces,
        needs={one: list(others) for one, others in merging.needs.items()},
        completeness=list(merging.completeness()),
        sources=merging.sources,
        licence_texts=merging.licence_texts,
    )


def serial_of(
    about: About, sources: Iterable[Source], parts: Sequence[Part], variant: Variant, said: str = ""
) -> uuid.UUID:
    """Return the serial number of an export; ``said`` tells what it says beyond its sources."""
    fitted = [[part.slot, part.about.name, part.about.version] for part in parts]
    named = [about.name, about.version, [each.digest for each in sources], fitted, variant, said]
    return uuid.uuid5(SERIALS, orjson.dumps(named).decode())


def bom_link(document: SbomDocument) -> str:
    """Return how others refer to the document, empty if it has no serial number."""
    if document.format is Format.SPDX:
        return document.serial
    serial = document.serial.removeprefix("urn:uuid:")
    return f"urn:cdx:{serial}/{document.version}" if serial else ""


Identity = tuple[str, tuple[str, ...], str, str, str]


def identity(entry: ComponentEntry) -> Identity | None:
    """Return what makes entries one piece; ``None`` for one that stays by itself."""
    purl = (canonical_purl(entry.purl) or entry.purl) if entry.purl else ""
    cpes = tuple(sorted(set(entry.cpes)))
    if purl or cpes:
        return purl, cpes, entry.version or "", "", ""
    if entry.version:
        return "", (), entry.version, entry.group or "", entry.name.casefold()
    return None


def contradict(some: Iterable[Hash], others: Iterable[Hash]) -> bool:
    """Tell whether two lists of hashes name different digests by one algorithm."""
    known: dict[str, set[str]] = defaultdict(set)
    for each in some:
        known[_algorithm(each)].add(each.digest.lower())
    return any(
        _algorithm(each) in known and each.digest.lower() not in known[_algorithm(each)]
        for each in others
    )


def _algorithm(each: Hash) -> str:
    return each.algorithm.upper().replace("-", "").replace("_", "")


@dataclass(slots=True)
class _Taking:
    """One document while its entries are placed: what its refs and paths stand for."""

    number: int
    document: SbomDocument
    root: int
    root_path: tuple[str, ...]
    by_ref: dict[str, int]
    by_path: dict[tuple[str, ...], int]
    renamed: dict[str, str]

    def container_of(self, entry: ComponentEntry) -> int:
        """Return the piece in which an entry sits; parents stand before what is in them."""
        if entry.within in self.by_ref:
            return self.by_ref[entry.within]
        return self.by_path.get(entry.path, self.root)


class _Merging:
    """The pieces of a release as documents are taken."""

    def __init__(self, about: About) -> None:
        self.about = about
        subject = ComponentEntry(ref="", name=about.name, version=about.version, kind=about.kind)
        self.pieces: list[Piece] = [Piece(RELEASE, "", subject, None)]
        self.sources: list[Source] = []
        self.needs: dict[int, dict[int, None]] = defaultdict(dict)
        self.licence_texts: dict[str, LicenceText] = {}
        self._by_identity: dict[Identity, list[int]] = defaultdict(list)
        self._refs: set[str] = set()
        self._roots: list[int] = []
        self._claims: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)

    def take(self, source: Source, document: SbomDocument) -> None:
        """Place the entries of a document, and note what it says of them."""
        self.sources.append(source)
        number = len(self.sources) - 1
        taking = _Taking(number, document, RELEASE, (), {}, {}, self._define(source, document))
        if document.subject:
            taking.root = self._place(document.subject, 0, RELEASE, (), taking)
            taking.root_path = (document.subject.name,)
            self._note_ref(document.subject, taking.root, taking)
        self._roots.append(taking.root)
        numbered = list(enumerate(document.components, start=1))
        if document.format is Format.SPDX:  # what contains a package may stand behind it
            numbered.sort(key=lambda pair: len(pair[1].path))
        for count, entry in numbered:
            self._take_entry(entry, count, taking)
        self._connect(taking)
        self._claim(taking)

    def _take_entry(self, entry: ComponentEntry, count: int, taking: _Taking) -> None:
        container = taking.container_of(entry)
        piece = self._place(entry, count, container, entry.path, taking)
        taking.by_path[(*entry.path, entry.name)] = piece
        self._note_ref(entry, piece, taking)

    def _note_ref(self, entry: ComponentEntry, piece: int, taking: _Taking) -> None:
        if entry.ref:
            taking.by_ref.setdefault(entry.ref, piece)

    def _place(
        self,
        entry: ComponentEntry,
        count: int,
        container: int,
        path: tuple[str, ...],
        taking: _Taking,
    ) -> int:
        """Return the piece of an entry, made or found, having noted the place."""
        entry = _with_licences(entry, taking.renamed)
        named = identity(entry)
        found = self._found(named, entry) if named else None
        if found is None:
            found = self._made(entry, container, taking)
            if named:
                self._by_identity[named].append(found)
        else:
            _agree(self.pieces[found], entry)
        place = Place(taking.number, count, container, (*taking.root_path, *path))
        self.pieces[found].places.append(place)
        return found

    def _found(self, named: Identity, entry: ComponentEntry) -> int | None:
        """Return the piece of this identity that an entry does not contradict."""
        for number in self._by_identity.get(named, ()):
            known = self.pieces[number].entry
            if known.patches == entry.patches and not contradict(known.hashes, entry.hashes):
                return number
        return None

    def _made(self, entry: ComponentEntry, container: int, taking: _Taking) -> int:
        number = len(self.pieces)
        ref = self._free_ref(entry.ref or f"component-{number}", taking)
        self.pieces.append(Piece(number, ref, entry, container))
        self.pieces[container].children.append(number)
        return number

    def _free_ref(self, wanted: str, taking: _Taking) -> str:
        ref, attempt = wanted, 0
        while ref in self._refs:
            attempt += 1
            mark = self.sources[taking.number].digest[:8] if attempt == 1 else str(attempt)
            ref = f"{wanted}#{mark}"
        self._refs.add(ref)
        return ref

    def _define(self, source: Source, document: SbomDocument) -> dict[str, str]:
        """Take the licences that a document defines; return those that had to be renamed."""
        renamed = {}
        for text in document.licence_texts:
            known = self.licence_texts.get(text.ref)
            if known and (known.name, known.text) != (text.name, text.text):
                renamed[text.ref] = f"{text.ref}-{source.digest[:8]}"
                text = replace(text, ref=renamed[text.ref])
            self.licence_texts[text.ref] = text
        return renamed

    def _connect(self, taking: _Taking) -> None:
        """Note what needs what; a reference that leads out of the document leads nowhere."""
        for one, other in taking.document.dependencies:
            needing, needed = taking.by_ref.get(one), taking.by_ref.get(other)
            if needing is not None and needed is not None and needing != needed:
                self.needs[needing][needed] = None

    def _claim(self, taking: _Taking) -> None:
        for each in taking.document.compositions:
            for what, number in self._claimed(each, taking):
                before = self._claims[what, number].get(taking.number, each.aggregate)
                self._claims[what, number][taking.number] = weakest([before, each.aggregate])

    def _claimed(self, composition: Composition, taking: _Taking) -> Iterator[tuple[str, int]]:
        if not composition.assemblies and not composition.dependencies:
            yield "assemblies", taking.root
        for what, refs in (
            ("assemblies", composition.assemblies),
            ("dependencies", composition.dependencies),
        ):
            yield from ((what, taking.by_ref[ref]) for ref in refs if ref in taking.by_ref)

    def settle_subject(self) -> None:
        """Let the subject of the only document be the release, if it says that it is."""
        release = self.pieces[RELEASE]
        release.ref = self._release_ref()
        if len(self.sources) != 1 or self._roots[0] == RELEASE:
            return
        subject = self.pieces[self._roots[0]]
        if not _is_the_release(subject.entry, self.about):
            return
        self._absorb(release, subject)

    def _release_ref(self) -> str:
        ref = f"{self.about.name}@{self.about.version}"
        while ref in self._refs:
            ref = f"release:{ref}"
        return ref

    def _absorb(self, release: Piece, subject: Piece) -> None:
        """Make the release of the subject; its number stays, so that nothing else moves."""
        said = subject.entry
        if said.name != self.about.name:
            release.properties.append(("longmark:subject-name", said.name))
        if said.version and said.version != self.about.version:
            release.properties.append(("longmark:subject-version", said.version))
        kind = said.kind or self.about.kind
        release.entry = replace(
            said, name=self.about.name, version=self.about.version or said.version, kind=kind
        )
        release.ref, release.places = subject.ref, subject.places
        release.children = [each for each in release.children if each != subject.number]
        for number in subject.children:
            self.pieces[number].container = RELEASE
        release.children = [*subject.children, *release.children]
        self._rename(subject.number)

    def _rename(self, gone: int) -> None:
        """Let everything that speaks of a piece speak of the release instead."""
        subject = self.pieces[gone]
        subject.children, subject.places, subject.container = [], [], None
        for number, others in list(self.needs.items()):
            if gone in others:
                self.needs[number] = {RELEASE if each == gone else each: None for each in others}
        if gone in self.needs:
            self.needs[RELEASE] = self.needs.pop(gone)
        for what in ("assemblies", "dependencies"):
            if (what, gone) in self._claims:
                self._claims[what, RELEASE] = self._claims.pop((what, gone))
        for piece in self.pieces:
            piece.places = [
                replace(each, container=RELEASE) if each.container == gone else each
                for each in piece.places
            ]

    def place_parts(self, parts: Sequence[Part]) -> None:
        """Place other releases that may sit in a hardware release, under their slots."""
        numbers = {RELEASE: RELEASE}
        for part in parts:
            number, container = len(self.pieces), numbers[part.within]
            numbers[part.number] = number
            self.pieces.append(_piece_of(part, number, container))
            self.pieces[container].children.append(number)

    def completeness(self) -> Iterator[Completeness]:
        """Yield the least that is claimed of each piece; the release is unknown unless claimed.

        A piece of several documents is as complete as all of them say, and no more.
        """
        if ("assemblies", RELEASE) not in self._claims:
            yield Completeness(aggregate=UNKNOWN, assemblies=(RELEASE,))
        grouped: dict[tuple[str, str], list[int]] = defaultdict(list)
        for (what, number), claims in sorted(self._claims.items()):
            sources = {place.source for place in self.pieces[number].places}
            if number == RELEASE:
                sources = set(range(len(self.sources)))
            said = weakest([claims.get(source, UNKNOWN) for source in sources])
            grouped[what, said].append(number)
        for (what, said), numbers in sorted(grouped.items()):
            if what == "assemblies":
                yield Completeness(aggregate=said, assemblies=tuple(numbers))
            else:
                yield Completeness(aggregate=said, dependencies=tuple(numbers))


def weakest(claims: Iterable[str]) -> str:
    """Return what may be claimed of something of which several claims are made.

    >>> weakest(["complete", "incomplete_first_party_only"])
    'incomplete'
    """
    found = set(claims)
    if len(found) == 1:
        return found.pop()
    ranked = {"incomplete" if each.startswith("incomplete") else each for each in found}
    return next((each for each in _WEAKEST_FIRST if each in ranked), UNKNOWN)


def _is_the_release(subject: ComponentEntry, about: About) -> bool:
    same_version = (subject.version or "") in {"", about.version}
    return same_version or subject.name.casefold() == about.name.casefold()


def _piece_of(part: Part, number: int, container: int) -> Piece:
    about = part.about
    entry = ComponentEntry(
        ref="",
        name=about.name,
        version=about.version,
        supplier=about.supplier or None,
        kind=about.kind,
        scope="optional" if part.is_alternative else "",
        remarks=Remarks(links=(Link("bom", part.link),)) if part.link else NO_REMARKS,
    )
    piece = Piece(number, f"{about.name}@{about.version}#{number}", entry, container)
    piece.properties.append(("longmark:slot", part.slot))
    return piece


def _with_licences(entry: ComponentEntry, renamed: Mapping[str, str]) -> ComponentEntry:
    """Return an entry that names licences as they are called in the merged release."""
    if not renamed or not entry.licences:
        return entry
    words = [
        " ".join(renamed.get(word, word) for word in licence.split(" "))
        for licence in entry.licences
    ]
    return replace(entry, licences=tuple(words))


def _agree(piece: Piece, entry: ComponentEntry) -> None:
    """Add to a piece what another entry knows more, and keep aside what it says otherwise."""
    known = piece.entry
    if (known.supplier, known.licences) != (entry.supplier, entry.licences):
        _keep_aside(piece, "supplier", known.supplier or "", entry.supplier or "")
        _keep_aside(piece, "licence", _joined(known), _joined(entry))
    algorithms = {_algorithm(each) for each in known.hashes}
    more = [each for each in entry.hashes if _algorithm(each) not in algorithms]
    piece.entry = replace(
        known,
        group=known.group or entry.group,
        supplier=known.supplier or entry.supplier,
        licences=known.licences or entry.licences,
        hashes=(*known.hashes, *more),
        kind=known.kind or entry.kind,
        scope=_widest(known.scope, entry.scope),
        remarks=known.remarks if known.remarks != NO_REMARKS else entry.remarks,
    )


def _joined(entry: ComponentEntry) -> str:
    return " AND ".join(entry.licences)


def _keep_aside(piece: Piece, what: str, known: str, said: str) -> None:
    if known and said and known != said:
        others = piece.said_elsewhere.setdefault(what, [])
        if said not in others:
            others.append(said)


def _widest(one: str, other: str) -> str:
    """Return the scope of something that has two: shipped anywhere is shipped."""
    return next(each for each in ("required", "", "optional", "excluded") if each in {one, other})
