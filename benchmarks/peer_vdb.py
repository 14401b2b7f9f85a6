"""appthreat-vulnerability-db: its own store filled with the records, then its bulk search.

Runs in the peers' environment. It passes over PYSEC records that name a GHSA twin, on the
assumption that the twin is there; so these aliases are left out.
"""

import contextlib
import io
import json
import sys
import time
from pathlib import Path

from vdb.lib import db, search  # type: ignore[import-not-found]
from vdb.lib.osv import OSVSource  # type: ignore[import-not-found]

STORED_AT_ONCE = 500

task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
began = time.perf_counter()
source = OSVSource()
source._start_year = None
converted: list = []
with contextlib.redirect_stdout(io.StringIO()):
    for record in task["records"]:
        record["aliases"] = [a for a in record.get("aliases", ()) if not a.startswith("GHSA")]
        for affected in record["affected"]:
            package = affected.get("package", {})
            package.setdefault("purl", f"pkg:pypi/{package.get('name')}")
        with contextlib.suppress(KeyError, ValueError, TypeError, AttributeError):
            converted += source.convert(record)
    for start in range(0, len(converted), STORED_AT_ONCE):
        source.store(converted[start : start + STORED_AT_ONCE])
    db.optimize_and_close_all()
    db.get(read_only=True)
loaded = time.perf_counter() - began
began = time.perf_counter()
purls = [{"purl": purl} for _, _, purl in task["components"]]
found = search.search_packages(purls, include_results=True)
took = time.perf_counter() - began
hits = sum(one["result_count"] for one in found)
print(json.dumps({"load_seconds": loaded, "seconds": took, "hits": hits}))
