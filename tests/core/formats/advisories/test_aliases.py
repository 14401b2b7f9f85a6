"""Groups of ids: one weakness each, whatever the order in which edges came."""

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories.aliases import group_name, grouped
from longmark.core.formats.advisories.identifiers import is_cve

IDS = [
    "CVE-2024-0001",
    "CVE-2024-0002",
    "CVE-2024-0003",
    "GHSA-a",
    "GHSA-b",
    "PYSEC-1",
    "GO-1",
    "X",
]
edges = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=12)


@given(edges, st.randoms())
def test_groups_do_not_depend_on_order_or_direction(drawn, random):
    turned = [(right, left) if random.random() < 0.5 else (left, right) for left, right in drawn]
    random.shuffle(turned)

    assert grouped(IDS, drawn) == grouped(IDS, turned)


@given(edges, st.sets(st.sampled_from(IDS[:3])))
def test_no_group_holds_two_live_cves(drawn, rejected):
    members = grouped(IDS, drawn, rejected=rejected).members()

    for group in members.values():
        assert len([one for one in group if is_cve(one) and one not in rejected]) <= 1


@given(edges, edges)
def test_unconnected_parts_can_be_computed_apart(left, right):
    other = [(f"Y{one}", f"Y{two}") for one, two in right]
    together = grouped([], [*left, *other]).names

    assert together == grouped([], left).names | grouped([], other).names


@given(edges, st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)))
def test_removing_an_edge_undoes_exactly_its_effect(drawn, edge):
    without = [one for one in drawn if set(one) != set(edge)]

    assert grouped(IDS, [*without, edge, edge]) == grouped(IDS, [edge, *without])
    assert grouped(IDS, without) == grouped(IDS, list(reversed(without)))


def test_edge_that_would_join_two_cves_is_reported():
    grouping = grouped(
        [], [("GHSA-a", "CVE-2024-0001"), ("PYSEC-1", "GHSA-a"), ("PYSEC-1", "CVE-2024-0002")]
    )

    assert grouping.kept_apart == (("GHSA-a", "PYSEC-1"),)
    assert grouping.names["PYSEC-1"] == "CVE-2024-0002"


def test_rejected_duplicate_may_join_the_live_cve():
    edge = ("CVE-2024-0001", "CVE-2024-0002")

    assert grouped([], [edge], rejected={"CVE-2024-0001"}).names["CVE-2024-0001"] == "CVE-2024-0002"


def test_best_known_id_names_the_group():
    assert group_name(["X", "GO-1", "GHSA-b", "GHSA-a"]) == "GHSA-a"
