"""Links and labels of units, for label printers, ERP systems and whoever prints plates."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from longmark.core.errors import Invalid
from longmark.core.formats.labels import drawing
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import PAPERS, USUAL, Paper, paper_named
from longmark.core.formats.labels.pdf import labels_pdf
from longmark.core.formats.labels.zpl import USUAL_DPI, labels_zpl
from longmark.fleet.queries import units
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services.links import links
from longmark.foundation.answers import PageOut, PageQuery, page_out

router = Router(tags=["Fleet"])

AT_ONCE_LIMIT_LABELS = 1_000
SIDE_LIMIT_MM = 200


class LabelOut(Schema):
    """What stands on the label of a unit."""

    unit_id: UUID
    item: str = Field(examples=["TG-200"])
    title: str
    serial: str = Field(examples=["200-2240-05110"])
    company: str
    link: str = Field(description="The identification link (IEC 61406-1): the content of the code.")


class LabelsIn(Schema):
    unit_id: list[UUID] = Field([], description="Only these units.")
    item_id: int | None = None
    text: str = Field("", description="Begin of a serial number.")

    def asked(self) -> UnitFilter:
        items = (self.item_id,) if self.item_id is not None else ()
        return UnitFilter(item_ids=items, ids=tuple(self.unit_id), text=self.text)


class SheetIn(Schema):
    paper: str = Field(USUAL, description=f"One of: {', '.join(PAPERS)}; or a roll, 80x40.")
    skip: int = Field(0, ge=0, description="Places of the first sheet that are used up.")

    def stated(self) -> Paper:
        return paper_named(self.paper)


@router.get("/labels", response=PageOut[LabelOut], operation_id="labels_page")
def labels_page(
    request: HttpRequest, page: PageQuery, asked: Annotated[LabelsIn, Query()]
) -> object:
    """List what stands on the labels of units, by serial number."""
    maker = links(now=timezone.now())
    found = units.units_page(asked.asked(), after=page.after, limit=page.limit)

    def label(unit: Any) -> LabelOut:
        return LabelOut(unit_id=unit.pk, **asdict(maker.label(unit)))

    return page_out(found, label)


@router.get("/labels.html", operation_id="label_sheets")
def label_sheets(
    request: HttpRequest, asked: Annotated[LabelsIn, Query()], sheet: Annotated[SheetIn, Query()]
) -> HttpResponse:
    """Return up to 1,000 labels as one HTML document, to be printed at 100 %."""
    text = "".join(drawing.document(sheet.stated(), _labels(asked), skip=sheet.skip))
    return HttpResponse(text, content_type="text/html; charset=utf-8")


@router.get("/labels.pdf", operation_id="label_document")
def label_document(
    request: HttpRequest, asked: Annotated[LabelsIn, Query()], sheet: Annotated[SheetIn, Query()]
) -> HttpResponse:
    """Return up to 1,000 labels as PDF, to be printed at 100 %. The same labels, the same bytes."""
    content = labels_pdf(sheet.stated(), _labels(asked), skip=sheet.skip)
    return HttpResponse(content, content_type="application/pdf")


@router.get("/labels.zpl", operation_id="label_formats")
def label_formats(
    request: HttpRequest,
    asked: Annotated[LabelsIn, Query()],
    paper: Annotated[str, Query(description="A roll, as 57x32: its millimetres.")] = "57x32",
    dpi: Annotated[int, Query(description="Dots an inch: 203, 300 or 600.")] = USUAL_DPI,
) -> HttpResponse:
    """Return up to 1,000 labels in ZPL II, to be sent to a label printer as they are."""
    text = "".join(labels_zpl(paper_named(paper), _labels(asked), dpi=dpi))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _labels(asked: LabelsIn) -> list[Label]:
    """Return the labels that are asked for; none are left out silently."""
    found = units.units_page(asked.asked(), limit=AT_ONCE_LIMIT_LABELS)
    if found.next:
        raise Invalid(
            "There are more than {limit} of these units: narrow the list, or draw the labels"
            " from /labels.",
            limit=AT_ONCE_LIMIT_LABELS,
        )
    maker = links(now=timezone.now())
    return [maker.label(unit) for unit in found.items]


@router.get("/units/{pk}/label.svg", operation_id="label_drawing")
def label_drawing(request: HttpRequest, pk: UUID, paper: str = "62x29") -> HttpResponse:
    """Return the label of one unit as a drawing, in the size of a paper."""
    label = links(now=timezone.now()).label(units.unit(pk))
    return _svg(drawing.sheet(paper_named(paper), [label]))


@router.get("/units/{pk}/code.svg", operation_id="code_drawing")
def code_drawing(
    request: HttpRequest,
    pk: UUID,
    side_mm: Annotated[float, Query(gt=0, le=SIDE_LIMIT_MM)] = 25.0,
) -> HttpResponse:
    """Return the code of one unit alone, in its frame, for plates that are drawn elsewhere."""
    link = links(now=timezone.now()).of(units.unit(pk).pk)
    return _svg(drawing.code_drawing(link, side_mm=side_mm))


def _svg(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="image/svg+xml")
