"""Rules about names: read strictly, refused when they contradict, withdrawn and not deleted."""

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.identity.rules import NameRuleKind
from longmark.ledger.models import Entry
from longmark.names import queries
from longmark.names.models import NameRule
from longmark.names.services import rules
from longmark.names.services.rules import Said
from tests.world import NINE

pytestmark = pytest.mark.django_db

KNOWN, NOT, CORRECTED = NameRuleKind.KNOWN_AS, NameRuleKind.IS_NOT, NameRuleKind.CORRECTED


def add(stated: str, kind: NameRuleKind, target: str = "", *, actor: Actor = SYSTEM, **said):
    reason = said.pop("reason", "Read in its source.")
    return rules.add_rule(
        Said(stated, kind, target, **said), reason=reason, source="", actor=actor, now=NINE
    )


def test_a_rule_is_kept_in_canonical_form():
    rule = add("pkg:PYPI/Django_Package@1.0", KNOWN, "cpe:/a:Acme:Django", versions=">=1,<2")

    assert (rule.stated, rule.target, rule.versions) == (
        "pkg:pypi/django-package",
        "cpe:acme:django",
        ">= 1 < 2",
    )
    assert Entry.objects.get().action == "names.rule-added"


def test_a_correction_keeps_the_whole_identity():
    cpe = "cpe:2.3:a:treck:tcp\\/ip:*:*:*:*:*:*:*:*"
    rule = add("bare:treck:tcp/ip", CORRECTED, purl="pkg:generic/treck/tcpip", cpes=[cpe, cpe])

    assert (rule.purl, rule.cpes, rule.target) == ("pkg:generic/treck/tcpip", [cpe], "")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said("nx", KNOWN, "cpe:siemens:nx"), "stated"),
        (Said("pkg:npm/nx", KNOWN, "nx"), "target"),
        (Said("pkg:npm/through", KNOWN, "pypi:through"), "target"),
        (Said("pkg:npm/nx", KNOWN, "cpe:siemens:nx", versions="1"), "versions"),
        (Said("pkg:npm/nx", CORRECTED), "purl"),
        (Said("pkg:npm/nx", CORRECTED, purl="nx"), "purl"),
        (Said("pkg:npm/nx", CORRECTED, cpes=["nx"]), "cpes"),
        (Said("pkg:npm/nx", CORRECTED, cpes=["cpe:2.3:h:a:b:*:*:*:*:*:*:*:*"]), "cpes"),
        (Said("pkg:npm/nx", CORRECTED, cpes=["cpe:2.3:a:*:b:*:*:*:*:*:*:*:*"]), "cpes"),
    ],
)
def test_what_cannot_be_read_names_its_field(said: Said, field: str):
    with pytest.raises(Invalid) as refused:
        rules.add_rule(said, reason="x", actor=SYSTEM, now=NINE)

    assert refused.value.field == field
    assert str(refused.value)
    assert not NameRule.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001])
def test_a_rule_has_a_reason(reason: str):
    with pytest.raises(Invalid, match="Say why"):
        add("pkg:npm/nx", NOT, "cpe:siemens:nx", reason=reason)


def test_the_contrary_is_refused_with_who_said_it_and_why(petra: Actor):
    add("pkg:npm/nx", NOT, "cpe:siemens:nx", actor=petra, reason="It is a build tool")

    with pytest.raises(Refused, match="Petra: It is a build tool"):
        add("pkg:npm/nx", KNOWN, "cpe:siemens:nx")


def test_after_withdrawal_the_contrary_may_be_said():
    rule = add("pkg:npm/nx", NOT, "cpe:siemens:nx")
    rules.withdraw_rule(rule, reason="It is", actor=SYSTEM, now=NINE)

    add("pkg:npm/nx", KNOWN, "cpe:siemens:nx")
    kept = queries.rule(rule.pk)
    assert (kept.is_withdrawn, kept.withdrawn_by, kept.withdrawal_reason) == (
        True,
        "Longmark",
        "It is",
    )
    with pytest.raises(Refused, match="withdrawn already"):
        rules.withdraw_rule(rule, reason="Again", actor=SYSTEM, now=NINE)


def test_who_may_name_components(finn: Actor, petra: Actor, lena: Actor, otto: Actor):
    for actor in (lena, otto):
        with pytest.raises(NotAllowed, match="name-components"):
            add("pkg:npm/nx", NOT, "cpe:siemens:nx", actor=actor)
    rule = add("pkg:npm/nx", NOT, "cpe:siemens:nx", actor=finn)
    with pytest.raises(NotAllowed):
        rules.withdraw_rule(rule, reason="x", actor=lena, now=NINE)
    rules.withdraw_rule(rule, reason="x", actor=petra, now=NINE)


def test_a_rulebook_holds_what_corrected_names_lead_to():
    add("pkg:generic/a", CORRECTED, purl="pkg:generic/b")
    add("pkg:generic/b", KNOWN, "cpe:acme:b")
    add("pkg:generic/c", KNOWN, "cpe:acme:c")

    book = queries.rulebook(["pkg:generic/a", "pkg:generic/z"])
    assert sorted(book) == ["pkg:generic/a", "pkg:generic/b"]


@pytest.mark.parametrize("count", [1, 300])
def test_a_rulebook_costs_the_same_for_any_number(count: int, django_assert_num_queries):
    for number in range(count):
        add(f"pkg:generic/lib-{number}", KNOWN, "cpe:acme:b")

    with django_assert_num_queries(2):
        book = queries.rulebook(f"pkg:generic/lib-{number}" for number in range(count))
    assert len(book) == count


def test_rules_are_paged_sought_and_filtered(django_assert_num_queries):
    rows = [add(f"pkg:generic/lib-{number}", KNOWN, f"cpe:acme:{number}") for number in range(3)]
    barred = add("pkg:npm/nx", NOT, "cpe:siemens:nx")
    rules.withdraw_rule(rows[0], reason="x", actor=SYSTEM, now=NINE)

    with django_assert_num_queries(1):
        first = queries.rules_page(limit=2)
    rest = queries.rules_page(limit=2, after=first.next)
    assert first.items + rest.items == [barred, rows[2], rows[1]]
    assert queries.rules_page(kind="is-not").items == [barred]
    assert queries.rules_page(text="SIEMENS").items == [barred]
    assert queries.rules_page(text="lib-0", with_withdrawn=True).items == [rows[0]]


def test_what_is_not_there_is_not_found():
    with pytest.raises(NotFound, match="no name rule 7"):
        queries.rule(7)
    with pytest.raises(NotFound, match="no name map 7"):
        queries.name_map(7)
