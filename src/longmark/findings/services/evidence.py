"""Evidence is kept once, however many matches rest on it."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from longmark.core.matching import Trail
from longmark.findings.models import Evidence
from longmark.foundation.bulk import insert_missing_rows

DIGEST_BYTES: Final = 16


class Archive:
    """Trails on their way into the database, told apart by their digests.

    Matches are decided first and written later, so each trail gets a place here at once and an id
    when all are known.
    """

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}

    def place_of(self, trail: Trail) -> int:
        """Return the place of a trail among all that were shown; equal ones share it."""
        encoded = msgspec.json.encode(trail.as_json())
        return self._places.setdefault(encoded, len(self._places))

    def kept(self) -> Sequence[int]:
        """Write what is new and return the id of the evidence at each place. Two queries or more.

        Runs inside the transaction that writes the matches.
        """
        by_digest = {_digest(encoded): encoded for encoded in self._places}
        known = _ids(by_digest)
        missing = sorted(by_digest.keys() - known.keys())
        if missing:
            rows = ((digest, msgspec.Raw(by_digest[digest])) for digest in missing)
            insert_missing_rows(Evidence, ("digest", "trail"), rows, are_long=True)
            known |= _ids(missing)
        return [known[digest] for digest in by_digest]


def _digest(encoded: bytes) -> str:
    return hashlib.blake2b(encoded, digest_size=DIGEST_BYTES).hexdigest()


def _ids(digests: "Sequence[str] | dict[str, bytes]") -> dict[str, int]:
    rows = Evidence.objects.filter(digest__among=list(digests))
    return dict(rows.values_list("digest", "pk"))
