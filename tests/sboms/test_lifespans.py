"""Lifespans: stated, taken in from lists, shipped; and what they say of components."""

from datetime import date, timedelta

import pytest

from longmark.catalog import services as catalog_services
from longmark.core.actors import SYSTEM, Actor, Role
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.lifespans import Standing
from longmark.ledger.models import Entry
from longmark.names.services import rules
from longmark.sboms import queries as sboms
from longmark.sboms.models import Component, ComponentLifespan, Lifespan
from longmark.sboms.queries.lifespans import (
    Asked,
    View,
    counts_of,
    due_count,
    due_page,
    lifespans_of,
    lifespans_page,
)
from longmark.sboms.services import deriving, lifespans
from longmark.sboms.services.documents import add_document, withdraw_document
from longmark.sboms.services.lifespans import LifespanSaid
from tests.sboms.lifespans import a_lifespan
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_board, a_product, a_release, a_slot

TODAY = NINE.date()
OTTO = Actor("person", "9", "Otto", frozenset({Role.VIEWER}))
DEBIAN = "pkg:deb/debian/zlib1g@1.2.11?distro=debian-11"


def firmware(version: str = "2.3.1", *extra, item=None):
    """A release with an old OpenSSL, a current one, and something that nobody speaks of."""
    release = a_release(version, **({"item": item} if item else {}))
    content = a_bom(
        a_library("openssl", "1.1.1k"),
        a_library("mbedtls", "3.6.2"),
        a_library("motor-control", "7.1"),
        *extra,
    )
    add_document(release, content, actor=SYSTEM, now=NINE)
    return release


def state(product="openssl", versions="1.1.1", **details) -> Lifespan:
    return a_lifespan(product, versions, **details)


def names(page) -> list[str]:
    return [str(one.component) for one in page.items]


def listed(view: View, **details) -> list[str]:
    return names(due_page(Asked(view, **details), today=TODAY))


def ends() -> dict[str, date | None]:
    rows = ComponentLifespan.objects.select_related("component")
    return {str(each.component): each.ends_on for each in rows.order_by("component__name")}


@pytest.fixture
def table(db) -> None:
    lifespans.take_in_shipped(now=NINE)


def test_the_table_is_taken_in_once(table):
    count = Lifespan.objects.count()

    assert lifespans.take_in_shipped(now=NINE) is None
    assert (Lifespan.objects.count(), count > 150) == (count, True)
    assert Entry.objects.filter(action="sboms.lifespans-taken").count() == 1


def test_what_left_the_table_is_withdrawn_and_what_changed_is_stated_anew(table):
    row = Lifespan.objects.get(package="cpe:openssl:openssl", versions="1.1.1")
    Lifespan.objects.filter(pk=row.pk).update(end_of_life_on=date(2020, 1, 1))

    edition = lifespans.take_in_shipped(now=NINE)

    assert edition
    assert (edition.added_count, edition.withdrawn_count) == (1, 1)
    row.refresh_from_db()
    assert row.is_withdrawn


def test_components_are_told_apart_by_the_end_of_their_line(table):
    firmware()

    assert ends() == {"mbedtls 3.6.2": date(2027, 3, 31), "openssl 1.1.1k": date(2023, 9, 11)}
    assert listed(View.PAST) == ["openssl 1.1.1k"]
    assert listed(View.SOON) == ["mbedtls 3.6.2"]
    assert listed(View.SOON, days=30) == []
    assert listed(View.UNKNOWN) == ["motor-control 7.1"]
    assert listed(View.KNOWN) == ["openssl 1.1.1k", "mbedtls 3.6.2"]


def test_it_is_the_same_in_whatever_order_they_came(db):
    firmware()
    assert ends() == {}

    lifespans.take_in_shipped(now=NINE)

    assert ends() == {"mbedtls 3.6.2": date(2027, 3, 31), "openssl 1.1.1k": date(2023, 9, 11)}


def test_a_package_of_a_distribution_follows_its_release(db):
    firmware("1.0", a_library("zlib1g", "1.2.11", purl=DEBIAN))

    state("debian", "11", end_of_life_on=date(2026, 8, 31))

    assert ends() == {"zlib1g 1.2.11": date(2026, 8, 31)}


def test_what_people_state_goes_before_the_table_until_it_is_withdrawn(table):
    firmware()
    contract = state(end_of_life_on=date(2030, 1, 1), said_by="Extended support contract")
    assert ends()["openssl 1.1.1k"] == date(2030, 1, 1)

    lifespans.withdraw_lifespan(contract, reason="It was not renewed.", actor=SYSTEM, now=NINE)

    assert ends()["openssl 1.1.1k"] == date(2023, 9, 11)
    assert contract.is_withdrawn
    actions = list(Entry.objects.order_by("id").values_list("action", flat=True))[-2:]
    assert actions == ["sboms.lifespan-added", "sboms.lifespan-withdrawn"]


def test_all_that_is_said_of_a_component_is_listed_the_believed_one_first(table):
    firmware()
    contract = state(said_by="Contract")
    component = Component.objects.get(name="openssl")

    found = lifespans_of(component)

    assert [each.said_by for each in found] == ["Contract", "OpenSSL project"]
    assert found[0] == contract


def test_a_line_is_stated_once(db):
    state()

    with pytest.raises(Refused, match=r"of openssl 1\.1\.1 since"):
        state(versions="v1.1.1")


def test_what_is_shipped_is_not_withdrawn_but_stated_against(table):
    row = Lifespan.objects.get(package="cpe:openssl:openssl", versions="1.1.1")

    with pytest.raises(Refused, match="would come again"):
        lifespans.withdraw_lifespan(row, reason="wrong", actor=SYSTEM, now=NINE)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"said_by": " "}, "said_by"),
        ({"said_by": "x" * 201}, "said_by"),
        ({"note": "x" * 2001}, "note"),
        ({"support_ends_on": date(2024, 1, 1)}, "support_ends_on"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(db, details, field):
    with pytest.raises(Invalid) as refused:
        state(**details)

    assert refused.value.field == field


def test_a_reader_changes_nothing(db):
    row = state()

    with pytest.raises(NotAllowed):
        lifespans.add_lifespan(LifespanSaid("zlib", said_by="Otto"), actor=OTTO, now=NINE)
    with pytest.raises(NotAllowed):
        lifespans.withdraw_lifespan(row, reason="so", actor=OTTO, now=NINE)
    with pytest.raises(NotAllowed):
        lifespans.import_lifespans(b"", filename="x", actor=OTTO, now=NINE)


def test_a_list_is_taken_row_by_row_and_its_refusals_kept(db):
    firmware()
    content = b"product,cycle,eol\nopenssl,1.1.1,2023-09-11\nquux,1,2020-01-01\n"

    edition = lifespans.import_lifespans(content, filename="eol.csv", actor=SYSTEM, now=NINE)

    assert (edition.row_count, edition.added_count, edition.refused_count) == (2, 1, 1)
    assert edition.refusals[0]["place"] == "row 3"
    assert ends() == {"openssl 1.1.1k": date(2023, 9, 11)}
    assert Lifespan.objects.get().said_by == "eol.csv"


def test_a_newer_list_goes_before_an_older_one_and_the_same_changes_nothing(db):
    head = b"product,cycle,eol,by\n"
    first = head + b"openssl,1.1.1,2023-09-11,A\nopenssl,3.0,2026-09-07,A\n"
    second = head + b"openssl,1.1.1,2024-01-01,B\n"
    taken = [
        lifespans.import_lifespans(each, filename="eol.csv", actor=SYSTEM, now=NINE)
        for each in (first, second, second)
    ]

    counts = [(one.added_count, one.withdrawn_count) for one in taken]

    assert counts == [(2, 0), (1, 1), (0, 0)]
    standing = lifespans_page().items
    assert [(each.versions, each.said_by) for each in standing] == [("1.1.1", "B"), ("3.0", "A")]


def test_a_list_without_any_lifespan_is_refused_whole(db):
    with pytest.raises(Invalid, match="row 2: "):
        lifespans.import_lifespans(b"cycle,eol\n1,x\n", filename="x.csv", actor=SYSTEM, now=NINE)

    assert not Lifespan.objects.exists()


def test_names_that_change_bring_the_lifespan_along(table):
    firmware("1.0", a_library("acme-tls", "1.1.1k"))
    said = rules.Said("pkg:generic/acme-tls", rules.NameRuleKind.KNOWN_AS, "product:openssl")
    rules.add_rule(said, reason="It is OpenSSL.", actor=SYSTEM, now=NINE)
    component = Component.objects.get(name="acme-tls")
    assert "acme-tls 1.1.1k" not in ends()

    deriving.derive_components([component.pk], actor=SYSTEM, now=NINE)

    assert ends()["acme-tls 1.1.1k"] == date(2023, 9, 11)


def test_a_component_that_no_current_sbom_names_waits_for_nobody(table):
    release = firmware()
    assert due_count(Asked(View.PAST), today=TODAY) == 1

    (document,) = sboms.documents_of(release)
    withdraw_document(document, reason="wrong build", actor=SYSTEM, now=NINE)

    assert due_count(Asked(View.PAST), today=TODAY) == 0
    assert due_count(Asked(View.UNKNOWN), today=TODAY) == 0


def supported(release, years: int):
    """A product whose board may hold the release, supported for so many years from 2026."""
    product, board = a_product(), a_board()
    a_slot(product, "control-board", a_release("A", item=board))
    a_slot(board, "main-firmware", release)
    catalog_services.decide_support_period(
        product,
        starts_on=date(2026, 1, 1),
        years=years,
        expected_use_years=15,
        reasoning="As long as drives of its kind are in use.",
        actor=SYSTEM,
        now=NINE,
    )
    return product


def test_what_ends_before_the_product_does_is_told_through_boards(table):
    release = firmware()
    product = supported(release, 10)

    (one,) = due_page(Asked(View.SUPPORT), today=TODAY).items

    assert (str(one.component), one.standing) == ("mbedtls 3.6.2", Standing.SUPPORTED)
    assert one.ends_before_support
    assert one.supported and one.supported.item == product
    assert one.release_ids == (release.pk,)


def test_what_outlives_the_product_is_no_warning(db):
    release = firmware()
    supported(release, 5)
    state("mbedtls", "3.6", end_of_life_on=date(2031, 1, 1))

    assert listed(View.SUPPORT) == []


def test_counts_are_those_of_the_lists(table):
    release = firmware()
    other = firmware("9.9", item=release.item)
    supported(release, 10)
    ids = [release.pk]

    counts = counts_of(ids, today=TODAY)

    assert counts.past == len(listed(View.PAST, release_ids=ids)) == 1
    assert counts.before_support == len(listed(View.SUPPORT, release_ids=ids)) == 1
    assert counts.unknown == len(listed(View.UNKNOWN, release_ids=ids)) == 1
    assert counts_of([other.pk], today=TODAY).before_support == 0


def test_a_page_goes_on_behind_its_last_row(table):
    many = (a_library("openssl", f"1.1.1{letter}") for letter in "abcdef")
    firmware("1.0", *many)
    seen, after = [], None

    while True:
        page = due_page(Asked(View.PAST), today=TODAY, after=after, limit=2)
        seen += names(page)
        after = page.next
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("size", [1, 30])
def test_lists_cost_the_same_for_few_and_many(table, django_assert_num_queries, size):
    extra = [a_library("mbedtls", f"2.16.{n}") for n in range(size)]
    supported(firmware("1.0", *extra), 10)

    with django_assert_num_queries(5):
        due_page(Asked(View.PAST), today=TODAY, limit=100)
    with django_assert_num_queries(4):
        counts_of(set(range(1_000)), today=TODAY)
    with django_assert_num_queries(1):
        due_count(Asked(View.PAST), today=TODAY)
    component = Component.objects.get(name="openssl")
    with django_assert_num_queries(3):
        lifespans_of(component)


def test_the_day_itself_still_counts(db):
    firmware()
    state(end_of_life_on=TODAY)

    assert listed(View.PAST) == []
    tomorrow = due_page(Asked(View.PAST), today=TODAY + timedelta(days=1))
    assert names(tomorrow) == ["openssl 1.1.1k"]
