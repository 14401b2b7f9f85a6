"""What parameters of a set are, from a release on, and the values of releases."""

import json

import pytest

from longmark.catalog.models import Item, ParameterDefinition, Release
from longmark.catalog.queries import parameters as queries
from longmark.catalog.services import parameters as services
from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.formats.parameters import ParametersInvalid
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.parameters.secrets import is_digest
from longmark.core.vocabulary import ItemKind
from longmark.ledger import queries as ledger
from longmark.ledger.models import Entry
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

IPV6 = Definition("P10.07", ParameterType.BOOL, "IPv6", default="off")
RAMP = Definition("P2.01", ParameterType.DECIMAL, "Ramp", "s", "0.1", "600", "5")
PASSWORD = Definition("P90.01", title="Service password", default="0000", is_secret=True)


@pytest.fixture
def params(db: None) -> Item:
    return an_item("tg-params", kind=ItemKind.PARAMETERS)


@pytest.fixture
def v6(params: Item) -> Release:
    return a_release("v6", item=params)


@pytest.fixture
def v7(params: Item, v6: Release) -> Release:
    return a_release("v7", item=params)


def defined(item: Item, *definitions: Definition, **others: object) -> services.Defined:
    return services.define_parameters(
        item,
        definitions,
        actor=SYSTEM,
        now=NINE,
        **others,  # type: ignore[arg-type]
    )


def released(release: Release, text: str, **others: str) -> object:
    return services.release_parameters(release, text.encode(), actor=SYSTEM, now=NINE, **others)


def test_what_is_defined_holds_for_every_release_until_it_is_said_anew(
    params: Item, v6: Release, v7: Release
) -> None:
    defined(params, IPV6, RAMP)
    wider = Definition("P2.01", ParameterType.DECIMAL, "Ramp time", "s", "0.1", "3600", "5")

    done = defined(params, IPV6, wider, since=v7)

    assert (done.changed, done.unchanged_count) == (("P2.01",), 1)
    assert queries.definitions_at(params, v6)["P2.01"].maximum == "600"
    assert queries.definitions_at(params, v7)["P2.01"].maximum == "3600"
    assert queries.definitions_at(params)["P2.01"].maximum == "3600"


def test_definitions_stand_in_natural_order(params: Item) -> None:
    defined(params, IPV6, RAMP)

    assert list(queries.definitions_at(params)) == ["P2.01", "P10.07"]
    page = queries.definitions_page(params, limit=1)
    assert [row.name for row in page.items] == ["P2.01"]
    assert [row.name for row in queries.definitions_page(params, after=page.next).items] == [
        "P10.07"
    ]


def test_saying_the_same_again_changes_nothing(params: Item) -> None:
    defined(params, IPV6, PASSWORD)
    entries = Entry.objects.count()

    done = defined(params, IPV6, PASSWORD)

    assert done.is_nothing
    assert Entry.objects.count() == entries


def test_a_whole_table_drops_what_it_lacks_from_its_release_on(
    params: Item, v6: Release, v7: Release
) -> None:
    defined(params, IPV6, RAMP)

    done = defined(params, IPV6, since=v7, is_whole=True)

    assert done.dropped == ("P2.01",)
    assert "P2.01" in queries.definitions_at(params, v6)
    assert "P2.01" not in queries.definitions_at(params, v7)


def test_a_parameter_is_dropped_by_itself(params: Item) -> None:
    defined(params, IPV6)

    services.drop_parameter(params, "p10.07", actor=SYSTEM, now=NINE)

    assert queries.definition_count(params) == 0
    with pytest.raises(NotFound):
        services.drop_parameter(params, "P10.07", actor=SYSTEM, now=NINE)


def test_former_definitions_stay_on_record(params: Item) -> None:
    defined(params, IPV6)
    defined(params, Definition("P10.07", ParameterType.BOOL, "IPv6 stack"))

    rows = ParameterDefinition.objects.order_by("pk")
    assert [(row.title, row.superseded_at) for row in rows] == [
        ("IPv6", NINE),
        ("IPv6 stack", None),
    ]


def test_the_default_of_a_secret_is_kept_as_a_digest(params: Item) -> None:
    defined(params, PASSWORD)

    assert is_digest(queries.definitions_at(params)["P90.01"].default)


def test_a_table_is_taken_whole_or_not_at_all(params: Item) -> None:
    with pytest.raises(ParametersInvalid):
        services.read_and_define(params, b"parameter,type\nP1,int\nP2,x\n", actor=SYSTEM, now=NINE)

    assert queries.definition_count(params) == 0


def test_only_sets_of_parameters_have_parameters(params: Item, v7: Release) -> None:
    firmware = an_item()

    with pytest.raises(Refused, match="not a set of parameters"):
        defined(firmware, IPV6)
    with pytest.raises(Refused, match="no release of"):
        defined(params, IPV6, since=a_release("1.0", item=firmware))
    with pytest.raises(Invalid):
        defined(params, Definition("P1", ParameterType.ENUM))


def test_values_of_a_release_are_kept_byte_for_byte(params: Item, v7: Release) -> None:
    text = "# released\nP10.07 = off\n\nP2.01 = 5.0\n"

    known = released(v7, text, filename="v7.txt")

    assert ledger.blob_bytes(known.blob) == text.encode()  # type: ignore[attr-defined]
    assert queries.released_values(v7.pk) == {"P10.07": "off", "P2.01": "5.0"}
    assert queries.value_counts([v7.pk]) == {v7.pk: 2}


def test_the_same_values_in_another_order_and_format_change_nothing(v7: Release) -> None:
    known = released(v7, "P10.07 = off\nP2.01 = 5\n")

    again = released(v7, json.dumps({"P2.01": "5", "P10.07": "off"}))

    assert again == known
    assert len(queries.released_before(v7)) == 1


def test_other_values_supersede_the_former_which_stay(v7: Release) -> None:
    released(v7, "P10.07 = off\n")
    released(v7, "P10.07 = on\n")

    assert queries.released_values(v7.pk) == {"P10.07": "on"}
    assert [row.superseded_at for row in queries.released_before(v7)] == [None, NINE]


@pytest.mark.parametrize(
    "text",
    [
        "P90.01 = hunter2\nP10.07 = off\n",
        '{"P90.01": "hunter2", "P10.07": "off"}',
        "parameter,value\nP90.01,hunter2\nP10.07,off\n",
        '<p><x name="P90.01">hunter2</x><x name="P10.07">off</x></p>',
        "Password = hunter2\nP10.07 = off\n",
    ],
)
def test_a_secret_is_kept_nowhere_in_the_clear(params: Item, v7: Release, text: str) -> None:
    defined(params, PASSWORD, IPV6)

    known = released(v7, text)

    assert known.is_rewritten  # type: ignore[attr-defined]
    kept = ledger.blob_bytes(known.blob)  # type: ignore[attr-defined]
    assert b"hunter2" not in kept
    assert b"P10.07" in kept
    assert "hunter2" not in str(queries.released_values(v7.pk))
    assert not any("hunter2" in entry.body for entry in Entry.objects.all())


def test_a_file_that_cannot_be_read_leaves_nothing_behind(v7: Release) -> None:
    with pytest.raises(ParametersInvalid) as refused:
        released(v7, "P1 = 1\nP1 = 2\n")

    assert refused.value.problems[0].path == "line 2"
    assert queries.released_parameters(v7) is None


def test_who_may_not_change_the_catalog_defines_and_releases_nothing(
    params: Item, v7: Release, lena: Actor
) -> None:
    with pytest.raises(NotAllowed):
        services.define_parameters(params, [IPV6], actor=lena, now=NINE)
    with pytest.raises(NotAllowed):
        services.release_parameters(v7, b"P1 = 1", actor=lena, now=NINE)


def test_the_release_before_with_values_is_found(v6: Release, v7: Release) -> None:
    assert queries.release_with_values_before(v7) is None
    released(v6, "P10.07 = on\n")

    assert queries.release_with_values_before(v7) == v6
