"""CSAF documents that contradict themselves are read, and say where."""

import pytest
from tests.core.formats.advisories.test_csaf import (
    Json,
    branch,
    document,
    read,
    vendor,
    weakness,
)

ONE = vendor("Bus", branch("product_version", "1.0", product_id="P1"))


def tree(**more: object) -> Json:
    return {"branches": [ONE], **more}


def defects_of(content: Json) -> list[tuple[str, str]]:
    return [(each.pointer, each.reason) for each in read(content).defects]


def named(product_id: str, **helper: object) -> Json:
    return {
        "name": product_id,
        "product_id": product_id,
        "product_identification_helper": helper,
    }


def test_sound_document_has_no_defects() -> None:
    sound = tree(product_groups=[{"group_id": "G", "product_ids": ["P1"]}])
    flag = {"label": "component_not_present", "group_ids": ["G"], "product_ids": ["P1"]}

    said = weakness(known_not_affected=["P1"]) | {"flags": [flag]}

    assert defects_of(document(sound, said)) == []


def test_product_that_is_defined_twice_is_told_at_the_second_place() -> None:
    twice = tree(full_product_names=[named("P1")])

    assert defects_of(document(twice)) == [
        ("/product_tree/full_product_names/0", "'P1' is defined twice; the first counts.")
    ]


def test_group_that_is_defined_twice_is_told() -> None:
    group = {"group_id": "G", "product_ids": ["P1"]}

    assert defects_of(document(tree(product_groups=[group, group]))) == [
        ("/product_tree/product_groups/1", "'G' is defined twice; the last counts.")
    ]


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("product_groups", {"group_id": "G", "product_ids": ["ghost", "ghost"]}, "0"),
        ("relationships", {"product_reference": "P1", "relates_to_product_reference": "ghost",
                           "full_product_name": named("P2")}, "0"),
        ("product_paths", {"beginning_product_reference": "P1", "full_product_name": named("P2"),
                           "subpaths": [{"next_product_reference": "ghost"}]}, "0"),
    ],
)  # fmt: skip
def test_reference_of_the_tree_to_nothing_is_told_once(
    member: str, value: Json, place: str
) -> None:
    assert defects_of(document(tree(**{member: [value]}))) == [
        (f"/product_tree/{member}/{place}", "'ghost' is no product of the document.")
    ]


@pytest.mark.parametrize("member", ["flags", "threats", "remediations"])
def test_what_is_said_of_nothing_is_told(member: str) -> None:
    said = weakness(known_affected=["P1"]) | {
        member: [{"product_ids": ["ghost"], "group_ids": ["nobody"]}]
    }

    assert defects_of(document(tree(), said)) == [
        (f"/vulnerabilities/0/{member}/0", "'ghost' is no product of the document."),
        (f"/vulnerabilities/0/{member}/0", "'nobody' is no group of the document."),
    ]


@pytest.mark.parametrize(
    ("statuses", "is_told"),
    [
        ({"known_affected": ["P1"], "fixed": ["P1"]}, True),
        ({"known_not_affected": ["P1"], "under_investigation": ["P1"]}, True),
        ({"known_affected": ["P1"], "first_affected": ["P1"]}, False),
        ({"recommended": ["P1"], "fixed": ["P1"]}, False),
    ],
)
def test_statuses_that_exclude_each_other_are_told(
    statuses: dict[str, list[str]], is_told: bool
) -> None:
    found = [reason for _, reason in defects_of(document(tree(), weakness(**statuses)))]

    assert any("is said to be" in reason for reason in found) is is_told


@pytest.mark.parametrize(
    ("helper", "reason"),
    [
        ({"purl": "pkg:///"}, "'pkg:///' is no package URL; nothing is matched by it."),
        ({"purls": ["bus 1.0"]}, "'bus 1.0' is no package URL; nothing is matched by it."),
        ({"cpe": "cpe:bus"}, "'cpe:bus' is no CPE name; nothing is matched by it."),
    ],
)
def test_names_that_are_none_are_told(helper: Json, reason: str) -> None:
    found = defects_of(document(tree(full_product_names=[named("P2", **helper)])))

    place = "/product_tree/full_product_names/0/product_identification_helper"
    assert found == [(place, reason)]


def test_document_of_nothing_but_contradictions_is_bounded() -> None:
    many = [named("P1") for _ in range(5_000)]

    assert len(defects_of(document(tree(full_product_names=many)))) == 200


def rated(*scores: Json, **member: Json) -> Json:
    return weakness(known_affected=["P1"]) | {"scores": list(scores)} | member


def by_cvss3(vector: str, score: float, *products: str, version: str = "3.1") -> Json:
    said = {"version": version, "vectorString": vector, "baseScore": score}
    return {"products": list(products or ["P1"]), "cvss_v3": said}


CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MEDIUM = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L"


def test_score_that_its_vector_does_not_give_is_told() -> None:
    (defect,) = defects_of(document(tree(), rated(by_cvss3(CRITICAL, 7.5))))

    assert defect == (
        "/vulnerabilities/0/scores/0/cvss_v3/baseScore",
        "States 7.5, and its vector gives 9.8; that counts.",
    )


@pytest.mark.parametrize(
    "scores",
    [
        [by_cvss3(CRITICAL, 9.8)],
        [by_cvss3(CRITICAL + "/E:U", 9.8)],
        [by_cvss3(CRITICAL + "/E:U", 9.0)],
        [by_cvss3(CRITICAL, 9.8), by_cvss3(CRITICAL, 9.8)],
        [by_cvss3(CRITICAL, 9.8), by_cvss3(MEDIUM, 5.3, "P2")],
    ],
    ids=["base", "base-beside-temporal", "temporal", "alike", "other-product"],
)
def test_sound_ratings_are_not_told(scores: list[Json]) -> None:
    products = tree(full_product_names=[named("P2")])

    assert defects_of(document(products, rated(*scores))) == []


def test_product_that_is_rated_twice_is_told_and_the_higher_rating_counts() -> None:
    content = document(tree(), rated(by_cvss3(MEDIUM, 5.3), by_cvss3(CRITICAL, 9.8)))

    ((pointer, reason),) = defects_of(content)
    assert pointer == "/vulnerabilities/0/scores/1/cvss_v3"
    assert "'P1' is rated by CVSS 3.1 at /vulnerabilities/0/scores/0 too" in reason
    assert [each.score for each in read(content).severities] == [9.8]


def test_different_sources_may_rate_a_product_differently() -> None:
    metrics = [
        {"source": source, "products": ["P1"], "content": by_cvss3(vector, score)}
        for source, vector, score in (("a", CRITICAL, 9.8), ("b", MEDIUM, 5.3))
    ]
    said = weakness(known_affected=["P1"]) | {"metrics": metrics}

    assert defects_of(document(tree(), said, csaf_version="2.1")) == []


def test_vector_that_is_none_is_told() -> None:
    (defect,) = defects_of(document(tree(), rated(by_cvss3("CVSS:3.1/AV:Q", 5.0))))

    assert defect[1] == "'CVSS:3.1/AV:Q' is no CVSS vector."


@pytest.mark.parametrize("name", ["<1.2", "All versions before 1.2", ">=1.0|<1.2", "1.2.x"])
def test_range_in_the_place_of_a_version_is_told_and_read(name: str) -> None:
    leaf = branch("product_version", name, product_id="P1")
    content = document({"branches": [vendor("Bus", leaf)]}, weakness(known_affected=["P1"]))

    ((pointer, reason),) = defects_of(content)
    assert pointer == "/product_tree/branches/0/branches/0/branches/0/name"
    assert "is a range where one version should stand; it is read as a range." in reason


def test_further_ranges_in_the_place_of_versions_are_counted() -> None:
    leaves = [branch("product_version", f"<1.{n}", product_id=f"P{n}") for n in range(4)]

    (defect,) = defects_of(document({"branches": [vendor("Bus", *leaves)]}))
    assert defect[1].endswith("So are 3 more.")
