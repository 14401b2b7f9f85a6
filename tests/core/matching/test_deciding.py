"""How sources are weighed against each other, and what a trail keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories.intervals import (
    between,
    everything,
    exactly,
    status_at,
)
from longmark.core.formats.advisories.records import (
    Confidence,
    Source,
    StatedRange,
    Statement,
    Status,
    Tier,
)
from longmark.core.identity import package_scheme
from longmark.core.matching import (
    Claim,
    Decision,
    Subject,
    Trail,
    Verdict,
    clauses,
    decide,
    sentence,
)
from longmark.core.versions import key

ZLIB = Subject.of(purl=None, cpes=["cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:*"])

ZLIB_KEY = key(package_scheme("cpe:zlib:zlib"), "1.2.12")


def below(version: str, package: str = "cpe:zlib:zlib") -> StatedRange:
    scheme = package_scheme(package)
    return between(("", ""), (key(scheme, version), f"< {version}"), Status.AFFECTED)


def claim(
    *ranges: StatedRange, tier: Tier, record: str = "CVE-1", cap: Confidence = Confidence.EXACT
) -> Claim:
    package = "cpe:zlib:zlib"
    scheme = package_scheme(package)
    stated = Statement(package, scheme, "/0", "zlib:zlib", ranges, tier=tier, cap=cap)
    return Claim(Source.NVD, record, stated)


AFFECTED, CLEARED = below("1.2.13"), below("1.2.12")
UNSURE = everything(Status.UNKNOWN)


def decided(*claims: Claim) -> Decision:
    decision = decide(ZLIB, claims)
    assert decision is not None
    return decision


def test_the_higher_source_wins_and_the_lower_stays_as_evidence() -> None:
    decision = decided(
        claim(AFFECTED, tier=Tier.ENRICHED), claim(CLEARED, tier=Tier.CNA, record="CVE-1-cna")
    )

    assert decision.verdict is Verdict.NOT_AFFECTED
    assert [one.verdict for one in decision.judgements] == ["not_affected", "affected"]
    assert decision.reasons == ("sources-disagree",)


def test_a_source_that_only_shrugs_does_not_block_those_below() -> None:
    decision = decided(claim(UNSURE, tier=Tier.CNA), claim(AFFECTED, tier=Tier.ENRICHED))

    assert decision.verdict is Verdict.AFFECTED


def test_what_every_source_clears_is_nothing_to_keep() -> None:
    assert decide(ZLIB, [claim(CLEARED, tier=tier) for tier in Tier]) is None
    assert decide(ZLIB, [claim(CLEARED, tier=Tier.CNA), claim(UNSURE, tier=Tier.PROSE)]) is None
    assert decide(ZLIB, []) is None


def test_entries_of_one_source_are_a_union() -> None:
    decision = decided(claim(CLEARED, tier=Tier.CNA), claim(AFFECTED, tier=Tier.CNA))

    assert (decision.verdict, decision.confidence) == ("affected", "exact")


def test_records_of_one_rank_that_disagree_lower_the_confidence() -> None:
    decision = decided(
        claim(CLEARED, tier=Tier.CNA), claim(AFFECTED, tier=Tier.CNA, record="CVE-2")
    )

    assert (decision.verdict, decision.confidence) == ("affected", "medium")


@given(st.permutations([(AFFECTED, 6), (CLEARED, 4), (UNSURE, 3), (AFFECTED, 5)]))
def test_the_order_in_which_sources_arrive_does_not_matter(
    arrivals: list[tuple[StatedRange, int]],
) -> None:
    decision = decided(*(claim(span, tier=Tier(tier)) for span, tier in arrivals))

    assert (decision.verdict, decision.confidence) == ("not_affected", "exact")
    assert [one.tier for one in decision.judgements] == [4, 3, 5, 6]


def test_a_trail_survives_its_storage_and_says_why() -> None:
    trail = Trail.of(ZLIB, decided(claim(below("1.2.13"), tier=Tier.ENRICHED)))

    place = {ZLIB.coordinates[0].package: ("1.2.12", ZLIB_KEY)}
    stored = Trail.from_json(trail.as_json(), subject=str(ZLIB), places=place)

    assert stored == trail
    assert str(sentence(stored)) == (
        "cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:* lies in [0, 1.2.13) of CVE-1 from NVD"
        " (as declared; compared as generic)."
    )


def test_a_version_that_is_named_is_no_interval() -> None:
    trail = Trail.of(ZLIB, decided(claim(exactly(ZLIB_KEY, "1.2.12"), tier=Tier.ENRICHED)))

    assert "is a version that CVE-1 from NVD names" in str(sentence(trail))


def test_a_match_can_be_recomputed_from_its_trail_alone() -> None:
    trail = Trail.of(ZLIB, decided(claim(below("1.2.13"), tier=Tier.ENRICHED)))

    step = trail.steps[0]
    span = StatedRange(step.low, step.high, step.low_text, step.high_text, Status.AFFECTED)

    assert step.key is not None
    assert status_at([span], step.key) is Status.AFFECTED


def test_what_qualifies_a_verdict_is_said_in_clauses() -> None:
    old = claim(everything(Status.AFFECTED), tier=Tier.ENRICHED)

    assert clauses(Trail.of(ZLIB, decided(old))) == ("the source gives no bounds",)


@pytest.mark.parametrize("version", [None, "", "unknown", "latest"])
def test_without_a_version_only_a_claim_on_all_versions_decides(version: str | None) -> None:
    unstated = Subject.of(purl="pkg:generic/zlib", version=version)

    whole = decide(unstated, [claim(everything(Status.AFFECTED), tier=Tier.CNA)])
    partial = decide(unstated, [claim(AFFECTED, tier=Tier.CNA)])

    assert whole is not None and whole.verdict is Verdict.AFFECTED
    assert partial is not None and partial.verdict is Verdict.UNKNOWN
