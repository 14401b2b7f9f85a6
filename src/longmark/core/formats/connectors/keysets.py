"""Pages behind the last key: what must hold of them, whatever lies between us and the system.

Numbers are in an order that we know. Texts are in the order of the system's database, which knows
better: the last of a page is the one that it sends last.
"""

from collections.abc import Sequence
from hashlib import blake2s
from typing import Any, Final

from longmark.core.errors import Unavailable
from longmark.core.formats.connectors.asking import Cursor
from longmark.core.formats.connectors.reading import Torn

PASSES_LIMIT: Final = 3
"""How often a stream is read anew when records are missing at its end."""

Key = str | int


def followed(cursor: Cursor, keys: Sequence[Key], *, place: str) -> dict[str, Any]:
    """Return the cursor behind a page whose rows have these keys.

    Raises:
        Torn: it is another page than asked for: a key twice, or one that was before the last.
    """
    last, before = cursor.get("last", ""), set(cursor.get("before", ()))
    signs = [_sign(key) for key in keys]
    is_earlier = last != "" and any(isinstance(key, int) and key <= last for key in keys)
    if len(set(signs)) != len(signs) or not before.isdisjoint(signs) or is_earlier:
        raise Torn("{place}: the answer is another page than asked for.", place=place)
    if keys:
        last = max(keys) if isinstance(keys[0], int) else keys[-1]
    return {
        "since": cursor.get("since", ""),
        "mark": cursor.get("mark", ""),
        "last": last,
        "before": signs or list(before),
        "count": int(cursor.get("count", 0)) + len(keys),
        "passes": int(cursor.get("passes", 0)),
    }


def confirmed(
    cursor: dict[str, Any], *, behind: int, until: int, place: str
) -> tuple[dict[str, Any], bool]:
    """Return the cursor of the end of a stream and true; or, if records are missing, one that
    begins it anew, and false.

    The system counts what is ``behind`` the last key and what is ``until`` it.

    Raises:
        Torn: there is more behind the last page.
        Unavailable: records before it are missing each time.
    """
    if behind:
        raise Torn("{place}: {count} records are kept back.", place=place, count=behind)
    if until <= cursor["count"]:
        return cursor, True
    passes = cursor["passes"] + 1
    if passes >= PASSES_LIMIT:
        raise Unavailable(
            "{place}: the system says that it has {total} records, and sends {count}, {times}"
            " times.",
            place=place,
            total=until,
            count=cursor["count"],
            times=passes,
        )
    return {"since": cursor["since"], "mark": cursor["mark"], "passes": passes}, False


def _sign(key: Key) -> str:
    return blake2s(str(key).casefold().encode(), digest_size=6).hexdigest()
