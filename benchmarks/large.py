"""A release of a very large SBOM: what its pages, lists and files cost the web process.

The SBOM goes to a fresh server by HTTP. Each address is asked, and where a job makes what is asked
for, asked again when that is over; the memory is the highest since then (Linux tells it anew).
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import large_documents
from benchmarks.figures import Figure
from benchmarks.ground import units_asked_for
from benchmarks.hostile import JOB_GOAL, WEB_GOAL, Served, outcome, peak_of, started

COMPONENTS = 80_000
ASKED = {
    "components of the release": "/releases/{release}/components?limit=500",
    "its quality at a glance": "/releases/{release}/sbom-quality",
    "difference of two releases, a tenth changed": "/releases/{other}/difference?against={release}",
    "licences in use": "/licences",
    "all as CycloneDX 1.6 in JSON": "/releases/{release}/sbom?format=cyclonedx-1.6-json",
    "all as SPDX 3.0.1": "/releases/{release}/sbom?format=spdx-3.0.1-json-ld",
    "quality of an SBOM of 15,000": "/sboms/{small}/quality",
}
CHECKED = "check of an SBOM without adding it"


def run() -> list[Figure]:
    """Add the SBOMs, then ask."""
    count = units_asked_for(COMPONENTS)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as served:
        first = {"release": served.release, "small": 0}
        first["release"], _ = _added(served, "large", count)
        first["other"], _ = _added(served, "next", count - min(count // 20, 4_000))
        _, first["small"] = _added(served, "small", 15_000)
        peak = peak_of(served, "worker")
        figures = [Figure("memory of the worker, three SBOMs added", peak, "MB", goal=JOB_GOAL)]
        for name, address in ASKED.items():
            figures += _asked(served, name, address.format(**first))
        return [*figures, *_checked(served, count)]


def _added(served: Served, version: str, count: int) -> tuple[int, int]:
    """Return the ids of a new release and its SBOM of so many components."""
    item = served.client.get("/items").json()["items"][0]["id"]
    body = {"version": version}
    release = int(served.client.post(f"/items/{item}/releases", json=body).json()["id"])
    job = _sent(served, f"/releases/{release}/sboms", count)
    return release, int(served.client.get(f"/jobs/{job}").json()["result"]["document_id"])


def _sent(served: Served, address: str, count: int) -> int:
    content = b"".join(large_documents.cyclonedx_json(count))
    answer = served.client.post(address, files={"file": ("large.json", content)})
    job_id = int(answer.json()["job_id"])
    outcome(served, job_id)
    return job_id


def _asked(served: Served, name: str, address: str) -> Iterator[Figure]:
    _forget_peaks(served)
    began = time.perf_counter()
    answer = _read(served.client, address)
    if answer.status_code == httpx.codes.ACCEPTED:
        outcome(served, int(answer.json()["job_id"]))
        answer = _read(served.client, address)
    answer.raise_for_status()
    yield Figure(name, time.perf_counter() - began, "s")
    yield from _peaks(served)


def _checked(served: Served, count: int) -> Iterator[Figure]:
    _forget_peaks(served)
    began = time.perf_counter()
    job_id = _sent(served, "/check", count)
    _read(served.client, f"/checks/{job_id}").raise_for_status()
    yield Figure(CHECKED, time.perf_counter() - began, "s")
    yield from _peaks(served)


def _read(client: httpx.Client, address: str) -> httpx.Response:
    """Return an answer whose body was read in pieces; a file is not kept."""
    with client.stream("GET", address) as answer:
        if answer.status_code == httpx.codes.ACCEPTED:
            answer.read()
        else:
            for _piece in answer.iter_bytes():
                pass
        return answer


def _peaks(served: Served) -> Iterator[Figure]:
    yield Figure("  memory, web", peak_of(served, "web"), "MB", goal=WEB_GOAL)
    yield Figure("  memory, worker", peak_of(served, "worker"), "MB", goal=JOB_GOAL)


def _forget_peaks(served: Served) -> None:
    for pid in served.processes.values():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
