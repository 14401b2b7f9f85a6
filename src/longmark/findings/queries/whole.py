"""All findings of a release at once, for programs that judge it as a whole."""

from typing import TYPE_CHECKING

from longmark.findings.models import Finding
from longmark.findings.queries.findings import ReleaseAffected, explained

if TYPE_CHECKING:
    from longmark.catalog.models import Release


def findings_of(release: "Release", *, is_open: bool = True) -> list[ReleaseAffected]:
    """Return every finding of a release with its components, by vulnerability. Three queries.

    Not in pages: a gate that reads the first hundred would let the rest through.
    """
    rows = Finding.objects.filter(release=release, closed_at__isnull=is_open)
    return explained(rows.select_related("vulnerability").order_by("vulnerability__name", "id"))
