"""The OpenAPI document as it stands in the tree; ``make openapi`` writes it anew."""

import json
import sys
from pathlib import Path
from typing import Any

import django

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


def as_text(document: dict[str, Any]) -> str:
    """Return the document as it is kept: sorted, so that a change shows as what it is."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def current() -> dict[str, Any]:
    """Return what the API says of itself now."""
    from longmark.api.assembly import api

    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return schema


if __name__ == "__main__":
    django.setup()
    DOCUMENT.write_text(as_text(current()), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")
