"""Rules and maps for tests, made through the services that users use."""

from longmark.core.actors import SYSTEM
from longmark.core.identity.rules import NameRuleKind
from longmark.names.models import NameMap, NameRule
from longmark.names.services import rules
from longmark.names.services.rules import Said
from tests.world import NINE


def a_rule(
    stated: str = "pkg:generic/libmodbus",
    kind: NameRuleKind = NameRuleKind.KNOWN_AS,
    target: str = "cpe:acme:modbus",
) -> NameRule:
    said = Said(stated, kind, target)
    return rules.add_rule(said, reason="Read in its source.", actor=SYSTEM, now=NINE)


def a_map() -> NameMap:
    found = NameMap.objects.create(
        name="house",
        edition="1",
        digest="0" * 64,
        filename="house.csv",
        row_count=1,
        used_count=1,
        refused_count=1,
        refusals=[{"place": "row 2", "reason": "no purl"}],
        author_name="Petra",
        recorded_at=NINE,
    )
    found.rows.create(stated="git:github.com/acme/tls", package="cpe:acme:tls", is_used=True)
    return found
