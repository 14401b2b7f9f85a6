"""Small advisory files for tests, in the shape in which the sources publish."""

import io
import zipfile
from pathlib import Path
from typing import Any

import orjson

from longmark.core.actors import SYSTEM
from longmark.intel.models import Intake
from longmark.intel.services import intakes
from tests.world import NINE

OLD, NEW = "2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:U/C:L/I:L/A:L"


def osv(
    identifier: str, *, package: str = "zlib", fixed: str = "2.0.0", **more: Any
) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    return {
        "id": identifier,
        "modified": NEW,
        "summary": f"About {package}",
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": package},
                "ranges": [{"type": "SEMVER", "events": events}],
            }
        ],
    } | more


def nvd(
    identifier: str, *, below: str = "2.0", name: str = "zlib:zlib", **more: Any
) -> dict[str, Any]:
    match = {
        "vulnerable": True,
        "criteria": f"cpe:2.3:a:{name}:*:*:*:*:*:*:*:*",
        "versionEndExcluding": below,
    }
    return {
        "cve": {
            "id": identifier,
            "lastModified": "2024-06-01T00:00:00.000",
            "published": "2024-02-01T00:00:00.000",
            "vulnStatus": "Analyzed",
            "descriptions": [{"lang": "en", "value": f"A weakness in {name}."}],
            "configurations": [{"nodes": [{"operator": "OR", "cpeMatch": [match]}]}],
        }
        | more
    }


def kev(*identifiers: str, version: str = "2024.06.01", released: str = NEW) -> bytes:
    entries = [{"cveID": one, "dateAdded": "2024-05-05"} for one in identifiers]
    document = {"catalogVersion": version, "dateReleased": released, "vulnerabilities": entries}
    return orjson.dumps(document)


def epss(scores: dict[str, float], *, day: str = "2024-06-01", model: str = "v1") -> bytes:
    rows = [f"{identifier},{score},{score}" for identifier, score in scores.items()]
    head = [f"#model_version:{model},score_date:{day}T00:00:00+0000", "cve,epss,percentile"]
    return "\n".join([*head, *rows, ""]).encode()


def feed(*entries: dict[str, Any]) -> bytes:
    return orjson.dumps({"format": "NVD_CVE", "vulnerabilities": entries})


def archive(*documents: dict[str, Any] | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number, document in enumerate(documents):
            content = document if isinstance(document, bytes) else orjson.dumps(document)
            packed.writestr(f"{number:04}.json", content)
    return file.getvalue()


def take(content: bytes, folder: Path, *, filename: str = "file") -> Intake:
    path = folder / filename
    path.write_bytes(content)
    return intakes.import_file(path, actor=SYSTEM, now=NINE)
