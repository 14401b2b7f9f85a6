"""One question across contexts: what bears this text."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.errors import Invalid
from longmark.fleet.queries import units
from longmark.intel.queries import vulnerabilities
from longmark.parties import queries as parties
from longmark.sboms import queries as sboms

router = Router(tags=["Search"])

SHORTEST = 2


class HitOut(Schema):
    kind: str = Field(examples=["unit"], description="unit, vulnerability, party, item, component")
    id: str = Field(description="To be used in the paths of its kind; a vulnerability's name.")
    text: str = Field(examples=["200-2240-05110"])
    note: str


@router.get("/search", response=list[HitOut], operation_id="find")
def find(request: HttpRequest, q: str) -> object:
    """Find units, vulnerabilities, parties, items and components by what they are called.

    Up to twenty of each kind.
    """
    if len(q.strip()) < SHORTEST:
        raise Invalid("Give two characters at least.", field="q")
    searches: Iterable[tuple[str, Callable[[str], Iterable[Any]], Callable[[Any], dict[str, str]]]]
    searches = (
        ("unit", units.find_units, _unit),
        ("vulnerability", vulnerabilities.find_vulnerabilities, _vulnerability),
        ("party", parties.find_parties, _party),
        ("item", catalog.find_items, _item),
        ("component", sboms.find_components, _component),
    )
    return [{"kind": kind, **hit(row)} for kind, search, hit in searches for row in search(q)]


def _unit(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "text": row.serial, "note": row.item.name}


def _vulnerability(row: Any) -> dict[str, str]:
    return {"id": row.name, "text": row.name, "note": row.title}


def _party(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "text": row.name, "note": row.country}


def _item(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "text": row.name, "note": row.title}


def _component(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "text": str(row), "note": row.purl}
