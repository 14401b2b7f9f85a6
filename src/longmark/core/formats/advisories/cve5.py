"""CVE JSON records, versions 5.0 to 5.2: the CNA's container and those of enrichers (ADP).

Every container is read by itself, with its own tier; enrichment never overwrites the CNA. Of
several `versions` entries that cover a version the most specific decides, and what none covers
has the `defaultStatus`. Entries of type git have no order and are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from longmark.core.formats.advisories import configurations, mentions, severities
from longmark.core.formats.advisories.affected import is_ordered, statements
from longmark.core.formats.advisories.configurations import Configuration
from longmark.core.formats.advisories.naming import Affected
from longmark.core.formats.advisories.reading import (
    UNDATED,
    checked_extent,
    checked_id,
    decoded,
    instant,
    shortened,
)
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Defect,
    Origin,
    Reference,
    Severity,
    Source,
    State,
    Statement,
    Tier,
)


class _Metadata(msgspec.Struct, rename="camel"):
    cve_id: str
    state: str = "PUBLISHED"
    date_published: str = ""
    date_updated: str = ""
    date_reserved: str = ""
    date_rejected: str = ""


class _Text(msgspec.Struct):
    value: str = ""
    lang: str = "en"


class _Score(msgspec.Struct, rename="camel"):
    vector_string: str = ""


class _Other(msgspec.Struct):
    type: str = ""
    content: Any = None


class _Metric(msgspec.Struct):
    version4: _Score | None = msgspec.field(default=None, name="cvssV4_0")
    version31: _Score | None = msgspec.field(default=None, name="cvssV3_1")
    version30: _Score | None = msgspec.field(default=None, name="cvssV3_0")
    version2: _Score | None = msgspec.field(default=None, name="cvssV2_0")
    other: _Other | None = None


class _Weakness(msgspec.Struct, rename="camel"):
    cwe_id: str = ""


class _Problem(msgspec.Struct):
    descriptions: list[_Weakness] = []


class _Provider(msgspec.Struct, frozen=True, rename="camel"):
    short_name: str = ""
    date_updated: str = ""


class _Container(msgspec.Struct, rename="camel"):
    provider_metadata: _Provider = msgspec.field(default_factory=_Provider)
    title: str = ""
    descriptions: list[_Text] = []
    rejected_reasons: list[_Text] = []
    replaced_by: list[str] = []
    affected: list[Affected] = []
    problem_types: list[_Problem] = []
    metrics: list[_Metric] = []
    tags: list[str] = []
    cpe_applicability: list[Configuration] = []


class _Containers(msgspec.Struct):
    cna: _Container
    adp: list[_Container] = []


class _Record(msgspec.Struct, rename="camel"):
    cve_metadata: _Metadata
    containers: _Containers


class _Link(msgspec.Struct):
    url: str
    tags: list[str] = []


class _LinkedContainer(msgspec.Struct):
    references: list[_Link] = []


class _LinkedContainers(msgspec.Struct, frozen=True):
    cna: _LinkedContainer
    adp: list[_LinkedContainer] = []


class _Linked(msgspec.Struct):
    containers: _LinkedContainers


_decoder: Final = msgspec.json.Decoder(_Record)
_links: Final = msgspec.json.Decoder(_Linked)


def read(content: bytes) -> AdvisoryRecord:
    """Return the record, normalised.

    Raises:
        RecordInvalid: it is not a CVE JSON 5 record, or exceeds a limit.
    """
    record = decoded(_decoder, content)
    metadata, cna, adp = record.cve_metadata, record.containers.cna, record.containers.adp
    is_rejected = metadata.state == "REJECTED"
    reader = _Reader()
    if not is_rejected:
        reader.read(cna, "/containers/cna", Tier.CNA)
        for number, container in enumerate(adp):
            reader.read(container, f"/containers/adp/{number}", Tier.ENRICHED)
    texts = cna.rejected_reasons if is_rejected else cna.descriptions
    if not (reader.statements or is_rejected):
        reader.statements += mentions.statements(_english(texts), "/containers/cna/descriptions")
    return AdvisoryRecord(
        source=Source.CVE,
        id=checked_id(metadata.cve_id),
        modified=_modified(metadata, cna),
        published=instant(metadata.date_published),
        state=State.REJECTED if is_rejected else State.PUBLISHED,
        disputed="disputed" in cna.tags,
        replaced_by=cna.replaced_by[0] if len(cna.replaced_by) == 1 else "",
        exploited_on=_exploited_on(adp),
        title=shortened(cna.title)[:500],
        description=_english(texts),
        severities=tuple(_severities(cna, adp)),
        weaknesses=_weaknesses([cna, *adp]),
        statements=checked_extent(reader.statements),
        defects=tuple(reader.defects),
    )


def references(content: bytes) -> tuple[Reference, ...]:
    """Return the links of a record, each once."""
    containers = decoded(_links, content).containers
    links = {
        link.url: Reference(link.url, ", ".join(link.tags).lower())
        for container in (containers.cna, *containers.adp)
        for link in container.references
    }
    return tuple(links.values())


class _Reader:
    """The statements of one record while its containers are read."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.defects: list[Defect] = []

    def read(self, container: _Container, pointer: str, tier: Tier) -> None:
        """Add what a container states; CPE applicability only of packages not stated yet."""
        ordered = {(one.vendor, one.product) for one in container.affected if is_ordered(one)}
        stated: set[str] = set()
        for number, entry in enumerate(container.affected):
            if is_ordered(entry) or (entry.vendor, entry.product) not in ordered:
                place = f"{pointer}/affected/{number}"
                found = statements(entry, pointer=place, tier=tier, defects=self.defects)
                stated.update(statement.package for statement in found)
                self.statements += found
        applicable = configurations.statements(
            container.cpe_applicability,
            pointer=f"{pointer}/cpeApplicability",
            tier=tier,
            defects=self.defects,
        )
        self.statements += (one for one in applicable if one.package not in stated)


def _modified(metadata: _Metadata, cna: _Container) -> datetime:
    stated = (metadata.date_updated, metadata.date_rejected, cna.provider_metadata.date_updated,
              metadata.date_published, metadata.date_reserved)  # fmt: skip
    return next((moment for text in stated if text and (moment := instant(text))), UNDATED)


def _english(texts: Iterable[_Text]) -> str:
    return next((shortened(text.value) for text in texts if text.lang[:2] == "en"), "")


def _severities(cna: _Container, adp: Sequence[_Container]) -> Iterator[Severity]:
    for origin, container in ((Origin.CNA, cna), *((Origin.ADP, one) for one in adp)):
        provider = container.provider_metadata.short_name
        for metric in container.metrics:
            scores = (metric.version4, metric.version31, metric.version30, metric.version2)
            for score in filter(None, scores):
                vector = score.vector_string
                severity = severities.from_vector(vector, origin=origin, provider=provider)
                if severity:
                    yield severity


def _exploited_on(adp: Iterable[_Container]) -> date | None:
    """Return the day on which CISA's container says the CVE entered KEV."""
    for container in adp:
        for metric in container.metrics:
            if (
                metric.other
                and metric.other.type == "kev"
                and isinstance(metric.other.content, dict)
            ):
                moment = instant(str(metric.other.content.get("dateAdded", "")))
                if moment:
                    return moment.date()
    return None


def _weaknesses(containers: Iterable[_Container]) -> tuple[str, ...]:
    names = (
        weakness.cwe_id
        for container in containers
        for problem in container.problem_types
        for weakness in problem.descriptions
    )
    return tuple(dict.fromkeys(filter(None, names)))
