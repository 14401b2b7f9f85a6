"""Large lists are compared by what differs; the outcome is that of comparing all."""

from random import Random
from typing import Any

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Refused
from longmark.core.formats.sboms.difference import difference
from longmark.sboms.models import Document
from longmark.sboms.queries import differences
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db


def a_document(random: Random, version: str, item: Any) -> Document:
    """Return an SBOM of parts that come again, in few versions, suppliers and places."""
    parts: list[dict[str, Any]] = []
    for number in range(30):
        name, at = f"part-{random.randrange(6)}", f"1.{random.randrange(3)}"
        part = a_library(name, at, purl=f"pkg:generic/{name}@{at}")
        part |= {"bom-ref": f"{version}-{number}"}
        if random.random() < 0.3:
            part["supplier"] = {"name": random.choice(("Acme", "Ajax"))}
        holder = random.choice(parts) if parts and random.random() < 0.3 else None
        if holder and "components" not in holder:
            holder["components"] = [part]
        else:
            parts.append(part)
    release = a_release(version, item=item)
    return add_document(release, a_bom(*parts), actor=SYSTEM, now=NINE)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_alike_is_left_out_and_changes_nothing(seed: int):
    random, item = Random(seed), an_item()  # noqa: S311 - repeatable on purpose
    before, after = (a_document(random, version, item) for version in ("1", "2"))
    everything = list(
        Document.objects.order_by("id").values_list("occurrences__component_id", flat=True)
    )

    whole = difference(
        differences._pieces(before, everything), differences._pieces(after, everything)
    )
    found = differences.difference_of(before, after)

    assert found.same_count == whole.same_count
    assert _told(found) == _told(whole)


def _told(found: Any) -> list[Any]:
    return sorted(
        (each.kind, each.piece.name, each.aspects, *sorted(_versions(each)))
        for each in found.changes
    )


def _versions(change: Any) -> list[str]:
    return [each.version for each in (change.before, change.after) if each]


def test_more_differences_than_anyone_reads_are_refused(monkeypatch: pytest.MonkeyPatch):
    item = an_item()
    one, other = (
        add_document(
            a_release(version, item=item),
            a_bom(*(a_library(f"{version}-{n}", "1") for n in range(4))),
            actor=SYSTEM,
            now=NINE,
        )
        for version in ("1", "2")
    )
    monkeypatch.setattr(differences, "LIMIT_COMPONENTS", 7)

    with pytest.raises(Refused, match="8 components differ"):
        differences.difference_of(one, other)
    assert differences.difference_of(one, one).same_count == 4
