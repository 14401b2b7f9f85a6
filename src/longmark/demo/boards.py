"""What the control boards carry, as the bill of materials that a board designer exports (HBOM)."""

import json
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from longmark.demo.documents import MAKER, NAMESPACE
from longmark.demo.parts import FACTS
from longmark.demo.stage import Stage
from longmark.sboms.services import documents as sboms

NOON: Final = 12
Json = Mapping[str, Any]


def plan(stage: Stage, ages: Mapping[str, Mapping[str, int]]) -> None:
    """Plan the document of each board for the noon of its release; ``ages`` are in days."""
    table = tomllib.loads(FACTS.joinpath("boards.toml").read_text("utf-8"))
    for item, revisions in table["boards"].items():
        for release, placed in revisions.items():
            at = stage.instant(ages[item][release], NOON)
            stage.plan(at, partial(_add, stage, item, release, (placed, table["parts"])))


def _add(
    stage: Stage, item: str, release: str, said: tuple[Json, Mapping[str, Json]], at: datetime
) -> None:
    sboms.add_document(
        stage.releases[item, release],
        hbom(item, release, *said, at),
        filename=f"{item}-{release}.hbom.cdx.json".lower(),
        actor=stage.actor("finn"),
        now=at,
    )


def hbom(
    item: str, release: str, placed: Json, parts: Mapping[str, Json], created_at: datetime
) -> bytes:
    """Return a CycloneDX 1.6 document of a board: its parts in their places, firmware in them."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{item} {release} hardware')}",
        "version": 1,
        "metadata": {
            "timestamp": created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "device", "bom-ref": item, "name": item, "version": release},
            "supplier": {"name": MAKER},
        },
        "components": [_part(key, parts[key], places) for key, places in placed.items()],
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _part(key: str, part: Json, places: str | list[str]) -> Json:
    where = [places] if isinstance(places, str) else places
    return {
        "type": "device",
        "bom-ref": key,
        "supplier": {"name": part["maker"]},
        "name": part["name"],
        "description": part["description"],
        "properties": [
            {"name": "tallgrass:mpn", "value": part["part_number"]},
            {"name": "cdx:device:function", "value": part["function"]},
            {"name": "cdx:device:location", "value": ", ".join(where)},
            {"name": "cdx:device:quantity", "value": str(len(where))},
        ],
        "components": list(_firmware(part)),
    }


def _firmware(part: Json) -> Iterator[Json]:
    if "firmware" in part:
        name, version = part["firmware"]
        yield {"type": "firmware", "bom-ref": name, "name": name, "version": version}
