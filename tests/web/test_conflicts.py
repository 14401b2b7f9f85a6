"""The pages on which a person decides between two claims about a unit."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from longmark.fleet.models import Conflict, Unit
from tests.fleet.world import taken
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "item,serial,event,date,customer,source\n"


@pytest.fixture
def contested(world: World) -> Conflict:
    return contest("5001")


def contest(serial: str) -> Conflict:
    taken(HEAD + f"TG-200,{serial},shipped,2026-02-01,Wasserwerk Ost,erp\n")
    taken(HEAD + f"TG-200,{serial},shipped,2026-02-03,Stadtwerke West,dealer\n")
    return Conflict.objects.select_related("unit").get(unit__serial=serial)


def page_of(conflict: Conflict) -> str:
    return reverse("web:conflict", args=[conflict.unit_id, conflict.number])


def test_both_claims_stand_side_by_side(contested: Conflict, as_technician: Client):
    page = as_technician.get(page_of(contested)).content.decode()

    for said in ("Wasserwerk Ost", "Stadtwerke West", "erp", "dealer", "list.csv"):
        assert said in page
    assert "Wasserwerk Ost" in as_technician.get(reverse("web:conflicts")).content.decode()
    assert "1 claim contradicts" in as_technician.get(reverse("web:imports")).content.decode()


def test_a_decision_corrects_the_unit_and_leaves_the_list(
    contested: Conflict, as_technician: Client
):
    refused = as_technician.post(page_of(contested), {"decision": "replaced", "reason": ""})
    assert refused.status_code == 422

    as_technician.post(page_of(contested), {"decision": "replaced", "reason": "asked"})
    unit = Unit.objects.select_related("operator").get(pk=contested.unit_id)
    assert str(unit.operator) == "Stadtwerke West"
    assert "Nothing is contested" in as_technician.get(reverse("web:conflicts")).content.decode()
    assert "asked" in as_technician.get(page_of(contested)).content.decode()
    done = as_technician.get(reverse("web:conflicts"), {"state": "replaced"}).content.decode()
    assert "The claim is true" in done


def test_who_may_only_look_decides_nothing(contested: Conflict, as_viewer: Client):
    assert 'name="decision"' not in as_viewer.get(page_of(contested)).content.decode()
    answer = as_viewer.post(page_of(contested), {"decision": "kept", "reason": "x"})
    assert answer.status_code == 422


def test_the_queue_costs_the_same_for_one_and_for_many(
    contested: Conflict, signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries
):
    path = reverse("web:conflicts")
    signed_in.get(path)
    with django_assert_num_queries(7):
        signed_in.get(path)
    for serial in ("5002", "5003", "5004"):
        contest(serial)

    with django_assert_num_queries(7):
        signed_in.get(path)
