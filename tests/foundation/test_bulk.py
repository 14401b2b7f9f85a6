"""Many rows at once are what the same rows one by one would be, on either database."""

from uuid import UUID, uuid4

import pytest

from longmark.core.life.events import State
from longmark.fleet.models import CensusTotal, Configuration, ParameterSet, Unit
from longmark.foundation import bulk
from tests.fleet.world import Drives, drives

pytestmark = pytest.mark.django_db

COLUMNS = ("id", "configuration_id", "country", "state", "is_operator_known",
           "is_distributor_known", "count")  # fmt: skip


@pytest.fixture
def look() -> UUID:
    catalog: Drives = drives()
    return Configuration.objects.create(id=uuid4(), item=catalog.drive).pk


def tally(look: UUID, count: int, pk: UUID | None = None) -> tuple[object, ...]:
    return pk or uuid4(), look, "DE", State.BUILT.value, True, False, count


def counts() -> list[int]:
    return sorted(CensusTotal.objects.values_list("count", flat=True))


@pytest.fixture(params=[5_000, 1], ids=["in arrays", "copied first"])
def array(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "STATEMENT_ROWS", request.param)


@pytest.mark.usefixtures("array")
def test_rows_that_are_there_are_passed_over(look: UUID):
    known = tally(look, 1)
    bulk.insert_rows(CensusTotal, COLUMNS, [known])

    bulk.insert_missing_rows(CensusTotal, COLUMNS, [(*known[:-1], 7), tally(look, 2)])

    assert counts() == [1, 2]


@pytest.mark.usefixtures("array")
def test_texts_and_json_arrive_as_they_are(db: None):
    digest, values = '{"a,b"}\\', {"name": 'a "quoted" \\ {text}, NULL', "ü": "–"}

    bulk.insert_missing_rows(ParameterSet, ("digest", "values"), [(digest, values)])

    assert list(ParameterSet.objects.values_list("digest", "values")) == [(digest, values)]


def test_no_rows_are_nothing_to_insert(look: UUID):
    bulk.insert_missing_rows(CensusTotal, COLUMNS, [])

    assert counts() == []


@pytest.fixture(params=[10, 0], ids=["one by one", "together"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FEW_ROWS", request.param)


@pytest.mark.usefixtures("few")
def test_numbers_are_added_to_the_rows_that_are_named(look: UUID):
    first, second, other = uuid4(), uuid4(), uuid4()
    rows = [tally(look, 10, first), tally(look, 20, second), tally(look, 30, other)]
    bulk.insert_rows(CensusTotal, COLUMNS, rows)

    bulk.add_to_rows(CensusTotal, "count", "id", [(5, second), (-3, first)])
    bulk.add_to_rows(CensusTotal, "count", "id", [])

    assert counts() == [7, 25, 30]


@pytest.mark.usefixtures("few")
def test_of_two_rows_with_one_key_the_last_counts(look: UUID):
    pk = uuid4()
    bulk.insert_rows(CensusTotal, COLUMNS, [tally(look, 1, pk)])

    bulk.update_rows(CensusTotal, ("count", "country"), [(2, "AT", pk), (3, "", pk)])

    assert list(CensusTotal.objects.values_list("count", "country")) == [(3, "")]


def test_rows_are_found_by_very_many_keys(look: UUID):
    known = [tally(look, number) for number in range(3)]
    bulk.insert_rows(CensusTotal, COLUMNS, known)
    asked = [row[0] for row in known[:2]] + [uuid4() for _ in range(3_000)]

    assert CensusTotal.objects.filter(pk__among=asked).count() == 2
    assert Unit.objects.filter(configuration_id__among=[look]).count() == 0
