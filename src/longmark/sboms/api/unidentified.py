"""Components that nothing can be looked up for, over REST, with what they may be."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.core.identity.rules import NameRuleKind
from longmark.core.identity.suggestions import Because
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.sboms.queries import unidentified as queries

router = Router(tags=["Names"])


class SuggestionOut(Schema):
    kind: NameRuleKind
    target: str = Field(description="What it is also known as; empty for a correction.")
    purl: str = Field(description="Of a correction.")
    cpes: list[str]
    because: Because = Field(
        description="What the same name is stated as elsewhere, what a rule or map says of the"
        " same name, or the built-in table without the version at the end of the name."
    )
    source: str = Field(examples=["pkg:generic/libmodbus"])
    count: int = Field(description="Of how many components that is stated elsewhere.")


class UnidentifiedOut(Schema):
    stated: str = Field(examples=["bare::libmodbus"])
    name: str
    component_count: int
    component_ids: list[UUID] = Field(description="The first of them.")
    suggestions: list[SuggestionOut] = Field(
        description="Nothing of it is applied: send one to `POST /names/rules` to let it hold."
    )


@router.get(
    "/names/unidentified",
    response=PageOut[UnidentifiedOut],
    operation_id="unidentified_page",
)
def unidentified_page(request: HttpRequest, page: PageQuery, text: str = "") -> object:
    """List names in current SBOMs that nothing is looked up for, with what they may be."""
    found = queries.unidentified_page(text=text, after=page.after, limit=page.limit)
    return page_out(found, _row_out)


def _row_out(row: queries.Unidentified) -> dict[str, Any]:
    return {
        "stated": row.stated,
        "name": row.name,
        "component_count": row.component_count,
        "component_ids": [each.pk for each in row.components],
        "suggestions": row.suggestions,
    }
