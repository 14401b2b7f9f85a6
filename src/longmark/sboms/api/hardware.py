"""The hardware that releases are made of (HBOM), over REST."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.sboms.queries import hardware as queries

router = Router(tags=["SBOMs"])


class OnPartOut(Schema):
    component_id: UUID
    name: str
    version: str = Field(description="Empty if no SBOM states it.")
    kind: str = Field(examples=["firmware"])


class HardwarePartOut(Schema):
    document_id: int
    component_id: UUID
    ref: str
    path: list[str] = Field(description="What it sits in, outermost first.")
    name: str
    version: str
    manufacturer: str = Field(description="Empty if unstated.")
    part_number: str = Field(description="Its name, if none is stated.")
    description: str
    function: str = Field(examples=["connector"])
    location: str = Field(examples=["mainboard"])
    mounting: str = Field(examples=["smd"])
    quantity: str = Field(description="As stated; empty if unstated.", examples=["8"])
    firmware: list[OnPartOut] = Field(
        description="What is nested in it and is no hardware, and what it needs to run."
    )


@router.get("/releases/{pk}/hardware", response=PageOut[HardwarePartOut], operation_id="parts_page")
def parts_page(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List the hardware in a release's current SBOMs (type `device`), in their order."""
    found = queries.parts_page(catalog.release(pk), after=page.after, limit=page.limit)
    return page_out(found, _part_out)


def _part_out(part: queries.Part) -> dict[str, Any]:
    place, said = part.occurrence, part.stated
    return {
        "document_id": place.document_id,
        "component_id": place.component_id,
        "ref": place.ref,
        "path": list(place.steps),
        "name": said.name,
        "version": place.component.version,
        "manufacturer": place.supplier,
        "part_number": part.part_number,
        "description": said.description,
        "function": said.function,
        "location": said.location,
        "mounting": said.mounting,
        "quantity": said.quantity,
        "firmware": [
            {
                "component_id": each.component_id,
                "name": each.component.name,
                "version": each.component.version,
                "kind": each.kind,
            }
            for each in part.firmware
        ],
    }
