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
