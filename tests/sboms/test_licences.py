"""Licences of what releases are made of, counted and listed."""

import pytest

from longmark.core.actors import SYSTEM, Role
from longmark.sboms.models import Document, LicenceTally, Occurrence
from longmark.sboms.queries.licences import (
    by_category,
    licences_in_use,
    occurrences_under,
    unread_count,
)
from longmark.sboms.services.documents import add_document, withdraw_document
from longmark.sboms.services.licences import catch_up
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_release


def licensed(name: str, *names: str):
    return a_library(name, licenses=[{"license": {"name": each}} for each in names])


@pytest.fixture
def document(db) -> Document:
    content = a_bom(
        licensed("lwip", "BSD-3-Clause"),
        licensed("busybox", "GPLv2"),
        licensed("kernel", "GPL-2.0-only"),
        licensed("both", "MIT", "GPL-2.0-only"),
        licensed("odd", "See COPYING"),
        licensed("none"),
    )
    return add_document(a_release(), content, actor=SYSTEM, now=NINE)


def counted(uses):
    return {use.licence: (use.category, use.occurrence_count) for use in uses}


def test_spellings_of_one_licence_count_together(document):
    assert counted(licences_in_use()) == {
        "": ("unknown", 1),
        "See COPYING": ("not-spdx", 1),
        "GPL-2.0-only": ("strong-copyleft", 2),
        "GPL-2.0-only AND MIT": ("strong-copyleft", 1),
        "BSD-3-Clause": ("permissive", 1),
    }


def test_a_count_is_as_long_as_its_list(document):
    for use in licences_in_use():
        assert len(occurrences_under(use.licence).items) == use.occurrence_count


def test_categories_sum_up_strictest_first(document):
    sums = [(e.category, e.occurrence_count) for e in by_category(licences_in_use())]

    assert sums == [
        ("unknown", 1),
        ("not-spdx", 1),
        ("strong-copyleft", 3),
        ("permissive", 1),
    ]


def test_only_current_documents_count(document):
    withdraw_document(document, reason="wrong build", actor=SYSTEM, now=NINE)

    assert licences_in_use() == []
    assert occurrences_under("BSD-3-Clause").items == []


def test_one_release_is_told_apart(document):
    other = a_release("9.9", item=document.release.item)
    add_document(other, a_bom(licensed("x", "MIT")), actor=SYSTEM, now=NINE)

    assert counted(licences_in_use(release=other)) == {"MIT": ("permissive", 1)}


def test_lists_cost_one_query(document, django_assert_num_queries):
    with django_assert_num_queries(1):
        licences_in_use()
    with django_assert_num_queries(1):
        page = occurrences_under("GPL-2.0-only", limit=1)
        assert page.next


def test_documents_of_before_are_caught_up(document):
    expected = counted(licences_in_use())
    Occurrence.objects.update(licence="")
    LicenceTally.objects.all().delete()
    Document.objects.update(licences_version=0)
    assert (unread_count(), licences_in_use()) == (1, [])

    assert catch_up() == 1
    assert (unread_count(), counted(licences_in_use())) == (0, expected)
    assert catch_up() == 0


def test_the_api_lists_licences_and_components(document, caller):
    viewer = caller(Role.VIEWER)
    found = viewer.get("/api/v1/licences?category=strong-copyleft").json()
    under = viewer.get("/api/v1/licences/occurrences?licence=GPL-2.0-only").json()

    assert [row["licence"] for row in found["licences"]] == ["GPL-2.0-only", "GPL-2.0-only AND MIT"]
    assert [(row["name"], row["stated"]) for row in under["items"]] == [
        ("busybox", ["GPLv2"]),
        ("kernel", ["GPL-2.0-only"]),
    ]
