"""A dictionary of packages and a loop over their ranges, versions compared by univers.

Runs in the peers' environment. Bounds are parsed at match time, as scanners do that hold records
as they came.
"""

import json
import sys
import time
from pathlib import Path

from univers.versions import InvalidVersion, PypiVersion  # type: ignore[import-not-found]


def parsed(text):  # type: ignore[no-untyped-def]
    try:
        return PypiVersion(text)
    except InvalidVersion:
        return None


def lies_in(version, events):  # type: ignore[no-untyped-def]
    hit = False
    for kind, text in (pair for event in events for pair in event.items()):
        bound = None if text == "0" else parsed(text)
        if kind == "introduced":
            hit = hit or text == "0" or bool(bound and version >= bound)
        else:
            is_past = version > bound if kind == "last_affected" and bound else None
            hit = hit and not (bound is None or (version >= bound if is_past is None else is_past))
    return hit


task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
began = time.perf_counter()
index: dict = {}
for record in task["records"]:
    for affected in record["affected"]:
        ranges = [each["events"] for each in affected.get("ranges", ()) if each["type"] != "GIT"]
        name = affected.get("package", {}).get("name")
        index.setdefault(name, []).append((record["id"], ranges, set(affected.get("versions", ()))))
loaded = time.perf_counter() - began
began, found = time.perf_counter(), 0
for name, text, _ in task["components"]:
    version = parsed(text) if name in index else None
    hits = {
        record
        for record, ranges, listed in index.get(name, ())
        if text in listed or (version and any(lies_in(version, events) for events in ranges))
    }
    found += len(hits)
print(json.dumps({"load_seconds": loaded, "seconds": time.perf_counter() - began, "hits": found}))
