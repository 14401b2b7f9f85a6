"""CSAF documents, versions 2.0 and 2.1: advisories of vendors and coordinators, and VEX.

A document speaks of many vulnerabilities and says of each which products are concerned. So its
statements name their vulnerability, unless they say the same of all. What is rated, too, is one of
them. A vendor decides about its own products as a distributor does about packages; a coordinator
repeats what others said, and a document about many vendors is trusted to a low degree.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from longmark.core.formats.advisories import severities
from longmark.core.formats.advisories.csaf_contradictions import (
    status_defects,
    tree_defects,
    unknown,
)
from longmark.core.formats.advisories.csaf_products import (
    Product,
    Tree,
    groups_of,
    products_of,
    vendor_count,
)
from longmark.core.formats.advisories.csaf_scores import SCORES, score_defects
from longmark.core.formats.advisories.csaf_statements import STATUSES, Reading, merged
from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.reading import (
    MAX_ID_LENGTH,
    UNDATED,
    RecordInvalid,
    checked_extent,
    checked_id,
    decoded,
    instant,
    shortened,
)
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    Defect,
    Origin,
    Reference,
    Severity,
    Source,
    State,
    Statement,
    Tier,
)

MANY_VENDORS: Final = 10  # from here on a document lists everybody under everything
MAX_VULNERABILITIES: Final = 5_000
MAX_DEFECTS: Final = 200
PUBLIC: Final = frozenset(("", "WHITE", "CLEAR"))

_VERSIONS: Final = ("2.0", "2.1")
_ENDED: Final = frozenset(("csaf_withdrawn", "csaf_superseded"))
_BARE: Final = re.compile(r"(?:[^A-Za-z]|[A-Za-z](?![A-Za-z]))*")


class _Publisher(msgspec.Struct):
    name: str = ""
    namespace: str = ""
    category: str = ""


class _Tracking(msgspec.Struct):
    id: str
    status: str = ""
    version: str = ""
    current_release_date: str = ""
    initial_release_date: str = ""


class _Tlp(msgspec.Struct):
    label: str = ""


class _Distribution(msgspec.Struct):
    tlp: _Tlp | None = None


class _Note(msgspec.Struct):
    text: str = ""
    category: str = ""


class _Document(msgspec.Struct):
    tracking: _Tracking
    category: str = ""
    csaf_version: str = "2.0"
    title: str = ""
    publisher: _Publisher = msgspec.field(default_factory=_Publisher)
    distribution: _Distribution | None = None
    notes: list[_Note] | None = None


class _Id(msgspec.Struct):
    text: str = ""
    system_name: str = ""


class _Targeted(msgspec.Struct):
    """What is said of products: a flag, a threat, a remedy."""

    product_ids: list[str] | None = None
    group_ids: list[str] | None = None
    label: str = ""
    category: str = ""
    details: str = ""


class _Weakness(msgspec.Struct):
    id: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str | None = None
    ids: list[_Id] | None = None
    title: str = ""
    notes: list[_Note] | None = None
    cwe: _Weakness | None = None
    cwes: list[_Weakness] | None = None
    product_status: dict[str, list[str]] | None = None
    flags: list[_Targeted] | None = None
    threats: list[_Targeted] | None = None
    remediations: list[_Targeted] | None = None
    scores: list[dict[str, Any]] | None = None
    metrics: list[dict[str, Any]] | None = None


class _Csaf(msgspec.Struct):
    document: _Document
    product_tree: Tree | None = None
    vulnerabilities: list[_Vulnerability] | None = None


class _Link(msgspec.Struct):
    url: str = ""
    category: str = ""
    summary: str = ""


class _Linked(msgspec.Struct):
    references: list[_Link] | None = None


class _Links(msgspec.Struct):
    document: _Linked
    vulnerabilities: list[_Linked] | None = None


_decoder: Final = msgspec.json.Decoder(_Csaf)
_links: Final = msgspec.json.Decoder(_Links)


def read(content: bytes) -> AdvisoryRecord:
    """Return the record of a document, normalised.

    Raises:
        RecordInvalid: it is not a CSAF document of version 2, or exceeds a limit.
    """
    return _Reader(_document(content)).record()


def read_vex(content: bytes) -> AdvisoryRecord:
    """Return a document as a statement on exploitability: it says nothing of what it leaves out,
    and what it clears without a reason is still looked into.

    Raises:
        RecordInvalid: it is not a CSAF document of version 2, or exceeds a limit.
    """
    return _Reader(_document(content), is_listed_only=True).record()


def _document(content: bytes) -> _Csaf:
    csaf = decoded(_decoder, content)
    version = csaf.document.csaf_version
    if version not in _VERSIONS:
        raise RecordInvalid(
            "CSAF {version} is not known here; 2.0 and 2.1 are.", version=version[:20]
        )
    return csaf


def references(content: bytes) -> tuple[Reference, ...]:
    """Return the links of a document and its vulnerabilities, each once."""
    linked = decoded(_links, content)
    every = [linked.document, *(linked.vulnerabilities or ())]
    links = {
        link.url: Reference(link.url, link.category)
        for one in every
        for link in one.references or ()
        if link.url
    }
    return tuple(links.values())


class _Reader:
    """One document on its way to a record."""

    def __init__(self, csaf: _Csaf, *, is_listed_only: bool = False) -> None:
        self.document = csaf.document
        self.is_listed_only = is_listed_only
        self.vulnerabilities = csaf.vulnerabilities or []
        tree = csaf.product_tree or Tree()
        self.products = products_of(tree)
        self.groups = groups_of(tree)
        self.defects: list[Defect] = list(islice(tree_defects(tree), MAX_DEFECTS))
        is_mass = vendor_count(tree) > MANY_VENDORS
        self.cap = Confidence.LOW if is_mass else Confidence.EXACT
        is_vendor = self.document.publisher.category == "vendor"
        self.tier = Tier.DISTRIBUTOR if is_vendor else Tier.CNA
        self.id = record_id(self.document.tracking.id, self.document.publisher.namespace)
        if len(self.vulnerabilities) > MAX_VULNERABILITIES:
            raise RecordInvalid(
                "The document has more than {limit} vulnerabilities.", limit=MAX_VULNERABILITIES
            )

    def record(self) -> AdvisoryRecord:
        """Return the record."""
        document, tracking = self.document, self.document.tracking
        by_subject = self._by_subject()
        is_ended = document.category in _ENDED
        statements = () if is_ended else checked_extent(merged(by_subject))
        modified = instant(tracking.current_release_date)
        return AdvisoryRecord(
            source=Source.CSAF,
            id=self.id,
            modified=modified or instant(tracking.initial_release_date) or UNDATED,
            published=instant(tracking.initial_release_date),
            withdrawn_at=modified if is_ended else None,
            subjects=tuple(sorted(by_subject)) if set(by_subject) != {self.id} else (),
            state=State.WITHDRAWN if is_ended else State.PUBLISHED,
            analysis=tracking.status,
            marking=marking_of(document.distribution),
            title=shortened(document.title)[:500],
            description=self._description(),
            severities=tuple(self._severities()),
            weaknesses=tuple(self._weaknesses()),
            statements=statements,
            defects=tuple(self.defects[:MAX_DEFECTS]),
        )

    def _by_subject(self) -> Mapping[str, list[Statement]]:
        found: dict[str, list[Statement]] = {}
        for number, one in enumerate(self.vulnerabilities):
            reading = self._reading(one, f"/vulnerabilities/{number}")
            for status, ids in (one.product_status or {}).items():
                if status in STATUSES:
                    reading.add(status, [*self._named(ids, f"{reading.pointer}/product_status")])
            found.setdefault(self._subject(one), []).extend(reading.statements())
            self.defects += [*reading.defects, *self._contradictions(one, reading.pointer)]
        return found

    def _reading(self, one: _Vulnerability, pointer: str) -> Reading:
        impacts = [threat for threat in one.threats or () if threat.category == "impact"]
        notes = {
            product: text
            for said in (*impacts, *(one.flags or ()))
            if (text := said.label or said.details)
            for product in self._targets(said)
        }
        fixes = {
            product: remedy.details
            for remedy in one.remediations or ()
            if remedy.category == "vendor_fix"
            for product in self._targets(remedy)
        }
        is_vex = self.is_listed_only or self.document.category == "csaf_vex"
        return Reading(
            pointer, self.tier, self.cap, fixes, notes, is_vex, is_listed_only=self.is_listed_only
        )

    def _contradictions(self, one: _Vulnerability, pointer: str) -> Iterator[Defect]:
        """Yield what cannot be so of what is said of one vulnerability."""
        yield from status_defects(one.product_status or {}, f"{pointer}/product_status")
        yield from score_defects(one.scores or (), one.metrics or (), pointer)
        for member in ("flags", "threats", "remediations"):
            for number, said in enumerate(getattr(one, member) or ()):
                place = f"{pointer}/{member}/{number}"
                yield from unknown(said.product_ids or (), self.products, place)
                yield from unknown(said.group_ids or (), self.groups, place, "group")

    def _targets(self, said: _Targeted) -> Iterator[str]:
        yield from said.product_ids or ()
        for group in said.group_ids or ():
            yield from self.groups.get(group, ())

    def _named(self, ids: Iterable[str], pointer: str) -> Iterator[Product]:
        for one in ids:
            product = self.products.get(one)
            if product:
                yield product
            else:
                self.defects.append(Defect(pointer, f"'{one[:80]}' is no product of the document."))

    def _subject(self, one: _Vulnerability) -> str:
        """Return the id of a vulnerability, the document's own where it states none."""
        stated = [(one.cve or "").strip(), *(each.text.strip() for each in one.ids or ())]
        return next(filter(_is_id, stated), self.id)

    def _description(self) -> str:
        """Return what the document, or its only vulnerability, says of itself."""
        notes = [*(self.document.notes or ())]
        if len(self.vulnerabilities) == 1:
            notes = [*(self.vulnerabilities[0].notes or ()), *notes]
        told = [note.text for note in notes if note.category in ("summary", "description")]
        return shortened(told[0]) if told else ""

    def _severities(self) -> Iterator[Severity]:
        """Yield each vulnerability's highest rating of each version of CVSS."""
        is_only = len(self.vulnerabilities) == 1
        for one in self.vulnerabilities:
            highest: dict[str, Severity] = {}
            for vector in _vectors(one):
                found = severities.from_vector(
                    vector, origin=Origin.CSAF, provider=self.document.publisher.name[:100]
                )
                if found and (found.score or 0) > (
                    highest[found.version].score or 0 if found.version in highest else -1
                ):
                    highest[found.version] = found
            subject = "" if is_only else self._subject(one)
            yield from (msgspec.structs.replace(each, subject=subject) for each in highest.values())

    def _weaknesses(self) -> Iterator[str]:
        """Yield the weaknesses of the only vulnerability; of several they belong to none."""
        if len(self.vulnerabilities) != 1:
            return
        one = self.vulnerabilities[0]
        stated = [*([one.cwe] if one.cwe else []), *(one.cwes or ())]
        yield from dict.fromkeys(each.id for each in stated if each.id)


def record_id(tracking_id: str, namespace: str) -> str:
    """Return the id of a document: a publisher's own ids are unique, bare numbers and CVEs not.

    >>> record_id("ICSA-21-119-04", "https://www.cisa.gov/")
    'ICSA-21-119-04'
    >>> record_id("CVE-2024-1234", "https://www.redhat.com")
    'CVE-2024-1234@redhat.com'
    """
    plain = "_".join(tracking_id.split())
    host = _host_of(namespace)
    if host and (is_cve(plain) or _BARE.fullmatch(plain)):
        plain = f"{plain}@{host}"
    return checked_id(plain)


def _host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # a bracket without its other
        return ""


def marking_of(distribution: _Distribution | None) -> str:
    """Return who may read a document, empty for everybody."""
    label = distribution.tlp.label.upper() if distribution and distribution.tlp else ""
    return "" if label in PUBLIC else f"TLP:{label[:20]}"


def _is_id(text: str) -> bool:
    return 0 < len(text) <= MAX_ID_LENGTH and text.isprintable() and " " not in text


def _vectors(one: _Vulnerability) -> Iterator[str]:
    contents = [*(one.scores or ()), *(metric.get("content") for metric in one.metrics or ())]
    for content in contents:
        for name in SCORES if isinstance(content, dict) else ():
            score = content.get(name)
            vector = score.get("vectorString") if isinstance(score, dict) else None
            if isinstance(vector, str):
                yield vector
