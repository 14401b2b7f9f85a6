"""What a name rule would do, over REST."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.findings.queries import previews
from longmark.intel.queries import vulnerabilities
from longmark.names.api import NameRuleSaidIn
from longmark.names.services import rules as names

router = Router(tags=["Names"])


class RenamedOut(Schema):
    component_id: UUID
    component: str
    gained: list[str] = Field(examples=[["cpe:arm:mbed_tls"]])
    lost: list[str]


class FindingMovedOut(Schema):
    release_id: int
    vulnerability: str


class NamePreviewOut(Schema):
    component_count: int = Field(description="What SBOMs call so.")
    renamed_count: int
    release_count: int
    opened_count: int
    closed_count: int
    is_whole: bool = Field(description="False if only the first 2,000 components were looked at.")
    renamed: list[RenamedOut] = Field(description="Up to 20 of them.")
    opened: list[FindingMovedOut] = Field(description="Up to 20 of them.")
    closed: list[FindingMovedOut] = Field(description="Up to 20 of them.")


@router.post("/names/preview", response=NamePreviewOut, operation_id="preview_of_rule")
def preview_of_rule(request: HttpRequest, body: NameRuleSaidIn) -> object:
    """Say what a name rule would do, and store nothing."""
    rule = names.read_rule(body.said())
    names.refuse_contradiction(rule)
    return _preview_out(previews.preview_of_rule(rule))


def _preview_out(found: previews.Preview) -> dict[str, object]:
    shown = (*found.opened[: previews.SHOWN], *found.closed[: previews.SHOWN])
    named = vulnerabilities.vulnerabilities_by_id({pk for _release, pk in shown})

    def moved(pairs: tuple[previews.Pair, ...]) -> list[dict[str, object]]:
        return [
            {"release_id": release_id, "vulnerability": named[vulnerability_id].name}
            for release_id, vulnerability_id in pairs[: previews.SHOWN]
        ]

    return {
        "component_count": found.component_count,
        "renamed_count": len(found.renamed),
        "release_count": len(found.release_ids),
        "opened_count": len(found.opened),
        "closed_count": len(found.closed),
        "is_whole": found.is_whole,
        "renamed": [
            {
                "component_id": one.component.pk,
                "component": str(one.component),
                "gained": one.gained,
                "lost": one.lost,
            }
            for one in found.renamed[: previews.SHOWN]
        ],
        "opened": moved(found.opened),
        "closed": moved(found.closed),
    }
