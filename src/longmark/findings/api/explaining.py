"""Why, or why not, over REST."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import Remark, Verdict
from longmark.findings.queries import explaining

router = Router(tags=["Findings"])


class RemarkOut(Schema):
    rule: str = Field(examples=["statement"])
    text: str
    facts: dict[str, Any] = Field(description="What the step rests on; its members by the rule.")


class AnswerOut(Schema):
    component: str
    advisory: str
    verdict: Verdict
    confidence: Confidence
    sentence: str = Field(description="The step that decides.")
    trail: list[RemarkOut]
    would_change: list[str] = Field(description="What would change the answer.")


class QuestionIn(Schema):
    component: str = Field(description="A purl, CPE name, name and version, or a component's id.")
    advisory: str = Field(examples=["CVE-2022-0367"])
    platform: list[str] = Field([], description="CPE names of what it runs on and with.")
    parent: str = Field("", description="The product that contains it.")


@router.get("/explain", response=AnswerOut, operation_id="explain")
def explain(request: HttpRequest, asked: Query[QuestionIn]) -> object:
    """Say why, or why not, an advisory concerns a component. Nothing is stored."""
    found = explaining.explain(
        asked.component, asked.advisory, platform=asked.platform, parent=asked.parent
    )
    answer = found.answer
    return {
        "component": str(found.subject),
        "advisory": found.advisory,
        "verdict": answer.verdict,
        "confidence": answer.confidence,
        "sentence": str(answer.deciding.said),
        "trail": [_remark(one) for one in answer.steps],
        "would_change": [str(one) for one in answer.hints],
    }


def _remark(one: Remark) -> dict[str, object]:
    return {"rule": one.rule, "text": str(one.said), "facts": one.facts}
