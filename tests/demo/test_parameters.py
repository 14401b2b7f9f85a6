"""Parameters in the demo world: defined, released, read out, and drifting."""

import pytest

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters
from longmark.demo.parameters import PASSWORD
from longmark.fleet.models import ParameterDrift, ParameterSet, ParameterSnapshot
from longmark.ledger.models import Entry

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("made"),
    pytest.mark.xdist_group("demo"),
]


def test_every_value_of_a_release_is_defined_and_fits() -> None:
    item = catalog.item_named("tg-params")

    for release in catalog.releases_of(item):
        known = parameters.definitions_at(item, release)
        values = parameters.released_values(release.pk)
        assert values.keys() <= known.keys()
    assert "P10.02" in parameters.definitions_at(item)


def test_somebody_switched_ipv6_on_and_nobody_booked_it() -> None:
    drifts = ParameterDrift.objects.filter(deviation_count__gt=0)

    assert drifts.count() >= 2
    assert {drift.deviations[0][0] for drift in drifts} == {"P10.07"}
    assert ParameterDrift.objects.filter(deviation_count=0).exclude(counter="").exists()


def test_most_of_what_was_read_is_as_booked() -> None:
    read = ParameterSnapshot.objects.values("unit_id").distinct().count()

    assert ParameterDrift.objects.count() < read / 2


def test_the_password_of_the_manual_is_kept_nowhere() -> None:
    kept = ParameterSnapshot.objects.all()

    assert all(each.is_rewritten and each.secrets == ["P90.01"] for each in kept)
    assert not any(PASSWORD in str(each.values) for each in ParameterSet.objects.all())
    assert not Entry.objects.filter(body__contains=PASSWORD).exists()
