"""Name rules and name maps over REST."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.core.identity.rules import NameRuleKind
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.names import queries
from longmark.names.services import rules
from longmark.names.services.rules import Said

if TYPE_CHECKING:
    from longmark.names.models import NameRule

router = Router(tags=["Names"])


class NameRuleSaidIn(Schema):
    stated: str = Field(
        max_length=500,
        description="What SBOMs say: a purl or CPE name (the version is left out), a repository,"
        " or bare:GROUP:NAME.",
        examples=["pkg:npm/nx"],
    )
    kind: NameRuleKind
    target: str = Field(
        "",
        max_length=500,
        description="What it is also known as, or is not: a CPE name, purl, repository, package"
        " key, or product:ID. Empty for a correction.",
        examples=["cpe:siemens:nx"],
    )
    versions: str = Field("", max_length=200, examples=[">= 1.0 < 2.0"])
    is_declared: bool = Field(False, description="Trusted as the SBOM's own word.")
    purl: str = Field("", max_length=2_000, description="Of a correction.")
    cpes: list[str] = Field([], max_length=20, description="Of a correction.")

    def said(self) -> Said:
        return Said(
            stated=self.stated,
            kind=self.kind,
            target=self.target,
            versions=self.versions,
            is_declared=self.is_declared,
            purl=self.purl,
            cpes=self.cpes,
        )


class NameRuleIn(NameRuleSaidIn):
    reason: str = Field(examples=["It is the build tool, not the CAD system."])
    source: str = Field("", description="Where that can be read.")


class NameWithdrawalIn(Schema):
    reason: str = Field(examples=["It was wrong."])


class NameRuleOut(Schema):
    id: int
    stated: str
    kind: NameRuleKind
    target: str
    versions: str
    is_declared: bool
    purl: str
    cpes: list[str]
    reason: str
    source: str
    author_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawal_reason: str


@router.get("/names/rules", response=PageOut[NameRuleOut], operation_id="name_rules")
def name_rules(
    request: HttpRequest,
    page: PageQuery,
    text: str = "",
    kind: NameRuleKind | None = None,
    with_withdrawn: bool = False,
) -> object:
    """List name rules, newest first."""
    found = queries.rules_page(
        text=text,
        kind=kind or "",
        with_withdrawn=with_withdrawn,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found)


@router.post("/names/rules", response={201: NameRuleOut}, operation_id="add_name_rule")
def add_name_rule(request: HttpRequest, body: NameRuleIn) -> object:
    """Say what SBOMs call so is known as, is not, or really is; it is matched anew at once."""
    rule = rules.add_rule(
        body.said(),
        reason=body.reason,
        source=body.source,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, rule)


@router.get("/names/rules/{pk}", response=NameRuleOut, operation_id="name_rule")
def name_rule(request: HttpRequest, pk: int) -> object:
    """Return one name rule, withdrawn or not."""
    return queries.rule(pk)


@router.post(
    "/names/rules/{pk}/withdrawal", response=NameRuleOut, operation_id="withdraw_name_rule"
)
def withdraw_name_rule(request: HttpRequest, pk: int, body: NameWithdrawalIn) -> "NameRule":
    """Let a rule no longer hold; what it concerned is matched anew at once."""
    found = queries.rule(pk)
    rules.withdraw_rule(found, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return found
