"""NVD records (CVE API 2.0 and JSON 2.0 feeds; times without zone are UTC).

A record without configurations states nothing that could be compared; since April 2026 that is the
usual case, and `analysis` says why. What its prose names is unknown (`mentions`).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from longmark.core.formats.advisories import configurations, mentions, severities
from longmark.core.formats.advisories.configurations import Configuration
from longmark.core.formats.advisories.identifiers import CVE
from longmark.core.formats.advisories.reading import (
    checked_extent,
    checked_id,
    decoded,
    instant,
    required_instant,
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
    Tier,
)

NIST: Final = "nvd@nist.gov"
_ADP: Final = "134c704f-9b21-4f2e-91b3-4a467353bcc0"  # CISA's enrichment, by organisation id


class _Text(msgspec.Struct):
    value: str
    lang: str = "en"


class _Score(msgspec.Struct, rename="camel"):
    vector_string: str = ""


class _Metric(msgspec.Struct, rename="camel"):
    cvss_data: _Score
    source: str = ""


class _Metrics(msgspec.Struct, frozen=True, rename="camel"):
    cvss_metric_v40: list[_Metric] = []
    cvss_metric_v31: list[_Metric] = []
    cvss_metric_v30: list[_Metric] = []
    cvss_metric_v2: list[_Metric] = []


class _Weakness(msgspec.Struct):
    description: list[_Text] = []


class _Tags(msgspec.Struct):
    tags: list[str] = []


class _Cve(msgspec.Struct, rename="camel"):
    id: str
    last_modified: str
    published: str = ""
    vuln_status: str = ""
    cve_tags: list[_Tags] = []
    descriptions: list[_Text] = []
    metrics: _Metrics = msgspec.field(default_factory=_Metrics)
    weaknesses: list[_Weakness] = []
    configurations: list[Configuration] = []
    cisa_exploit_add: str | None = None
    cisa_vulnerability_name: str | None = None


class _Entry(msgspec.Struct):
    cve: _Cve


class _Link(msgspec.Struct):
    url: str
    tags: list[str] = []


class _Linked(msgspec.Struct):
    references: list[_Link] = []


class _LinkedEntry(msgspec.Struct):
    cve: _Linked


_decoder: Final = msgspec.json.Decoder(_Entry)
_links: Final = msgspec.json.Decoder(_LinkedEntry)


def read(content: bytes) -> AdvisoryRecord:
    """Return the record of one entry (``{"cve": …}``), normalised.

    Raises:
        RecordInvalid: it is not an NVD entry, or exceeds a limit.
    """
    cve = decoded(_decoder, content).cve
    description = _english(cve.descriptions)
    is_rejected = cve.vuln_status == "Rejected" or description.startswith("Rejected reason:")
    defects: list[Defect] = []
    statements = configurations.statements(
        () if is_rejected else cve.configurations,
        pointer="/cve/configurations",
        tier=Tier.ENRICHED,
        defects=defects,
    )
    if not (statements or is_rejected):
        statements = mentions.statements(description, "/cve/descriptions")
    return AdvisoryRecord(
        source=Source.NVD,
        id=checked_id(cve.id),
        modified=required_instant(cve.last_modified),
        published=instant(cve.published),
        state=State.REJECTED if is_rejected else State.PUBLISHED,
        disputed=any("disputed" in tags.tags for tags in cve.cve_tags)
        or description.startswith("** DISPUTED **"),
        analysis=cve.vuln_status,
        replaced_by=_replacement(cve.id, description) if is_rejected else "",
        exploited_on=_day(cve.cisa_exploit_add),
        title=shortened(cve.cisa_vulnerability_name or "")[:500],
        description=description,
        severities=tuple(_severities(cve.metrics)),
        weaknesses=_weaknesses(cve.weaknesses),
        statements=checked_extent(statements),
        defects=tuple(defects),
    )


def references(content: bytes) -> tuple[Reference, ...]:
    """Return the links of an entry."""
    links = decoded(_links, content).cve.references
    return tuple(Reference(link.url, ", ".join(link.tags).lower()) for link in links)


def _english(texts: Iterable[_Text]) -> str:
    return next((shortened(text.value) for text in texts if text.lang[:2] == "en"), "")


def _severities(metrics: _Metrics) -> Iterator[Severity]:
    for metric in (
        *metrics.cvss_metric_v40,
        *metrics.cvss_metric_v31,
        *metrics.cvss_metric_v30,
        *metrics.cvss_metric_v2,
    ):
        origin = {NIST: Origin.NVD, _ADP: Origin.ADP}.get(metric.source, Origin.CNA)
        vector = metric.cvss_data.vector_string
        severity = severities.from_vector(vector, origin=origin, provider=metric.source)
        if severity:
            yield severity


def _weaknesses(stated: Iterable[_Weakness]) -> tuple[str, ...]:
    names = (text.value for weakness in stated for text in weakness.description)
    return tuple(dict.fromkeys(name for name in names if name.startswith("CWE-")))


def _replacement(own: str, description: str) -> str:
    """Return the CVE id that a rejection names, if it names one other."""
    others = set(CVE.findall(description)) - {own}
    return others.pop() if len(others) == 1 else ""


def _day(text: str | None) -> date | None:
    moment = instant(text) if text else None
    return moment.date() if moment else None
