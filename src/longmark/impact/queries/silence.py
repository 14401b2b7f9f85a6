"""Releases that say nothing of themselves: without an SBOM, nobody can tell what is in them.

A weakness that concerns one release of an item may concern another of which no SBOM is here. Such a
release is not unaffected; its units are counted as unknown.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from longmark.catalog import queries as catalog
from longmark.core.vocabulary import ReleaseStatus
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release


def silent_releases(item_ids: Iterable[int]) -> dict[int, list["Release"]]:
    """Return the releases of each item that have no current SBOM, oldest first. Two queries."""
    found = catalog.releases_of_items(item_ids)
    told = sboms.release_ids_with_sbom({each.pk for rows in found.values() for each in rows})
    return {
        item: [each for each in rows if each.pk not in told and each.status != ReleaseStatus.DRAFT]
        for item, rows in found.items()
    }
