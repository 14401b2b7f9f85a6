"""How far the sources are known, over REST: alone, and with the answers that it qualifies."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from longmark.intel.queries.coverage import Bearing, Coverage, Lack, coverage

router = Router(tags=["Intelligence"])


class GapOut(Schema):
    """A source of advisories that is not known in full here."""

    feed: str = Field(examples=["osv"])
    title: str = Field(examples=["OSV"])
    lacks: list[Lack] = Field(
        description="absent, stale, partial, failing; unmeasured: it came as files, and how"
        " complete they are is not known; not-chosen: an ecosystem that is not mirrored."
    )
    bearing: Bearing = Field(description="Which decisions it may change.")
    kinds: list[str] = Field(
        description="The kinds of package here that it concerns; empty: all, or none was asked.",
        examples=[["npm", "deb:debian"]],
    )
    as_of: datetime | None = Field(description="How old what is here of it is.")
    missing_count: int | None
    concerns: str = Field(description="What is not known for certain, in words.")
    sentence: str = Field(description="What is wrong with it, in words.")


class CoveredOut(Schema):
    """How far an answer reaches: `partial` means that something may be missing from it."""

    coverage: Literal["complete", "partial"]
    coverage_gaps: list[GapOut]


@router.get("/coverage", response=CoveredOut, operation_id="coverage")
def coverage_now(request: HttpRequest) -> object:
    """Return which sources are absent, stale, half mirrored or failing, and what that concerns."""
    return covered(coverage(timezone.now()))


def covered(found: Coverage) -> dict[str, object]:
    """Return a coverage as the API answers it, alone or with what it qualifies."""
    plain = ("title", "lacks", "bearing", "kinds", "as_of", "missing_count", "concerns", "sentence")
    gaps = [{name: getattr(gap, name) for name in plain} | {"feed": gap.name} for gap in found.gaps]
    return {"coverage": found.word, "coverage_gaps": gaps}
