"""Licences over REST."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.sboms.queries import licences as queries

router = Router(tags=["SBOMs"])


class LicenceUseOut(Schema):
    licence: str = Field(description="As an SPDX expression, where it is one; empty if unstated.")
    category: str = Field(examples=["weak-copyleft"])
    occurrence_count: int
    release_count: int


class LicencesOut(Schema):
    licences: list[LicenceUseOut]
    unread_count: int = Field(description="SBOMs whose licences are still to be read.")


class LicensedOut(Schema):
    component_id: UUID
    name: str
    version: str
    licence: str
    stated: list[str] = Field(description="The licences as the SBOM states them.")
    document_id: int
    release_id: int
    item: str
    release: str
    path: list[str]


@router.get("/licences", response=LicencesOut, operation_id="licences_in_use")
def licences_in_use(
    request: HttpRequest, release: int | None = None, category: str = "", text: str = ""
) -> object:
    """List the licences of all current SBOMs, or of one release."""
    subject = catalog.release(release) if release is not None else None
    return {
        "licences": queries.licences_in_use(release=subject, category=category, text=text),
        "unread_count": queries.unread_count(subject),
    }


@router.get(
    "/licences/occurrences", response=PageOut[LicensedOut], operation_id="occurrences_under"
)
def occurrences_under(
    request: HttpRequest, page: PageQuery, licence: str = "", release: int | None = None
) -> object:
    """List the components under one licence, and where; without one, those that state none."""
    subject = catalog.release(release) if release is not None else None
    found = queries.occurrences_under(licence, release=subject, after=page.after, limit=page.limit)
    return page_out(found, _licensed)


def _licensed(occurrence: Any) -> dict[str, Any]:
    component, release = occurrence.component, occurrence.document.release
    return {
        "component_id": component.pk,
        "name": component.name,
        "version": component.version,
        "licence": occurrence.licence,
        "stated": occurrence.licences.split("\n") if occurrence.licences else [],
        "document_id": occurrence.document_id,
        "release_id": release.pk,
        "item": release.item.name,
        "release": release.version,
        "path": list(occurrence.steps),
    }
