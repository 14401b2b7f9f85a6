"""Ranges stored before their ecosystem had an order of its own are keyed as if read today."""

import orjson
import pytest

from longmark.core.versions import END, Scheme, just_above, key
from longmark.intel.models import AffectedRange, Statement
from longmark.intel.services import keying
from tests.intel.records import NEW, take

pytestmark = pytest.mark.django_db


def record(ecosystem: str, *events: dict[str, str]) -> bytes:
    package = {"ecosystem": ecosystem, "name": "acme/frob"}
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    return orjson.dumps(
        {"id": "X-1", "modified": NEW, "affected": [{"package": package, "ranges": ranges}]}
    )


def stored() -> list[tuple[object, ...]]:
    ranges = AffectedRange.objects.order_by("pk").values_list("low", "high", "status")
    return [*ranges, *Statement.objects.values_list("scheme")]


def general(version: str) -> str:
    return key(Scheme.GENERIC, version)


@pytest.mark.parametrize("ecosystem", ["Packagist", "CRAN", "Hackage", "Pub"])
def test_ranges_of_a_general_order_get_that_of_their_ecosystem(tmp_path, ecosystem):
    events = [{"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0"}]
    take(record(ecosystem, *events, {"last_affected": "2.10.0"}), tmp_path)
    expected = stored()
    first, second = AffectedRange.objects.order_by("pk")
    AffectedRange.objects.filter(pk=first.pk).update(high=general("1.2.0"))
    AffectedRange.objects.filter(pk=second.pk).update(
        low=general("2.0.0"), high=just_above(general("2.10.0"))
    )
    Statement.objects.update(scheme="generic")

    counts = keying.catch_up(), keying.catch_up()

    assert stored() == expected
    assert counts == (1, 0)


def test_a_bound_without_a_place_makes_its_range_unknown(tmp_path):
    take(record("CRAN", {"introduced": "0"}, {"fixed": "1.2"}), tmp_path)
    AffectedRange.objects.update(high=general("1.2rc1"), high_text="< 1.2rc1")
    Statement.objects.update(scheme="generic")

    keying.catch_up()

    assert stored() == [("", END, "unknown"), ("cran",)]


def test_ranges_of_others_stay_as_they_are(tmp_path):
    take(record("npm", {"introduced": "0"}, {"fixed": "1.2.0"}), tmp_path)
    before = stored()

    keying.catch_up()

    assert stored() == before
