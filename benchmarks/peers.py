"""The same components against the same advisories: Longmark, a loop with univers, and vdb.

Peers run in an environment of their own: ``LONGMARK_PEERS`` names its Python, in which ``univers``
and ``appthreat-vulnerability-db`` are installed. Without it only Longmark is measured. Components
are those of PyPI, half of them of packages with advisories; real SBOMs hit far less.
"""

import json
import os
import random
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.ground import NOW, corpus
from longmark.config import local

ARCHIVE = "osv/PyPI/all.zip"
COMPONENTS = 10_000
RUNNERS = {"univers": "peer_univers.py", "vdb": "peer_vdb.py"}


def run() -> list[Figure]:
    """Ask every matcher the same, and compare its pace with that of the univers loop."""
    folder = corpus()
    if folder is None:
        print("No folder of real records here; name it in LONGMARK_CORPUS.")
        return []
    local.prepare()
    records = _records(folder / ARCHIVE)
    components = _components(records)
    taken, asked, hits = _longmark(folder / ARCHIVE, components)
    told: dict[str, dict[str, Any]] = {}
    if python := os.environ.get("LONGMARK_PEERS", ""):
        told = {
            name: _peer(python, script, records, components) for name, script in RUNNERS.items()
        }
    else:
        print("No peers here; name the Python of their environment in LONGMARK_PEERS.")
    base = told["univers"]["seconds"] if told else None
    words = "univers loop"
    figures = [
        Figure("Longmark: to take in", taken, "s"),
        Figure("Longmark: components to verdicts", asked, "s", base, words),
        Figure("Longmark: affected", float(hits), "pairs"),
    ]
    for name, one in told.items():
        figures += [
            Figure(f"{name}: to take in", one["load_seconds"], "s"),
            Figure(f"{name}: components to verdicts", one["seconds"], "s", base, words),
            Figure(f"{name}: affected", float(one["hits"]), "pairs"),
        ]
    return figures


def _records(archive: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(archive) as opened:
        read = [orjson.loads(opened.read(name)) for name in sorted(opened.namelist())]
    return [one for one in read if one.get("affected") and not one.get("withdrawn")]


def _components(records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return distinct names with versions, half of them such as advisories list."""
    dice = random.Random(7)
    listed: dict[str, list[str]] = {}
    for record in records:
        for affected in record["affected"]:
            if name := affected.get("package", {}).get("name"):
                listed.setdefault(name, []).extend(affected.get("versions", ()))
    known = sorted((name, version) for name, all_ in listed.items() for version in set(all_))
    chosen = dice.sample(known, min(len(known), COMPONENTS // 2))
    return [*chosen, *((f"unheard-of-{n}", "1.2.3") for n in range(COMPONENTS - len(chosen)))]


def _longmark(archive: Path, components: list[tuple[str, str]]) -> tuple[float, float, int]:
    from longmark.core.actors import SYSTEM
    from longmark.core.matching import Subject, Verdict
    from longmark.findings.queries.checks import check_subjects
    from longmark.intel.services import intakes

    began = time.perf_counter()
    intakes.import_file(archive, filename=archive.name, actor=SYSTEM, now=NOW)
    taken = time.perf_counter() - began
    began = time.perf_counter()
    subjects = [Subject.of(purl=_purl(*each)) for each in components]
    found = check_subjects(subjects)
    asked = time.perf_counter() - began
    return taken, asked, sum(one.verdict is Verdict.AFFECTED for one in found)


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name.lower()}@{version.replace('+', '%2B').replace('!', '%21')}"


def _peer(
    python: str, script: str, records: list[dict[str, Any]], components: list[tuple[str, str]]
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        task = {"records": records, "components": [(*one, _purl(*one)) for one in components]}
        (Path(folder) / "task.json").write_bytes(orjson.dumps(task))
        command = [python, str(Path(__file__).parent / script), "task.json"]
        environment = {**os.environ, "VDB_HOME": folder, "HOME": folder}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told
