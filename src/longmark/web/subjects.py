"""What entries of the ledger are about, by the names under which people know it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from longmark.catalog import queries as catalog
from longmark.fleet.queries import imports, units
from longmark.parties import queries as parties

if TYPE_CHECKING:
    from longmark.ledger.models import Entry

Subject = tuple[str, str]

# Of a contact only the number is told: names of persons are erased elsewhere, and stay nowhere.
_BY_ID: Mapping[str, tuple[Callable[[str], Any], Callable[[Iterable[Any]], Mapping[Any, Any]]]] = {
    "catalog.item": (int, catalog.items_by_id),
    "catalog.release": (int, catalog.releases_by_id),
    "fleet.import": (int, imports.imports_by_id),
    "fleet.unit": (UUID, units.units_by_id),
    "parties.party": (int, parties.parties_by_id),
    "parties.site": (int, parties.sites_by_id),
}


def subject_names(entries: Iterable["Entry"]) -> dict[Subject, str]:
    """Return what the subjects of entries are called, where that is known. One query a kind."""
    ids: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        ids[entry.subject_kind].add(entry.subject_id)
    found: dict[Subject, str] = {}
    for kind, (key, named) in _BY_ID.items():
        known = named([key(each) for each in ids[kind]]) if ids[kind] else {}
        found |= {(kind, str(pk)): str(one) for pk, one in known.items()}
    return found
