"""Reading SBOMs: the same number of queries however many components there are."""

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import NotFound
from longmark.sboms import queries
from longmark.sboms.models import Component
from longmark.sboms.services import documents as services
from longmark.sboms.services.components import COMPONENT_NAMESPACE
from tests.sboms.samples import a_bom, a_library, many, the_drive
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db
two_sizes = pytest.mark.parametrize("count", [1, 300])


def add(release, content: bytes):
    return services.add_document(release, content, filename="a", actor=SYSTEM, now=NINE)


def names(page) -> list[str]:
    return [occurrence.component.name for occurrence in page.items]


def test_components_are_paged_by_name():
    release = a_release()
    add(release, a_bom(*(a_library(name) for name in ("zlib", "Curl", "busybox"))))

    first = queries.components_page(release, limit=2)
    second = queries.components_page(release, limit=2, after=first.next)
    assert (names(first), names(second)) == (["busybox", "Curl"], ["zlib"])
    assert second.next is None


def test_components_are_those_of_current_sboms_only():
    release = a_release()
    document = add(release, a_bom(a_library("zlib")))
    services.withdraw_document(document, reason="Wrong.", actor=SYSTEM, now=NINE)

    assert names(queries.components_page(release)) == []
    assert names(queries.components_page(document)) == ["zlib"]


def test_components_are_found_by_text_and_by_what_is_unknown():
    release = a_release()
    add(release, the_drive())

    assert names(queries.components_page(release, text="MODBUS")) == ["libmodbus"]
    assert names(queries.components_page(release, text="generic/mbed")) == ["mbedtls"]
    assert names(queries.components_page(release, only_unknown=True)) == ["unity"]


def test_the_tree_groups_by_place():
    release = a_release()
    document = add(release, the_drive())

    tree = queries.component_tree(release)
    assert tree.documents == (document,)
    assert [(branch.steps, branch.count) for branch in tree.branches] == [
        ((), 3),
        (("mbedtls",), 1),
    ]
    assert tree.branches[1].occurrences[0].component.name == "p256-m"
    assert tree.is_whole


def test_the_tree_is_bounded_and_says_so():
    release = a_release()
    shelves = (a_library(f"s{n}", components=[a_library(f"in-{n}")]) for n in range(250))
    add(release, a_bom(*shelves))

    tree = queries.component_tree(release)
    assert not tree.is_whole
    assert len(tree.branches) == queries.TREE_LIMIT_BRANCHES
    assert tree.branches[0].unlisted_count == 250 - queries.TREE_LIMIT_LEAVES


def test_quality_counts_what_is_said():
    release = a_release()
    add(release, the_drive())

    assert queries.quality(release) == queries.Quality(
        component_count=4,
        version_known_count=3,
        identity_count=3,
        supplier_count=1,
        licence_count=1,
        hash_count=1,
    )


def test_quality_of_a_release_without_sbom_is_nought():
    assert queries.quality(a_release()).component_count == 0


def test_releases_are_found_by_what_they_contain():
    older = a_release("2.4.1")
    newer = a_release("2.10.0", item=older.item)
    add(newer, the_drive())
    add(older, the_drive())
    libmodbus = Component.objects.get(name="libmodbus")

    assert queries.releases_with(libmodbus) == [older, newer]
    assert queries.release_ids_with([libmodbus.pk]) == {libmodbus.pk: [older.pk, newer.pk]}
    assert len(queries.occurrences_of(libmodbus).items) == 2


def test_several_releases_and_components_are_read_at_once(django_assert_num_queries):
    first = a_release()
    second = a_release("9.1", item=first.item)
    documents = [add(first, many(1)), add(second, many(2))]
    ids = queries.component_ids_of(documents[1])

    with django_assert_num_queries(1):
        found = queries.documents_by_release([first.pk, second.pk])
    assert found == {first.pk: documents[:1], second.pk: documents[1:]}
    with django_assert_num_queries(1):
        assert {each.name for each in queries.components_by_id(ids).values()} == {
            "lib-00000",
            "lib-00001",
        }


def test_rows_name_themselves():
    document = add(a_release(), a_bom(a_library("zlib", "1.3")))
    occurrence = queries.components_page(document).items[0]
    coordinate = queries.coordinates_of(occurrence.component)[0]

    assert (str(occurrence), str(coordinate)) == ("zlib 1.3 in a", "generic:zlib 1.3")
    assert occurrence.component.cpe == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("libm", ["libmodbus"]),
        ("modbus", ["libmodbus"]),
        ("TLS", ["mbedtls"]),
        ("pkg:generic/mbedtls", ["mbedtls"]),
        ("pkg:GENERIC/mbedtls@2.16.11", ["mbedtls"]),
        ("", []),
        ("100%", []),
    ],
)
def test_components_are_sought_by_name_and_purl(text: str, found: list[str]):
    add(a_release(), the_drive())

    assert [each.name for each in queries.find_components(text)] == found


def test_names_that_start_with_the_text_come_first():
    add(a_release(), a_bom(*(a_library(name) for name in ("a-zlib", "zlib", "zlib-ng"))))

    assert [each.name for each in queries.find_components("zlib", limit=3)] == [
        "zlib",
        "zlib-ng",
        "a-zlib",
    ]


def test_what_is_not_there_is_not_found():
    with pytest.raises(NotFound, match="no SBOM 7"):
        queries.document(7)
    with pytest.raises(NotFound, match="no component"):
        queries.component(COMPONENT_NAMESPACE)


@two_sizes
def test_reads_cost_the_same_at_any_size(count: int, django_assert_num_queries):
    release = a_release()
    document = add(release, many(count))

    with django_assert_num_queries(1):
        for occurrence in queries.components_page(release).items:
            assert occurrence.component.name
            assert occurrence.document.filename
    with django_assert_num_queries(4):
        queries.component_tree(release)
    with django_assert_num_queries(1):
        queries.quality(release)
    with django_assert_num_queries(1):
        assert len(queries.component_ids_of(document)) == count


@two_sizes
def test_releases_and_places_cost_the_same_at_any_number(count: int, django_assert_num_queries):
    first = a_release()
    for number in range(min(count, 12)):
        add(a_release(f"9.{number}", item=first.item), many(1))
    component = Component.objects.get()

    with django_assert_num_queries(1):
        assert [str(release) for release in queries.releases_with(component)]
    with django_assert_num_queries(1):
        assert [str(row.document.release) for row in queries.occurrences_of(component).items]
    with django_assert_num_queries(2):
        assert queries.component(component.pk).coordinates.all()
