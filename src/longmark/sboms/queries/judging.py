"""How good SBOMs are: kept reports, and reports made when nobody has asked before."""

import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from longmark.core.errors import NotFound
from longmark.core.formats.sboms.quality import (
    DATA_VERSION,
    PROFILES,
    ProfileReport,
    QualityReport,
    RuleReport,
    judged,
    read_facts,
)
from longmark.core.formats.sboms.reading import content_of
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger
from longmark.sboms.models import Document, KeptReport, SupplierRequest

if TYPE_CHECKING:
    from longmark.catalog.models import Release


def kept_report(document: Document) -> QualityReport | None:
    """Return the report that is kept, if the rules have not changed since. One query."""
    row = KeptReport.objects.filter(digest=document.digest, data_version=DATA_VERSION).first()
    return unpacked(row.content) if row else None


def fresh_report(document: Document) -> QualityReport:
    """Return the report, made from the bytes; about a second for 10,000 components.

    Raises:
        NotFound: the bytes are gone.
    """
    with ledger.open_blob(document.digest) as file:
        content, _ = content_of(file)
    sbom, facts = read_facts(content, filename=document.filename)
    return judged(sbom, facts, PROFILES)


def packed(report: QualityReport) -> bytes:
    """Return a report as it is kept."""
    return zlib.compress(msgspec.msgpack.encode(report), level=6)


def unpacked(content: bytes | memoryview) -> QualityReport:
    """Return a report that was packed."""
    return msgspec.msgpack.decode(zlib.decompress(bytes(content)), type=QualityReport)


def profile_of(report: QualityReport, identifier: str) -> ProfileReport:
    """Return the part of a report about one profile, the first if none is named.

    Raises:
        NotFound: there is none of this name.
    """
    if not identifier:
        return report.profiles[0]
    found = next((each for each in report.profiles if each.id == identifier), None)
    if found is None:
        raise NotFound("There is no profile {profile}.", profile=identifier)
    return found


def rule_of(profile: ProfileReport, identifier: str) -> RuleReport:
    """Return one rule of a profile.

    Raises:
        NotFound: there is none of this name.
    """
    found = next((each for each in profile.rules if each.id == identifier), None)
    if found is None:
        raise NotFound("There is no rule {rule}.", rule=identifier)
    return found


def summaries(digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return, by digest and profile, score and pass of reports that are kept. One query."""
    rows = KeptReport.objects.filter(digest__in=list(digests), data_version=DATA_VERSION)
    found = rows.values_list("digest", "summary")
    return {digest: {line["id"]: line for line in summary} for digest, summary in found}


def requests_page(
    *, document: Document | None = None, after: str | None = None, limit: int = 50
) -> Page[SupplierRequest]:
    """Return requests to suppliers, newest first, of one document or all. One query."""
    rows = SupplierRequest.objects.select_related("document__release__item")
    if document:
        rows = rows.filter(document=document)
    return keyset_page(rows, order=["-sent_at", "-id"], after=after, limit=limit)


def supplier_request(pk: int) -> SupplierRequest:
    """Return one request with its document and release. One query.

    Raises:
        NotFound: there is none with this number.
    """
    rows = SupplierRequest.objects.select_related("document__release__item")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no request {pk}.", pk=pk)
    return found


def request_count(year: int) -> int:
    """Return how many requests of a year there are, for the next number. One query."""
    return SupplierRequest.objects.filter(sent_at__year=year).count()


def current_digests(release: "Release") -> list[str]:
    """Return the digests of the SBOMs that speak for a release. One query."""
    rows = Document.objects.filter(release=release, is_current=True)
    return list(rows.order_by("id").values_list("digest", flat=True))
