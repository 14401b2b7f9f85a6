"""Which fact wins, whatever the order in which they came; and that none settles by itself."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.facts import REASON_OF, Part, ReleaseFacts, Rule, Settlement, Sheet
from longmark.core.facts.settlements import SENTENCES, sentence
from longmark.core.formats.facts import Asserted, Assertion, Basis, FactKind, Facts, Named

ZLIB = Part("zlib", "1.2.11", "pkg:generic/zlib@1.2.11")
RELEASE = Part("tg700-fw", "4.2")
COMPONENT = Named(purl="pkg:generic/zlib@1.2.11")


def a_sheet(*assertions: Assertion, number: int = 1) -> Sheet:
    facts = Facts(FactKind.OPENVEX, assertions=assertions)
    return Sheet(number, f"{number:064}", facts)


def asserted(
    status: Asserted,
    basis: Basis = Basis.VEX,
    *,
    day: int = 1,
    component: Named | None = COMPONENT,
    product: Named | None = None,
) -> Assertion:
    return Assertion(
        "CVE-2022-37434", status, basis, "statements[0]", component=component, product=product,
        note="because", at=datetime(2026, 1, day, tzinfo=UTC),
    )  # fmt: skip


def rule(*assertions: Assertion, part: Part = ZLIB) -> Rule | None:
    facts = ReleaseFacts([a_sheet(*assertions)], [RELEASE])
    found = facts.settlement(part, ["GHSA-x", "CVE-2022-37434"])
    return found.rule if found else None


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (asserted(Asserted.FIXED), Rule.VEX_FIXED),
        (asserted(Asserted.NOT_AFFECTED), Rule.VEX_NOT_AFFECTED),
        (asserted(Asserted.AFFECTED), Rule.VEX_AFFECTED),
        (asserted(Asserted.UNDER_INVESTIGATION), Rule.WITHOUT_REASON),
        (asserted(Asserted.FIXED, Basis.PATCH), Rule.PATCHED_IN_BUILD),
        (asserted(Asserted.NOT_AFFECTED, Basis.EXCLUSION), Rule.EXCLUDED_BY_BUILD),
        (asserted(Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION), Rule.WITHOUT_REASON),
        (asserted(Asserted.FIXED, component=Named(purl="pkg:generic/zlib@1.2.12")), None),
    ],
)
def test_each_assertion_has_its_rule(assertion: Assertion, expected: Rule | None) -> None:
    assert rule(assertion) is expected


def test_the_newest_assessment_wins_and_the_graver_at_the_same_time() -> None:
    old, new = asserted(Asserted.NOT_AFFECTED, day=1), asserted(Asserted.AFFECTED, day=2)

    assert rule(old, new) is rule(new, old) is Rule.VEX_AFFECTED
    assert rule(new, asserted(Asserted.FIXED, day=3)) is Rule.VEX_FIXED
    assert rule(new, asserted(Asserted.FIXED, day=2)) is Rule.VEX_AFFECTED


def test_what_is_assessed_as_affected_no_patch_settles() -> None:
    assert rule(asserted(Asserted.AFFECTED), asserted(Asserted.FIXED, Basis.PATCH)) is (
        Rule.VEX_AFFECTED
    )


def test_an_assessment_that_is_still_open_leaves_the_build_its_say() -> None:
    open_one = asserted(Asserted.UNDER_INVESTIGATION)

    assert rule(open_one, asserted(Asserted.FIXED, Basis.PATCH)) is Rule.PATCHED_IN_BUILD


def test_a_statement_for_another_product_does_not_apply() -> None:
    mine, other = Named(names=("tg700-fw",), version="4.2"), Named(purl="pkg:generic/nodejs@16")

    assert rule(asserted(Asserted.NOT_AFFECTED, product=mine)) is Rule.VEX_NOT_AFFECTED
    assert rule(asserted(Asserted.NOT_AFFECTED, product=other)) is None


def test_a_statement_about_the_release_itself_holds_for_all_of_it() -> None:
    mine = Named(names=("tg700-fw",), version="4.2")

    assert rule(asserted(Asserted.FIXED, component=None, product=mine)) is Rule.VEX_FIXED
    assert rule(asserted(Asserted.FIXED, component=mine)) is Rule.VEX_FIXED
    assert rule(asserted(Asserted.FIXED, component=None)) is Rule.VEX_FIXED


def test_what_the_sbom_declares_goes_before_what_the_build_reports() -> None:
    patch = Settlement(Rule.PATCH_DECLARED, sbom=7)
    facts = ReleaseFacts([a_sheet(asserted(Asserted.NOT_AFFECTED, Basis.EXCLUSION))])

    found = facts.settlement(ZLIB, ["CVE-2022-37434"], patch=patch)

    assert found == patch


ASSERTIONS = st.builds(
    asserted, st.sampled_from(Asserted), st.sampled_from(Basis), day=st.integers(1, 4)
)


@given(st.lists(ASSERTIONS, min_size=1, max_size=6), st.randoms())
def test_the_order_of_arrival_plays_no_part(found: list[Assertion], chance: object) -> None:
    sheets = [a_sheet(one, number=number) for number, one in enumerate(found, start=1)]
    shuffled = list(sheets)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    first = ReleaseFacts(sheets).settlement(ZLIB, ["CVE-2022-37434"])
    second = ReleaseFacts(shuffled).settlement(ZLIB, ["CVE-2022-37434"])

    assert first == second


@given(st.lists(ASSERTIONS, max_size=5))
def test_only_what_clears_settles(found: list[Assertion]) -> None:
    settled = rule(*found)

    clears = {one.status for one in found} & {Asserted.FIXED, Asserted.NOT_AFFECTED}
    assert clears or settled is None or not settled.is_settling


@pytest.mark.parametrize("each", list(Rule))
def test_every_rule_says_itself_and_every_settling_one_has_a_reason(each: Rule) -> None:
    said = sentence(Settlement(each, note="n", detail="drivers/x.c"), "cve.json")

    assert str(said).endswith(".")
    assert (each in REASON_OF) is each.is_settling is (each.verdict is not None)
    assert set(SENTENCES) == set(Rule)


def test_a_settlement_is_kept_without_loss() -> None:
    one = Settlement(Rule.NOT_COMPILED, 3, 0, "package[0]", "note", "drivers/x.c")

    assert Settlement.from_json(one.as_json()) == one
