"""Pages and API of a very large fleet as a browser gets them: over HTTP from a server's process."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.figures import Figure
from benchmarks.ground import NOW

RUNS, FEWEST = 20, 4
PATIENCE_SECONDS = 20
STARTS_WITHIN_SECONDS = 60


def figures(weaknesses: Mapping[str, str]) -> list[Figure]:
    """Measure lists, filters, the search, single pages, and the memory of the server."""
    cookies, paths = _signed_in(), _paths(weaknesses)
    found = []
    with _served() as (address, server):
        client = httpx.Client(base_url=address, cookies=cookies, timeout=120, follow_redirects=True)
        for name, path in paths.items():
            found.append(Figure(f"page: {name}, p95", _p95(client, path), "s", goal="≤ 200 ms"))
        memory = max(_peaks_mb(server.pid))
    return [*found, Figure("memory of a web process", memory, "MB", goal="≤ 200 MB")]


def _paths(weaknesses: Mapping[str, str]) -> dict[str, str]:
    from longmark.catalog import queries as catalog
    from longmark.fleet.queries import units
    from longmark.fleet.queries.units import UnitFilter
    from longmark.parties import queries as parties

    unit = units.units_page(limit=1).items[0]
    busy = units.find_units("BUSY-1")[0]
    customer = parties.parties_page(limit=1).items[0]
    item = catalog.item_named("TG-200")
    deep = units.units_page(UnitFilter(text="200-0000-01"), limit=50).next
    return {
        "desk": "/",
        "units": "/units/",
        "units, further on": f"/units/?after={deep}",
        "units of a product": f"/units/?item={item.pk}",
        "units of a customer": f"/units/?customer={customer.pk}",
        "units in a country": "/units/?country=AT",
        "units by the begin of a serial": "/units/?q=200-0000-01",
        "unit": f"/units/{unit.pk}/",
        "unit with 1,000 events": f"/units/{busy.pk}/",
        "search for a serial": f"/search/?q={unit.serial}",
        "weaknesses": "/vulnerabilities/",
        **{
            f"weakness in {share}": f"/vulnerabilities/{name}/"
            for share, name in weaknesses.items()
        },
        "customers": "/parties/",
        "a customer": f"/parties/{customer.pk}/",
        "API: units": "/api/v1/units",
        "API: units of a weakness in 10 %": f"/api/v1/impact/units?subject={weaknesses['10 %']}",
    }


def _signed_in() -> dict[str, str]:
    from django.test import Client

    from longmark.accounts import services as accounts
    from longmark.core.actors import SYSTEM, Role

    name = f"bench-{time.time_ns()}"
    person = accounts.register_person(
        name, password=None, roles=[Role.ADMIN], actor=SYSTEM, now=NOW
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return {"sessionid": client.cookies["sessionid"].value}


@contextmanager
def _served() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "longmark", "serve", "--port", str(port), "--no-worker",
               "--web-processes", "1"]  # fmt: skip
    server = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until and not _answers(address):
            time.sleep(0.2)
        yield address, server
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/accounts/login/").status_code < 500
    except httpx.TransportError:
        return False


def _p95(client: httpx.Client, path: str) -> float:
    taken: list[float] = []
    while len(taken) < RUNS and (len(taken) < FEWEST or sum(taken) < PATIENCE_SECONDS):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append(time.perf_counter() - began)
        assert answer.status_code == 200, (path, answer.status_code)
    return statistics.quantiles(taken[1:], n=20)[-1]


def _peaks_mb(pid: int) -> Iterator[float]:
    """Yield the highest memory of a process and of those it started."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            yield int(line.split()[1]) / 1024
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _peaks_mb(int(child))
