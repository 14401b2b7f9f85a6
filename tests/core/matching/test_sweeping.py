"""A family of versions is decided as each of its members would be."""

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories.intervals import at_least, below, between, exactly
from longmark.core.formats.advisories.records import Source, StatedRange, Statement, Tier
from longmark.core.matching import Claim, Subject, decide
from longmark.core.matching.sweeping import Family, Hit, families
from longmark.core.versions import Scheme, key

VERSIONS = ("0.9", "1.0-rc1", "1.0", "1.0.1", "1.1", "1.10", "2.0", "2.0.5", "3.0a")
PACKAGES = ("cpe:zlib:zlib", "git:github.com/madler/zlib")
SUBJECTS = [Subject.of(purl=f"pkg:generic/zlib@{version}") for version in VERSIONS]


def a_range(low: str, high: str) -> StatedRange:
    """The interval between two versions, or the one version that both are."""
    low, high = sorted((low, high), key=lambda each: key(Scheme.GENERIC, each))
    if low == high:
        return exactly(key(Scheme.GENERIC, low), low)
    bounds = at_least(key(Scheme.GENERIC, low), low), below(key(Scheme.GENERIC, high), high)
    return between(*bounds)


def a_claim(package: str, span: StatedRange, tier: Tier) -> Claim:
    statement = Statement(package, Scheme.GENERIC, "", "zlib", (span,), tier=tier)
    return Claim(Source.NVD, "CVE-1", statement)


claims = st.lists(
    st.builds(
        a_claim,
        st.sampled_from(PACKAGES),
        st.builds(a_range, st.sampled_from(VERSIONS), st.sampled_from(VERSIONS)),
        st.sampled_from((Tier.CNA, Tier.REPOSITORY, Tier.ENRICHED)),
    ),
    min_size=1,
    max_size=6,
)


@given(claims)
def test_one_member_speaks_for_all_between_two_bounds(stated: list[Claim]) -> None:
    (family,), (members,) = families(dict(enumerate(SUBJECTS)))
    hits = [
        Hit(claim.statement.package, span.low, span.high)
        for claim in stated
        for span in claim.statement.ranges
    ]
    meeting = [hit for hit in hits if family.is_met_by(hit)]

    swept = {
        members[member]: one.decision
        for one in (family.verdicts(1, meeting, stated) if meeting else ())
        for member in one.members
    }

    for number, subject in enumerate(SUBJECTS):
        alone = decide(subject, stated)
        assert (swept.get(number) is None) == (alone is None)
        if alone:
            assert swept[number].verdict == alone.verdict
            assert swept[number].confidence == alone.confidence


def test_other_qualifiers_and_unordered_versions_make_no_family() -> None:
    purls = ("pkg:deb/debian/zlib@1.0?distro=debian-12", "pkg:deb/debian/zlib@1.1?distro=debian-11")
    found, members = families(
        {purl: Subject.of(purl=purl) for purl in (*purls, "pkg:generic/zlib@nightly")}
    )

    assert sorted(members) == [[purl] for purl in sorted(purls)]
    assert all(isinstance(one, Family) for one in found)
